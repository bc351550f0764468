"""The demonstration: loaded whole, once, and only where it says that it is one."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from junheng.accounts.facade import STAFF_ROLES, User, scopes_of
from junheng.commons.demo import accounts
from junheng.places.models import Organisation, Place
from junheng.registry.demo.county import SEED, build
from junheng.registry.demo.people import PASSWORD
from junheng.registry.demo.staff import staff_of
from junheng.registry.models import (
    OpeningCount,
    Resources,
    School,
    SchoolClass,
    StaffMember,
    Zone,
    ZonePlace,
)
from junheng.registry.selectors.entrants import rural_below

pytestmark = pytest.mark.django_db


def counts() -> list[int]:
    models = (Place, Organisation, School, SchoolClass, Zone, ZonePlace, User)
    return [model.objects.count() for model in models]


def test_without_the_switch_nothing_is_loaded(settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="JUNHENG_DEMO"):
        call_command("load_demo")
    assert counts() == [0] * 7
    assert accounts() == []


def test_it_is_loaded_whole_and_a_second_time_changes_nothing(settings: Settings) -> None:
    settings.DEMO = True
    call_command("load_demo", verbosity=0)
    first = counts()
    assert first[:1] + first[2:3] == [419, 109]
    assert first[3] > 1_500
    call_command("load_demo", verbosity=0)
    assert counts() == first

    assert SchoolClass.objects.large().count() > 150
    assert not SchoolClass.objects.large().filter(inherited_on=None).exists()
    assert OpeningCount.objects.get().closed_at is not None
    assert not Place.objects.filter(outline=None, path__contains="/990100/").exists()

    rural = rural_below("/")
    assert len(rural.years) == 4
    assert rural.growth is not None
    assert rural.growth > 0.3

    county = build(SEED)
    own = {school.code for school in county.schools}
    staff = list(staff_of(county))
    assert StaffMember.objects.count() == sum(one.posts[-1].school in own for one in staff)
    assert Resources.objects.count() == School.objects.count()

    shown = accounts()
    assert len(shown) == len(STAFF_ROLES) + 1
    users = [User.objects.get(username=account.username) for account in shown]
    assert all(user.check_password(PASSWORD) for user in users[:1])
    assert {user.password for user in users} == {users[0].password}
    assert {scope.role for user in users for scope in scopes_of(user)} == set(STAFF_ROLES)

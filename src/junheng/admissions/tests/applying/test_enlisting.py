"""The list is made of those who passed, all of them, and goes the way of every list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, FrozenList, Round
from junheng.admissions.services import enlisting, loading, steps
from junheng.admissions.services.enlisting import LeftOut, NobodyPassed, Unsettled
from junheng.admissions.tests.applying import builders
from junheng.admissions.tests.applying.builders import applied, number_of
from junheng.admissions.tests.rounds import builders as rounds

pytestmark = pytest.mark.django_db


@pytest.fixture
def the_round(li: User) -> Round:
    return builders.taking(li, cast.wu())


def through(application: Application, *, tier: int = 1) -> Application:
    """Checked and passed, in the zone of East Village."""
    application.state, application.tier, application.zone = "passed", tier, cast.VILLAGE
    application.decided_at, application.by_person = timezone.now(), False
    application.save()
    return application


def family(number: int) -> User:
    return builders.family(f"family-{number}")


def asked_for(the_round: Round, number: int) -> Application:
    child = {"number": number_of("2020-03-01", 2 * number), "name": f"王小{number}"}
    return applied(the_round, family(number), child=child)


def listed(the_round: Round, li: User) -> Round:
    upload = enlisting.make_list(the_round, by=li)
    read = loading.read_upload(upload.pk)
    assert read.state == "ready", read.faults
    return loading.load_upload(upload.pk, li)


def test_nobody_passed_is_said(the_round: Round, li: User) -> None:
    asked_for(the_round, 1)
    with pytest.raises(NobodyPassed):
        enlisting.make_list(the_round, by=li)


def test_those_who_passed_are_the_list_and_are_seated(the_round: Round, li: User) -> None:
    made = [through(asked_for(the_round, number)) for number in (1, 2)]
    loaded = listed(the_round, li)
    assert loaded.input is not None
    codes = set(loaded.input.applicants.values_list("code", "tier"))
    assert codes == {(application.code, 1) for application in made}
    rounds.both(steps.FREEZE, loaded, li, cast.wu(), input=loaded.input_id)
    assert rounds.fresh(loaded).state == "frozen"


def test_a_list_is_not_frozen_while_a_family_waits(the_round: Round, li: User) -> None:
    through(asked_for(the_round, 1))
    loaded = listed(the_round, li)
    asked_for(the_round, 2)
    with pytest.raises(Unsettled, match="1 application"):
        rounds.both(steps.FREEZE, loaded, li, cast.wu(), input=loaded.input_id)


def test_a_list_is_not_frozen_without_somebody_who_passed(the_round: Round, li: User) -> None:
    through(asked_for(the_round, 1))
    loaded = listed(the_round, li)
    late = through(asked_for(the_round, 2))
    with pytest.raises(LeftOut, match=late.number):
        rounds.both(steps.FREEZE, loaded, li, cast.wu(), input=loaded.input_id)


def test_a_list_is_not_frozen_with_somebody_who_withdrew(the_round: Round, li: User) -> None:
    gone = through(asked_for(the_round, 1))
    through(asked_for(the_round, 2))
    loaded = listed(the_round, li)
    gone.state = "withdrawn"
    gone.save()
    with pytest.raises(LeftOut, match=gone.number):
        rounds.both(steps.FREEZE, loaded, li, cast.wu(), input=loaded.input_id)


def test_the_site_cannot_freeze_over_a_waiting_family_by_sql(the_round: Round, li: User) -> None:
    through(asked_for(the_round, 1))
    loaded = listed(the_round, li)
    approval = steps.ask(steps.FREEZE, loaded, by=li, input=loaded.input_id or 0)
    asked_for(the_round, 2)
    with pytest.raises(DatabaseError, match="every application is settled"), transaction.atomic():
        FrozenList.objects.create(
            round=loaded,
            version=1,
            input_id=loaded.input_id or 0,
            list_sha256="0" * 64,
            content={},
            approval=approval,
            frozen_at=timezone.now() - timedelta(seconds=1),
        )


def test_twins_stay_together_on_the_list(the_round: Round, li: User) -> None:
    first, second = (asked_for(the_round, number) for number in (1, 2))
    for one in (first, second):
        one.group = "twins"
        through(one)
    loaded = listed(the_round, li)
    assert loaded.input is not None
    assert set(loaded.input.applicants.values_list("group", flat=True)) == {"twins"}

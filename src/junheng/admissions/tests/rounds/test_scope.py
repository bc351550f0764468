"""Who sees which rows of a round."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions import access
from junheng.admissions.models import (
    Placement,
    Round,
    RoundRun,
    RoundSchool,
    RoundUpload,
    SchoolResult,
)
from junheng.admissions.selectors import results
from junheng.admissions.tests.rounds import builders
from junheng.places.models import Role

pytestmark = pytest.mark.django_db
Who = Callable[[], User]
BUREAU = [cast.li, cast.wu, cast.zheng]
NOBODY = [cast.qian, cast.zhao, cast.feng, cast.chen, cast.wei]


@pytest.fixture
def record(li: User) -> RoundRun:
    return builders.ran(builders.loaded(li))


def seen(who: User, record: RoundRun) -> tuple[set[str], set[str]]:
    """Codes of the schools and children that somebody sees."""
    schools = SchoolResult.objects.for_user(who).filter(run=record)
    children = Placement.objects.for_user(who).filter(run=record)
    return (
        set(schools.values_list("school__code", flat=True)),
        set(children.values_list("code", flat=True)),
    )


@pytest.mark.parametrize("who", BUREAU)
def test_the_bureau_and_its_auditor_see_all_of_it(record: RoundRun, who: Who) -> None:
    schools, children = seen(who(), record)
    assert (len(schools), len(children)) == (3, 7)
    assert access.sees_whole(who(), record.round)


@pytest.mark.parametrize("who", NOBODY)
def test_others_do_not_learn_that_it_exists(record: RoundRun, who: Who) -> None:
    user = who()
    assert seen(user, record) == (set(), set())
    for table in (Round, RoundRun, RoundSchool, RoundUpload):
        assert not table.objects.for_user(user).exists()
    assert not access.may_read(user) or user.username == "qian"


def test_a_township_sees_its_schools_and_who_lives_or_goes_there(record: RoundRun) -> None:
    schools, children = seen(cast.zhou(), record)
    assert schools == {"school-1"}
    assert children == {"c1", "c2", "c3", "c4"}
    assert not access.sees_whole(cast.zhou(), record.round)


@pytest.mark.parametrize("who", [cast.wang, cast.sun])
def test_a_school_sees_itself_and_who_goes_there(record: RoundRun, who: Who) -> None:
    assert seen(who(), record) == ({"school-1"}, {"c1", "c2"})


def test_a_school_that_takes_no_part_sees_no_round(record: RoundRun) -> None:
    other = cast.person("other", Role.SCHOOL_HEAD, cast.school("school-7"))
    assert not Round.objects.for_user(other).exists()
    assert not RoundRun.objects.for_user(other).exists()


def test_runs_under_way_are_for_the_bureau(record: RoundRun) -> None:
    waiting = builders.asked(record.round, seed="rehearsal:2")
    assert RoundRun.objects.for_user(cast.wu()).filter(pk=waiting.pk).exists()
    for who in (cast.zhou(), cast.wang()):
        assert list(RoundRun.objects.for_user(who)) == [record]


@pytest.mark.parametrize("who", [cast.wu, cast.zheng, cast.zhou, cast.wang, *NOBODY])
def test_only_the_officer_loads_and_runs(record: RoundRun, li: User, who: Who) -> None:
    builders.uploaded(li)
    user = who()
    assert not access.may_run(user, record.round)
    assert not access.may_load(user)
    assert not Round.objects.run_by(user).exists()
    assert not RoundUpload.objects.for_user(user).exists()
    assert access.places_to_load_for(user) == []
    assert access.may_run(li, record.round)
    assert [place.code for place in access.places_to_load_for(li)] == [cast.COUNTY]


def test_a_townships_figures_are_of_its_own_children(record: RoundRun) -> None:
    zhou = cast.zhou()
    schools = results.schools_of(record, zhou)
    figures = results.figures_of(record, zhou, schools, whole=False)
    assert (figures.children, figures.seats, figures.free, figures.zone) == (4, 2, 0, 2)
    assert figures.diverted + figures.unplaced == 2


def test_counted_and_kept_figures_agree(record: RoundRun, li: User) -> None:
    schools = results.schools_of(record, li)
    kept = results.figures_of(record, li, schools, whole=True)
    assert kept == results.figures_of(record, li, schools, whole=False)

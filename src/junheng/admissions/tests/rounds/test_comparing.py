"""Two runs side by side: what differs is what somebody would find by hand."""

from __future__ import annotations

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Placement, RoundRun
from junheng.admissions.selectors import comparing
from junheng.admissions.tests.rounds import builders


def schools_of(record: RoundRun) -> dict[str, str | None]:
    return dict(Placement.objects.filter(run=record).values_list("code", "school__code"))


def test_every_child_with_another_school_is_there_and_no_other(li: User) -> None:
    the_round = builders.loaded(li)
    before = builders.ran(the_round, by=li)
    for seed in ("2", "3", "4"):
        after = builders.ran(the_round, seed=f"rehearsal:{seed}", by=li)
        old, new = schools_of(before), schools_of(after)
        expected = {code for code in old if old[code] != new[code]}
        found = comparing.differing(before, after, li)
        assert {one.code for one in found} == expected
        told = comparing.compare(before, after, li)
        assert (told.changed, told.same) == (len(expected), 7 - len(expected))
        assert sum(n for _old, _new, n in comparing.ways(before, after, li)) == len(expected)


def test_a_run_beside_itself_differs_in_nothing(li: User) -> None:
    record = builders.ran(builders.loaded(li), by=li)
    told = comparing.compare(record, record, li)
    assert (told.same, told.changed, told.schools, told.same_schools) == (7, 0, (), 3)


def test_children_and_schools_of_one_run_only_are_named(li: User) -> None:
    before = builders.ran(builders.loaded(li), by=li)
    fewer = builders.CHILDREN.replace("c3,990100001001,116.000300,36.500000,2,,\n", "c8,Z2,,,1,,\n")
    schools = builders.SCHOOLS.replace("1,2,0,0", "1,3,0,0")
    after = builders.ran(builders.loaded(li, applicants=fewer, schools=schools), by=li)
    told = comparing.compare(before, after, li)
    assert (told.only_before, told.only_after) == (("c3",), ("c8",))
    (school,) = [one for one in told.schools if one.code == "school-1"]
    assert (school.before or ())[0] == 2
    assert (school.after or ())[0] == 3


def test_a_school_compares_only_what_is_its_own(li: User) -> None:
    the_round = builders.loaded(li)
    before = builders.ran(the_round, by=li)
    after = builders.ran(the_round, seed="rehearsal:2", by=li)
    seen = comparing.compare(before, after, cast.wang())
    assert {one.code for one in seen.schools} <= {"school-1"}
    mine = Placement.objects.for_user(cast.wang()).filter(run=after)
    assert seen.same + seen.changed + seen.added == mine.count()

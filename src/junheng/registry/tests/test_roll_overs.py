"""The turn of the year with a database: planned, done by two, undone, and never above the cap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.commons import approvals, worker
from junheng.commons.approvals import NeedsSomebodyElse, NotTheirs
from junheng.commons.models import Approval
from junheng.commons.progress import Cancelled, Interrupted
from junheng.kernel.school_year import SchoolYear
from junheng.registry.engine.roll_over_types import (
    Why,
)
from junheng.registry.jobs import roll_overs as jobs
from junheng.registry.models import (
    HeldBack,
    NotMoved,
    Pupil,
    RollOver,
    SchoolClass,
    Standing,
)
from junheng.registry.services import roll_overs as services
from junheng.registry.services import turning
from junheng.registry.services.roll_overs import ChangedSince, OutOfTurn
from junheng.registry.tests import builders
from junheng.registry.tests.builders import a_class, a_pupil, opening_count, standing
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
YEAR = SchoolYear(2025)
TURN = date(2026, 9, 1)


@pytest.fixture
def classes() -> list[SchoolClass]:
    """Grade 3 with classes of 4 and 3, grade 6 with 2, at one school; another county's pupil."""
    builders.facts()
    made = [a_class(size=0), a_class(size=0, number=2), a_class(size=0, grade=6)]
    for row, count in zip(made, (4, 3, 2), strict=True):
        builders.pupils(count, row)
    elsewhere = cast.school("school-9", at=cast.NEXT_COUNTY)
    builders.facts(elsewhere)
    builders.pupils(1, a_class(elsewhere, size=0))
    return made


def planned() -> RollOver:
    row = services.request_plan(cast.counties(), YEAR, by=cast.li())
    services.make_plan(row.pk)
    row.refresh_from_db()
    return row


def done(row: RollOver) -> RollOver:
    services.begin(row.pk, asked_by=cast.li(), approved_by=cast.wu())
    turning.carry_out(row.pk)
    row.refresh_from_db()
    return row


def stands() -> list[tuple[int, int, int | None, str, bool]]:
    """Everything that is said of anybody, to be compared before and after."""
    rows = Standing.objects.order_by("pupil_id", "valid_from")
    names = ("school_year", "grade", "school_class", "state", "completed", "valid_to", "pupil")
    return list(rows.values_list(*names))


def sizes(year: int) -> dict[tuple[int, int], int]:
    rows = SchoolClass.objects.filter(school_year=year, organisation=cast.school())
    return {(row.grade, row.number): row.size for row in rows}


def first_pupil(row: SchoolClass) -> Pupil:
    there = Standing.objects.open().filter(school_class=row).order_by("pupil__number")
    found: Standing = there.select_related("pupil")[0]
    return found.pupil


def suspend(pupil: Pupil) -> None:
    """End the standing and begin one as suspended."""
    pupil.standings.open().update(valid_to=date(2026, 3, 1))
    standing(pupil, valid_from=date(2026, 3, 1), state="suspended", movement="suspended")


def test_a_county_moves_up_and_everybody_else_is_named(classes: list[SchoolClass]) -> None:
    """Of 4 in class 1 one is suspended and one is held back; one child has no class."""
    three, _other, _six = classes
    suspend(first_pupil(three))
    held = first_pupil(three)
    HeldBack.objects.create(pupil=held, school_year=2025, paper="No. 7", entered_by=cast.li())
    a_pupil()
    row = planned()
    figures = ("moved", "graduated", "unmoved", "refused_classes")
    assert [row.counts[name] for name in figures] == [5, 2, 3, 0]
    why = NotMoved.objects.filter(roll_over=row).values_list("why", flat=True)
    assert sorted(why) == [Why.HELD_BACK, Why.NO_CLASS, Why.SUSPENDED]
    assert all(one.sentence for one in row.not_moved.all())
    done(row)
    assert (sizes(2025), sizes(2026)) == (
        {(3, 1): 3, (3, 2): 3, (6, 1): 2},
        {(4, 1): 2, (4, 2): 3},
    )
    moved = Standing.objects.filter(batch=row.pk)
    assert sorted(moved.values_list("movement", "grade", "school_year")) == [
        *[("graduated", 6, 2025)] * 2,
        ("held_back", 3, 2026),
        *[("moved_up", 4, 2026)] * 5,
    ]
    assert set(moved.values_list("entered_by", "approved_by")) == {(cast.li().pk, cast.wu().pk)}
    turned, last = "Turn of the school year 2025-2026", YEAR.ends_on
    assert set(moved.values_list("movement", "valid_from", "paper")) == {
        ("moved_up", TURN, turned),
        ("graduated", last, turned),
        ("held_back", TURN, "No. 7"),
    }
    assert Pupil.objects.filter(left_on=last).count() == 2
    assert row.run is not None
    assert row.run.published_at is not None


def test_planning_changes_nothing_and_the_same_register_gives_the_same_bytes(
    classes: list[SchoolClass],
) -> None:
    before = stands()
    first, second = planned(), planned()
    assert stands() == before
    assert first.run is not None and second.run is not None  # noqa: PT018 -- for the checker
    assert first.run.result_sha256 == second.run.result_sha256
    first.refresh_from_db()
    assert (first.state, second.state) == ("discarded", "planned")
    assert len(classes) == 3


@pytest.mark.usefixtures("classes")
def test_undone_everything_is_as_it_was() -> None:
    before, classes = stands(), set(SchoolClass.objects.values_list("pk", "size"))
    row = done(planned())
    turning.undo(row.pk)
    turning.undo(row.pk)
    row.refresh_from_db()
    assert row.state == "undone"
    assert (stands(), set(SchoolClass.objects.values_list("pk", "size"))) == (before, classes)
    assert done(planned()).counts == row.counts


def test_who_came_on_the_last_day_graduates_and_the_day_after_is_free_for_the_next_school(
    classes: list[SchoolClass],
) -> None:
    """Nobody graduates before having come; who was there enters grade 7 on 1 September."""
    usual = first_pupil(classes[2])
    late = a_pupil(grade=6, school_class=classes[2], entered_on=YEAR.ends_on)
    before = stands()
    row = done(planned())
    left = dict(Pupil.objects.values_list("pk", "left_on"))
    assert (left[late.pk], left[usual.pk]) == (TURN, YEAR.ends_on)
    turning.undo(row.pk)
    assert stands() == before


@pytest.mark.usefixtures("classes")
def test_after_a_later_change_it_cannot_be_undone_and_the_change_is_named() -> None:
    row = done(planned())
    into = SchoolClass.objects.get(school_year=2026, number=1)
    moved = first_pupil(into)
    moved.standings.open().update(valid_to=date(2026, 10, 8))
    standing(moved, valid_from=date(2026, 10, 8), school_year=2026, grade=4)
    with pytest.raises(ChangedSince, match=moved.number):
        turning.undo(row.pk)
    with pytest.raises(ChangedSince, match="Changed class"):
        turning.require_untouched(row)


@pytest.mark.usefixtures("classes")
def test_a_child_who_came_into_a_new_class_stops_the_undoing() -> None:
    row = done(planned())
    into = SchoolClass.objects.get(school_year=2026, number=1)
    came = a_pupil(grade=4, school_class=into, entered_on=date(2026, 9, 7))
    with pytest.raises(ChangedSince, match=came.number):
        turning.undo(row.pk)


@pytest.mark.usefixtures("classes")
def test_carried_out_twice_it_is_done_once() -> None:
    row = done(planned())
    before = stands()
    turning.carry_out(row.pk)
    assert stands() == before
    with pytest.raises(OutOfTurn):
        services.begin(row.pk, asked_by=cast.li(), approved_by=cast.wu())


@pytest.mark.usefixtures("classes")
@pytest.mark.parametrize("end", [Interrupted, Cancelled, RuntimeError])
def test_killed_halfway_nothing_of_it_is_kept_and_it_can_be_done_again(
    end: type[Exception],
) -> None:
    row = services.begin(planned().pk, asked_by=cast.li(), approved_by=cast.wu())
    before = stands()

    def told(done: int, _total: int, _what: str) -> None:
        if done == 3:
            raise end

    with pytest.raises(end):
        turning.carry_out(row.pk, told)
    assert (stands(), sizes(2026)) == (before, {})
    row.refresh_from_db()
    if end is Interrupted:
        assert row.state == "under_way"
        turning.carry_out(row.pk)
    else:
        assert row.state == "planned"
        done(row)
    assert sizes(2026) == {(4, 1): 4, (4, 2): 3}


def test_what_changed_since_the_plan_is_named(classes: list[SchoolClass]) -> None:
    row = planned()
    gone = first_pupil(classes[0])
    suspend(gone)
    with pytest.raises(ChangedSince, match=gone.number):
        services.require_plan(row)
    row = planned()
    builders.facts(cast.school("school-2"))
    with pytest.raises(ChangedSince, match="Schools, classes"):
        services.require_plan(row)


def test_a_pupil_who_changed_after_the_yes_stops_the_whole_step(
    classes: list[SchoolClass],
) -> None:
    row = services.begin(planned().pk, asked_by=cast.li(), approved_by=cast.wu())
    suspend(first_pupil(classes[0]))
    with pytest.raises(ChangedSince):
        turning.carry_out(row.pk)
    row.refresh_from_db()
    assert (row.state, sizes(2026)) == ("planned", {})


def regrouped(school_class: SchoolClass, sources: list[int], target: int) -> None:
    """Classes merged into one, as a school writes it down; no draw is needed for that."""
    from junheng.registry.engine.class_assignment import NewClass
    from junheng.registry.services.class_assignments import freeze_list
    from junheng.registry.snapshots.class_assignments import Group

    group = Group(school_class.organisation, 2026, school_class.grade + 1, tuple(sources))
    into = [NewClass(target, 55)]
    said: dict[str, Any] = {"wishes": {}, "event": "", "example": "", "event_at": None}
    freeze_list(group, into, **said, by=cast.sun())


def test_two_classes_are_merged_at_the_turn(classes: list[SchoolClass]) -> None:
    regrouped(classes[0], [1, 2], 1)
    done(planned())
    assert sizes(2026) == {(4, 1): 7}


def test_a_merged_class_of_fifty_six_does_not_come_about(classes: list[SchoolClass]) -> None:
    """A school has merged classes of 28 and 27; then one more child comes."""
    builders.pupils(24, classes[0])
    builders.pupils(24, classes[1])
    regrouped(classes[0], [1, 2], 1)
    builders.pupils(1, classes[1])
    row = planned()
    assert row.refused == [{"school": "school-1", "grade": 4, "number": 1, "size": 56, "most": 55}]
    assert set(row.not_moved.values_list("why", flat=True)) == {Why.CLASS_TOO_LARGE}
    done(row)
    assert sizes(2026) == {}


def test_if_the_plan_were_wrong_the_database_still_refuses_the_fifty_sixth(
    classes: list[SchoolClass],
) -> None:
    """Somebody gets past the comparison: the class itself still takes 55 only."""
    builders.pupils(24, classes[0])
    builders.pupils(25, classes[1])
    row = services.begin(planned().pk, asked_by=cast.li(), approved_by=cast.wu())
    into = a_class(school_year=2026, grade=4, size=0)
    builders.pupils(28, into, entered_on=TURN)
    with (
        mock.patch("junheng.registry.services.turning.require_unchanged"),
        pytest.raises(turning.ClassesFull),
    ):
        turning.carry_out(row.pk)
    assert sizes(2026) == {(4, 1): 28}


def test_a_class_that_was_large_before_goes_on_no_larger(classes: list[SchoolClass]) -> None:
    opening = opening_count()
    large = builders.inherited(58, number=5)
    builders.pupils(58, large)
    opening.closed_at = opening.opened_at
    opening.save()
    done(planned())
    after = SchoolClass.objects.get(school_year=2026, number=5)
    assert (after.size, after.inherited_size) == (58, 58)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_pupil(grade=4, school_class=after, entered_on=TURN)
    assert len(classes) == 3


@pytest.mark.usefixtures("classes")
class TestTwoPeople:
    def test_one_asks_another_agrees_and_the_worker_does_it(self) -> None:
        row = planned()
        asked = jobs.ask(jobs.TURN, row, by=cast.li())
        with pytest.raises(NeedsSomebodyElse):
            approvals.agree(asked, cast.li())
        approvals.agree(asked, cast.wu())
        worker.work_off()
        row.refresh_from_db()
        assert row.state == "done"
        approvals.agree(jobs.ask(jobs.UNDO, row, by=cast.li()), cast.wu())
        worker.work_off()
        row.refresh_from_db()
        assert row.state == "undone"

    def test_before_lessons_end_it_is_refused(self) -> None:
        row = planned()
        with (
            mock.patch("django.utils.timezone.localdate", return_value=date(2026, 6, 30)),
            pytest.raises(OutOfTurn, match="can be turned from"),
        ):
            jobs.ask(jobs.TURN, row, by=cast.li())

    def test_nobody_else_plans(self) -> None:
        for person in (cast.sun(), cast.qian(), cast.wu()):
            with pytest.raises(NotTheirs):
                services.request_plan(cast.counties(), YEAR, by=person)

    def test_the_database_keeps_what_was_done(self) -> None:
        row = done(planned())
        rows = RollOver.objects.filter(pk=row.pk)
        for change in ({"state": "planned"}, {"approved_by": cast.li()}, {"school_year": 2024}):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.delete()


@pytest.mark.usefixtures("classes")
class TestPages:
    def test_an_officer_plans_reads_who_is_not_moved_and_asks(self, signed_in: SignedIn) -> None:
        kept = a_pupil()
        li = signed_in(cast.li())
        assert "2025-2026" in li.get("/registry/roll-overs/").content.decode()
        li.post("/registry/roll-overs/plan/", {"year": 2025})
        worker.work_off()
        row = RollOver.objects.get()
        page = li.get(f"/registry/roll-overs/{row.pk}/").content.decode()
        assert kept.number in page
        assert "It is in no class of grade 3." in page
        workbook = li.post(f"/registry/roll-overs/{row.pk}/")
        assert "spreadsheet" in workbook["Content-Type"]
        li.post(
            f"/registry/roll-overs/{row.pk}/hold-back/", {"number": kept.number, "paper": "No. 7"}
        )
        assert HeldBack.objects.get().pupil == kept
        li.post("/registry/roll-overs/plan/", {"year": 2025})
        worker.work_off()
        row = RollOver.objects.get(state="planned")
        li.post(f"/registry/roll-overs/{row.pk}/ask/")
        assert Approval.objects.get().kind == jobs.TURN

    def test_an_officer_of_another_county_learns_nothing(self, signed_in: SignedIn) -> None:
        row = planned()
        qian = signed_in(cast.qian())
        assert qian.get(f"/registry/roll-overs/{row.pk}/").status_code == 404
        for deed in ("ask", "ask-undo", "hold-back"):
            assert qian.post(f"/registry/roll-overs/{row.pk}/{deed}/").status_code == 404
        assert str(row.pk) not in qian.get("/registry/roll-overs/").content.decode()

    def test_a_school_reads_of_its_own_pupils_only(self, signed_in: SignedIn) -> None:
        mine = a_pupil()
        builders.facts(cast.school("school-2"))
        other = a_pupil(organisation=cast.school("school-2"))
        row = planned()
        page = signed_in(cast.sun()).get(f"/registry/roll-overs/{row.pk}/").content.decode()
        assert mine.number in page
        assert other.number not in page

    def test_the_page_of_a_plan_asks_as_often_as_written_down(self, signed_in: SignedIn) -> None:
        row = planned()
        li = signed_in(cast.li())
        li.get("/registry/roll-overs/")
        with same_queries("registry", "roll-over, officer"):
            li.get(f"/registry/roll-overs/{row.pk}/")

"""Offers and moved grades in the database and on the pages of a run."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from junheng.accounts.models import User
from junheng.admissions.models import Placement, RoundRun, SchoolResult
from junheng.admissions.selectors import comparing
from junheng.admissions.services import running
from junheng.admissions.tests.rounds import builders
from junheng.admissions.tests.rounds.test_web import browser, text
from junheng.commons import runs

pytestmark = pytest.mark.django_db

OPEN = builders.OFFERING
GRADE = 'mode = "grade"\n'
SCHOOLS = builders.SCHOOLS + "host,Old Mill Building,Elsewhere,116.030000,36.500000,1,5,0,0\n"
MOVES = "school_id,host_id\nschool-1,host\n"
PAGES = ("run", "children", "schools", "receipt")


def ran(li: User, mode: str, **tables: Any) -> RoundRun:
    """A rehearsal of the small round in another mode; c3 and c4 find no seat by list."""
    return builders.ran(builders.loaded(li, schools=SCHOOLS, diversion=mode, **tables))


def answered(li: User, first: RoundRun) -> RoundRun:
    """The second run: c4 ranks the old building first, c3 is silent."""
    answers = "applicant_id,rank,school_id\nc4,1,host\n"
    named = f'first_run = "{first.run.receipt_sha256}"\n'
    return ran(li, OPEN + named, offer_choices=answers)


def shown(page: Client, record: RoundRun, name: str) -> str:
    response: Any = page.get(reverse(f"admissions:{name}", args=[record.run.ref]))
    assert response.status_code == 200
    return text(response)


def child(page: Client, record: RoundRun, code: str) -> str:
    placement = Placement.objects.get(run=record, code=code)
    return text(page.get(reverse("admissions:child", args=[record.run.ref, placement.pk])))


def hows(record: RoundRun) -> dict[str, str]:
    rows = Placement.objects.filter(run=record).order_by("code").select_related("school")
    return {row.code: f"{row.how} {row.school.code if row.school else ''}" for row in rows}


def test_offers_are_made_and_shown(li: User) -> None:
    record, page = ran(li, OPEN), browser(li)
    assert {hows(record)[code] for code in ("c3", "c4")} == {"unplaced "}
    assert "The family now ranks these schools" in child(page, record, "c4")
    for name in PAGES:
        shown(page, record, name)


def test_answers_are_decided_and_shown(li: User) -> None:
    """c3 is silent: school-3 is taken by c5, school-2 is nearest with its last seat."""
    record, page = answered(li, ran(li, OPEN)), browser(li)
    assert hows(record)["c4"] == "offered host"
    assert hows(record)["c3"].startswith("offered ")
    assert "The family ranked them." in child(page, record, "c4")
    assert "chosen from an offer" in shown(page, record, "children")
    assert "2" in shown(page, record, "run")
    listed = text(
        page.get(reverse("admissions:children", args=[record.run.ref]) + "?how=elsewhere")
    )
    assert ">c4</a>" in listed
    assert ">c5</a>" not in listed


def test_answers_to_another_run_are_refused(li: User) -> None:
    ran(li, OPEN)
    answers = "applicant_id,rank,school_id\nc4,1,host\n"
    with pytest.raises(running.CannotRun, match="made by another run"):
        ran(li, OPEN + f'first_run = "{"0" * 64}"\n', offer_choices=answers)


def test_a_grade_moves_and_both_schools_say_so(li: User) -> None:
    """School-1 seats two of East Village by list; all four children go to the old building."""
    record, page = ran(li, GRADE, grade_moves=MOVES), browser(li)
    assert {hows(record)[code] for code in ("c1", "c2", "c3", "c4")} == {"moved host"}
    left, host = (
        SchoolResult.objects.get(run=record, school__code=code) for code in ("school-1", "host")
    )
    assert (left.placed_by_list, left.moved_out, left.diverted_in, left.free) == (2, 2, 0, 0)
    assert (host.placed_by_list, host.moved_out, host.diverted_in, host.free) == (0, 0, 4, 1)
    places = Placement.objects.filter(run=record, school__code="host").order_by("place_in_order")
    assert list(places.values_list("place_in_order", flat=True)) == [1, 2, 3, 4]
    assert "goes to Old Mill Building with the whole entering grade" in child(page, record, "c1")
    for name in PAGES:
        shown(page, record, name)
    assert ">Moved elsewhere<" in shown(page, record, "run")
    assert ">Moved elsewhere<" not in shown(page, ran(li, OPEN), "run")
    school = page.get(reverse("admissions:school", args=[record.run.ref, left.school_id]))
    assert "Moved elsewhere with the grade" in text(school)
    figures = record.outcome.figures
    assert (figures["moved"], figures["elsewhere"], figures["unplaced"]) == (4, 4, 0)
    assert sum(size * classes for size, classes in figures["sizes"]) == 7 + 1


def test_the_database_knows_what_each_way_to_a_seat_needs(li: User) -> None:
    """A child from an offer has no rank on its list; half a grade cannot move."""
    record = ran(li, GRADE, grade_moves=MOVES)
    working = builders.asked(record.round, seed="rehearsal:2")
    runs.start(working)
    offered = Placement.objects.get(run=record, code="c1")
    offered.pk, offered.run_id, offered.how = None, working.pk, "offered"
    with pytest.raises(IntegrityError, match="placement_rank_by_list"), transaction.atomic():
        offered.save(force_insert=True)
    half = SchoolResult.objects.get(run=record, school__code="school-1")
    half.pk, half.run_id, half.moved_out = None, working.pk, 1
    with pytest.raises(IntegrityError, match="school_result_moves_whole"), transaction.atomic():
        half.save(force_insert=True)


def test_a_comparison_says_who_moved_with_the_grade(li: User) -> None:
    """Before, nobody moved; now the whole grade of school-1 is at the old building."""
    before, after = ran(li, 'mode = "none"\n'), ran(li, GRADE, grade_moves=MOVES)
    old, new = hows(before), hows(after)
    moved = [code for code in new if new[code].startswith("moved ")]
    had_seat = sum(old[code].endswith("school-1") for code in moved)
    assert 0 < had_seat < len(moved)
    found = comparing.moved_together(before, after, li)
    assert {(one.before, one.host, one.children) for one in found} == {
        ("Chengguan Primary", "Old Mill Building", had_seat),
        ("", "Old Mill Building", len(moved) - had_seat),
    }
    address = reverse("admissions:compare", args=[after.run.ref, before.run.ref])
    page = text(browser(li).get(address))
    assert f"{had_seat} children who were at Chengguan Primary moved with their grade" in page
    assert "had no seat moved with" in page
    assert "Moved elsewhere" in page
    back = reverse("admissions:compare", args=[before.run.ref, after.run.ref])
    assert "Moved with their grade" not in text(browser(li).get(back))


def test_a_school_whose_grade_moved_has_fewer_children_now(li: User) -> None:
    before, after = ran(li, 'mode = "none"\n'), ran(li, GRADE, grade_moves=MOVES)
    schools = {one.code: one.moved for one in comparing.compare(before, after, li).schools}
    new = hows(after)
    at_home = sum(how.endswith("school-1") for how in hows(before).values())
    assert schools["school-1"] == -at_home
    assert schools["host"] == sum(how.endswith(" host") for how in new.values())

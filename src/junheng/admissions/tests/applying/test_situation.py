"""The leaders' page: every figure from rows, nobody else's county."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import browser
from junheng.admissions.models import Application
from junheng.admissions.selectors.applications import board_of
from junheng.admissions.selectors.situation import Line, situation_of
from junheng.admissions.tests.applying import builders
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db


def test_figures_of_a_round_by_school_township_hour_and_day(li: User) -> None:
    the_round = builders.taking(li, cast.wu())
    days = ("2020-02-29", "2020-03-01", "2020-03-02", "2020-03-03")
    made = [
        builders.applied(
            the_round,
            builders.family(f"f{n}"),
            child={"number": builders.number_of(day), "born_on": day},
        )
        for n, day in enumerate(days)
    ]
    now = timezone.now()
    Application.objects.filter(pk=made[0].pk).update(
        state="passed", tier=1, zone=cast.VILLAGE, by_person=False, decided_at=now
    )
    Application.objects.filter(pk__in=[m.pk for m in made[1:3]]).update(zone=cast.VILLAGE)
    Application.objects.filter(pk=made[2].pk).update(state="withdrawn")
    Application.objects.filter(pk=made[3].pk).update(zone="")
    shown = situation_of(the_round)
    assert (shown.total.applied, shown.total.passed, shown.total.waiting) == (3, 1, 2)
    assert (shown.total.seats, shown.unplaced, shown.board.zero_trips) == (6, 1, 100)
    assert shown.board == board_of(the_round, li)
    assert (shown.board.applied, shown.board.states["withdrawn"]) == (shown.total.applied, 1)
    school = next(line for line in shown.schools if line.code == "school-1")
    assert (school.applied, school.seats, school.over, school.week) == (2, 2, 0, 2)
    township = {line.name: line for line in shown.townships}["Chengguan Township"]
    assert (township.applied, township.passed, township.seats) == (2, 1, 2)
    assert (shown.hours[-1][1] + shown.hours[-2][1], len(shown.hours)) == (3, 48)
    assert (shown.days[0].applied + shown.days[1].applied, shown.days[0].settled) == (3, 1)

    leader = browser()
    leader.force_login(cast.wu())
    at = f"/rounds/{the_round.pk}/situation"
    leader.get(f"{at}/")
    with same_queries("admissions", "situation"):
        page = leader.get(f"{at}/").content.decode()
    assert "Chengguan Primary" in page
    book = openpyxl.load_workbook(io.BytesIO(leader.get(f"{at}.xlsx").getvalue()))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert any("Chengguan Primary" in row for row in cells)
    hours = [row for row in cells if row[0] == "Hour"]
    assert sum(int(str(row[2])) for row in hours) == 3
    stranger = browser()
    stranger.force_login(cast.qian())
    assert stranger.get(f"{at}/").status_code == 404


def test_over_plan_is_what_lies_beyond_the_seats() -> None:
    assert Line("a", "A", "", applied=7, seats=5).over == 2
    assert (Line("a", "A", "", applied=7).over, Line("a", "A", "").share) == (0, None)

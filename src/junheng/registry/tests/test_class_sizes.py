"""The monitor of class sizes: who ranks first, what changed, since when there is no large class."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn
from junheng.registry.models import Standing
from junheng.registry.selectors.class_sizes import (
    GradeOfSizes,
    grades,
    large_until,
    moves,
    ranking,
    trend,
)
from junheng.registry.services.classes import count_class
from junheng.registry.tests.builders import a_class, a_pupil, facts, inherited, opening_count
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def test_schools_rank_by_classes_above_the_cap_then_by_the_largest() -> None:
    opening_count()
    for code, sizes in {"a": (57, 40), "b": (60, 40), "c": (52,), "d": (70, 56)}.items():
        facts(cast.school(code))
        for number, size in enumerate(sizes, start=1):
            make = inherited if size > 55 else a_class
            make(organisation=cast.school(code), number=number, size=size)
    rows = ranking(cast.li(), 2025, TODAY)
    assert [(row.rank, row.code, row.large, row.near) for row in rows] == [
        (1, "d", 2, 0),
        (2, "b", 1, 0),
        (3, "a", 1, 0),
        (4, "c", 0, 1),
    ]
    first = rows[0]
    assert (first.very_large, first.change, first.township) == (1, 0, "Chengguan Township")
    assert [(row.year, row.classes, row.large) for row in trend(cast.li())] == [(2025, 7, 4)]
    assert large_until(cast.li(), 2025, TODAY) == TODAY
    assert ranking(cast.qian(), 2025, TODAY) == []


def test_grades_are_counted_each_by_themselves() -> None:
    opening_count()
    facts()
    for grade, sizes in {2: (51, 40), 5: (55,)}.items():
        for number, size in enumerate(sizes, start=1):
            a_class(grade=grade, number=number, size=size)
    inherited(66, grade=5, number=2)
    assert grades(cast.li(), 2025) == [
        GradeOfSizes(2, 2, 91, 51, 1, 0, 0),
        GradeOfSizes(5, 2, 121, 66, 1, 1, 1),
    ]
    assert grades(cast.qian(), 2025) == []


def test_the_days_count_from_the_day_on_which_the_last_class_came_down() -> None:
    opening_count()
    row = inherited(60)
    assert large_until(cast.qian(), 2025, TODAY) is None
    count_class(row, size=50, counted_on=date(2026, 5, 4))
    assert large_until(cast.li(), 2025, TODAY) == date(2026, 5, 4)
    assert large_until(cast.li(), None, TODAY) == date(2026, 5, 4)


def test_a_class_that_stayed_large_ended_with_its_school_year() -> None:
    opening_count()
    inherited(60)
    a_class(school_year=2026, size=40, number=2)
    assert large_until(cast.li(), 2026, TODAY) == date(2026, 8, 31)


def test_who_came_and_who_went_stands_day_by_day() -> None:
    in_class = a_class(size=0)
    pupil = a_pupil(in_class)
    Standing.objects.filter(pupil=pupil).update(valid_to=TODAY)
    Standing.objects.create(
        pupil=pupil,
        organisation=in_class.organisation,
        school_year=2025,
        grade=3,
        state="left",
        movement="left",
        valid_from=TODAY,
        entered_by=cast.li(),
    )
    found = moves(cast.li(), TODAY)
    assert len(found) == 7
    assert [(row.came, row.went) for row in found][:2] == [(0, 1), (0, 0)]
    assert found[1].day == TODAY - timedelta(days=1)


def test_the_page_and_its_workbook_show_own_schools_only(signed_in: SignedIn) -> None:
    facts(cast.school())
    a_class(size=52)
    own = signed_in(cast.li())
    page = own.get("/registry/class-sizes/")
    assert "Primary School school-1" in page.content.decode()
    with same_queries("registry", "class-sizes/"):
        own.get("/registry/class-sizes/")
    assert own.post("/registry/class-sizes/").content.startswith(b"PK")
    assert "school-1" not in signed_in(cast.qian()).get("/registry/class-sizes/").content.decode()

"""School years, terms, levels and grades at their edges."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.kernel.levels import Grade, Level
from junheng.kernel.school_year import SchoolYear, Term
from tests.examples import examples

days = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize(
    ("day", "year"),
    [
        pytest.param(date(2026, 8, 31), 2025, id="last day of the summer"),
        pytest.param(date(2026, 9, 1), 2026, id="first day"),
        pytest.param(date(2027, 1, 1), 2026, id="new year is in the middle"),
    ],
)
def test_a_school_year_starts_on_the_first_of_september(day: date, year: int) -> None:
    assert SchoolYear.of(day) == SchoolYear(year)


@examples()
@given(days)
def test_every_day_lies_in_one_school_year(day: date) -> None:
    year = SchoolYear.of(day)
    assert day in year
    assert day not in year.following
    assert day not in year.previous
    assert year.following.previous == year


@examples()
@given(days)
def test_a_school_year_reads_back(day: date) -> None:
    year = SchoolYear.of(day)
    assert SchoolYear.parse(str(year)) == year


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-2028", "2026-27", "2026/2027", "x-y", "02026-2027", "2026-2027 "]
)
def test_a_school_year_is_two_years_that_follow(text: str) -> None:
    with pytest.raises(ValueError, match=r"school year|invalid literal"):
        SchoolYear.parse(text)


@pytest.mark.parametrize(
    ("day", "term"),
    [
        pytest.param(date(2026, 9, 1), Term.FIRST, id="first day of the year"),
        pytest.param(date(2027, 2, 28), Term.FIRST, id="last day of the first"),
        pytest.param(date(2028, 2, 29), Term.FIRST, id="the same in a leap year"),
        pytest.param(date(2027, 3, 1), Term.SECOND, id="first day of the second"),
        pytest.param(date(2027, 8, 31), Term.SECOND, id="last day of the year"),
    ],
)
def test_terms_meet_at_the_first_of_march(day: date, term: Term) -> None:
    assert Term.of(day) is term


def test_levels_have_their_grades() -> None:
    assert [grade.number for grade in Level.PRIMARY.grades] == [1, 2, 3, 4, 5, 6]
    assert Level.PRIMARY.entry_grade == Grade(1)
    assert Level.LOWER_SECONDARY.entry_grade == Grade(7)
    for level in Level:
        assert {grade.level for grade in level.grades} == {level}


def test_grades_follow_each_other_to_the_end() -> None:
    grade: Grade | None = Grade(1)
    seen = []
    while grade is not None:
        seen.append(str(grade))
        grade = grade.following
    assert seen == list("123456789")


@pytest.mark.parametrize("number", [0, 10, -1])
def test_there_is_no_other_grade(number: int) -> None:
    with pytest.raises(ValueError, match="there is no grade"):
        Grade(number)


def test_pupils_of_grade_one_entered_this_year() -> None:
    year = SchoolYear(2026)
    assert year.entered(Grade(1)) == year
    assert year.entered(Grade(9)) == SchoolYear(2018)

"""The figures that REG-6 names, out of rows: page, and the rows behind each."""

from __future__ import annotations

from datetime import date

import pytest

from junheng.accounts.tests import cast
from junheng.kernel.levels import Level
from junheng.places.models import Organisation, Place
from junheng.registry.models import Resources, SchoolAgeChildren
from junheng.registry.selectors.behind import children_behind, pupils_behind, schools_behind
from junheng.registry.selectors.returns import return_on
from junheng.registry.tests.builders import a_class, facts
from junheng.registry.tests.test_figures import DAY, rows_of
from junheng.registry.web.return_words import shown_resource

pytestmark = pytest.mark.django_db
SECONDARY = {"lowest_grade": 7, "highest_grade": 9, "class_size": 50}


def a_school(code: str, level: Level) -> Organisation:
    school = cast.school(code)
    more = SECONDARY if level is Level.LOWER_SECONDARY else {}
    facts(school, entry_classes=9, valid_from=date(2015, 9, 1), **more)
    return school


def at_school(code: str, level: Level, number: int) -> None:
    """So many pupils of the age of their level, and one more who is too old for it."""
    grade = level.entry_grade.number
    now = {"school_year": 2026, "grade": grade, "valid_from": date(2026, 9, 1)}
    school = a_school(code, level)
    rows_of(school, number, [now], born_on=date(2026 - grade - 6, 12, 1))
    rows_of(school, 1, [now], born_on=date(2000, 12, 1))


def test_net_enrolment_is_99_8_percent_in_primary_and_98_7_in_lower_secondary_schools() -> None:
    """443 of 444 children, and 76 of 77, where civil registration told of two places."""
    at_school("p", Level.PRIMARY, 443)
    at_school("s", Level.LOWER_SECONDARY, 76)
    for place, level, number in (
        (cast.TOWNSHIP, "primary", 400),
        (cast.COUNTY, "primary", 44),
        (cast.COUNTY, "lower_secondary", 77),
    ):
        where = Place.objects.get(code=place)
        known = {"place": where, "level": level, "number": number, "source": "x"}
        SchoolAgeChildren.objects.create(year=2026, **known)
    shares = [share for _level, share in return_on(cast.li(), DAY).enrolment if share]
    assert [str(share.percent(1)) for share in shares] == ["99.8", "98.7"]
    for level, share in zip(Level, shares, strict=True):
        asked = {"level": level.value, "aged": "1"}
        assert pupils_behind(cast.li(), DAY, asked).count() == share.part
        told = children_behind(cast.li(), DAY, asked)
        assert sum(row.number for row in told) == share.whole
    assert not children_behind(cast.qian(), DAY, {}).exists()


def test_area_books_lessons_and_equipment_of_two_levels() -> None:
    """A hundred pupils of each level: 6.92 and 14.62 m2, 12.23 and 16.22 books, 98 percent."""
    for code, level, building, books, given in (
        ("p", Level.PRIMARY, 692, 1223, 20),
        ("s", Level.LOWER_SECONDARY, 1462, 1622, 19),
    ):
        school = a_school(code, level)
        for number in (1, 2):
            grade = level.entry_grade.number
            a_class(school, school_year=2026, grade=grade, number=number, size=50)
        Resources.objects.create(
            organisation=school,
            level=level.value,
            building_m2=building,
            books=books,
            lessons_planned=20,
            lessons_given=given,
            equipment_sets=50,
            equipment_used=49,
            valid_from=date(2020, 1, 1),
        )
    found = dict(return_on(cast.li(), DAY).resources)
    primary, secondary = (
        {figure.name: shown_resource(figure) for figure in found[level.value]} for level in Level
    )
    assert (primary["building_m2"], secondary["building_m2"]) == ("6.92", "14.62")
    assert (primary["books"], secondary["books"]) == ("12.23", "16.22")
    assert (primary["lessons_given"], secondary["lessons_given"]) == ("100.00 %", "95.00 %")
    assert (primary["equipment_used"], secondary["equipment_used"]) == ("98.00 %", "98.00 %")
    for level in Level:
        rows = schools_behind(cast.li(), DAY, {"level": level.value})
        behind = [row.resources.books for row in rows if row.resources]
        figure = next(f for f in found[level.value] if f.name == "books")
        assert (sum(filter(None, behind)), sum(row.pupils for row in rows)) == (
            figure.part,
            figure.whole,
        )

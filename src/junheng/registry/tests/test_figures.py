"""The yearly return: golden figures from rows, every figure equal to the rows behind it."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from openpyxl import load_workbook
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn
from junheng.commons import imports
from junheng.kernel.levels import Level
from junheng.places.models import Organisation
from junheng.registry.engine.standards import LATEST, STANDARDS
from junheng.registry.models import Pupil, Resources, SchoolAgeChildren, SchoolClass, Standing
from junheng.registry.selectors.behind import classes_behind, pupils_behind, schools_behind
from junheng.registry.selectors.equity import equity_of
from junheng.registry.selectors.on_a_day import schools_on
from junheng.registry.selectors.retention import retention_of
from junheng.registry.selectors.returns import KindLine, return_on
from junheng.registry.tests.builders import a_class, facts
from junheng.registry.tests.engine.test_equity import BOOKS, PUPILS
from junheng.registry.tests.staff_builders import staff_member, staff_post
from junheng.registry.tests.test_imports import brought, messages, send
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 15)


def rows_of(
    schools: Organisation, number: int, stretches: list[dict[str, Any]], **of_pupils: Any
) -> None:
    """So many pupils who all have these stretches of school life."""
    first, li = Pupil.objects.count(), cast.li()
    with transaction.atomic():
        made = Pupil.objects.bulk_create(
            Pupil(
                number=f"P{stretches[0]['valid_from']:%y%m%d}{first + n:05}",
                organisation=schools,
                name="x",
                entered_on=stretches[0]["valid_from"],
                entered_by=li,
                **of_pupils,
            )
            for n in range(number)
        )
        Standing.objects.bulk_create(
            Standing(
                pupil=pupil,
                entered_by=li,
                **{"organisation": schools, "state": "studying", "movement": "moved_up"} | each,
            )
            for pupil in made
            for each in stretches
        )


def years(first: int, last: int, grade: int, **more: Any) -> list[dict[str, Any]]:
    """One completed stretch a school year, a grade further each time."""
    return [
        {
            "school_year": year,
            "grade": grade + year - first,
            "valid_from": date(year, 9, 1),
            "valid_to": date(year + 1, 9, 1),
            "completed": True,
            **more,
        }
        for year in range(first, last + 1)
    ]


def lower_secondary() -> Organisation:
    school = cast.school()
    facts(
        school,
        lowest_grade=7,
        highest_grade=9,
        entry_classes=9,
        class_size=50,
        valid_from=date(2015, 9, 1),
    )
    return school


def test_three_year_retention_of_112_02_percent_comes_from_outside(signed_in: SignedIn) -> None:
    """208 entered in 2023; 201 completed grade 9 in 2026, with 32 who came from outside."""
    school = lower_secondary()
    rows_of(school, 201, years(2023, 2025, 7))
    rows_of(school, 7, years(2023, 2023, 7))
    rows_of(school, 30, years(2024, 2025, 8, movement="from_outside"))
    rows_of(school, 2, [*years(2022, 2024, 7), *years(2025, 2025, 9, movement="held_back")])
    _level, year, found = retention_of(cast.li(), Level.LOWER_SECONDARY, DAY)
    assert (year, found.entered, found.stayed, found.joined) == (2023, 208, 201, 32)
    assert (str(found.rate.percent()), str(found.own_rate.percent())) == ("112.02", "96.63")
    for which, number in (("entered", 208), ("stayed", 201), ("joined", 32), ("gone", 7)):
        asked = {"level": "lower_secondary", "cohort": which}
        assert pupils_behind(cast.li(), DAY, asked).count() == number, which
    page = signed_in(cast.li()).get(f"/registry/statistics/?day={DAY}").content.decode()
    assert "112.02" in page
    assert retention_of(cast.qian(), Level.LOWER_SECONDARY, DAY)[2].entered == 0


def test_five_year_retention_of_96_98_percent() -> None:
    """232 entered grade 1 in 2021; 225 completed grade 5 in 2026: 225 / 232 = 0.96983."""
    school = cast.school()
    facts(school, entry_classes=9, valid_from=date(2015, 9, 1))
    rows_of(school, 225, years(2021, 2025, 1))
    rows_of(school, 7, years(2021, 2022, 1))
    _level, year, found = retention_of(cast.li(), Level.PRIMARY, DAY)
    assert (year, found.entered, str(found.rate.percent())) == (2021, 232, "96.98")


def a_county() -> tuple[Organisation, SchoolClass]:
    """A primary school with a class of the register and one that is only counted."""
    school = cast.school()
    facts(school, valid_from=date(2020, 9, 1))
    in_class = a_class(school, school_year=2026, number=1, size=0)
    a_class(school, school_year=2026, number=2, size=48)
    start = date(2026, 9, 1)
    children = [("1", 2017), ("1", 2017), ("2", 2017), ("2", 2012), ("", 2017)]
    for n, (sex, born) in enumerate(children):
        pupil = Pupil(
            number=f"S{n}",
            organisation=school,
            name="x",
            sex=sex,
            born_on=date(born, 5, 1),
            entered_on=start,
            entered_by=cast.li(),
        )
        with transaction.atomic():
            pupil.save()
            Standing.objects.create(
                pupil=pupil,
                organisation=school,
                school_year=2026,
                grade=3,
                school_class=in_class,
                state="studying",
                movement="entered",
                valid_from=start,
                entered_by=cast.li(),
            )
    staff_post(staff_member(), school, subjects=["sport"])
    Resources.objects.create(
        organisation=school,
        level="primary",
        building_m2=530,
        books=1060,
        lessons_planned=20,
        lessons_given=19,
        valid_from=date(2020, 1, 1),
    )
    return school, in_class


def test_every_figure_equals_the_rows_behind_it() -> None:
    _school, in_class = a_county()
    found = return_on(cast.li(), DAY)
    primary = found.levels[0]
    assert (primary.sum("boys"), primary.sum("girls"), primary.sum("untold")) == (2, 2, 1)
    assert (primary.pupils, primary.classes, primary.sum("counted")) == (53, 2, 48)
    level = {"level": "primary"}
    for sex, name in (("1", "boys"), ("2", "girls"), ("0", "untold")):
        behind = pupils_behind(cast.li(), DAY, level | {"sex": sex})
        assert behind.count() == primary.sum(name)
    aged = pupils_behind(cast.li(), DAY, level | {"aged": "1"}).count()
    assert aged == primary.sum("of_age") == 4
    assert len(schools_behind(cast.li(), DAY, level)) == len(primary.schools) == 1
    assert len(classes_behind(cast.li(), DAY, level)) == primary.classes
    assert pupils_behind(cast.li(), DAY, {"class": str(in_class.pk)}).count() == 5
    assert found.kinds == (KindLine("primary", schools=1, quality=0, classes=2, pupils=53),)
    assert found.sizes == (("primary", 3, (1, 1, 0, 0)),)
    assert [row.row.number for row in classes_behind(cast.li(), DAY, {"size": "near"})] == [2]


def test_figures_per_pupil_speak_for_the_schools_that_told() -> None:
    a_county()
    facts(cast.school("school-2"))
    figures = {each.name: each for each in return_on(cast.li(), DAY).resources[0][1]}
    building = figures["building_m2"]
    assert (building.part, building.whole, building.told, building.schools) == (530, 53, 1, 2)
    assert building.value == pytest.approx(10.0)
    assert str(figures["lessons_given"].share.percent(0)) == "95"
    assert figures["equipment_used"].value is None


def test_the_past_is_looked_at_as_it_was() -> None:
    a_county()
    before = return_on(cast.li(), date(2026, 8, 31)).levels[0]
    assert (before.sum("registered"), len(before.schools)) == (0, 1)
    assert return_on(cast.li(), date(2019, 1, 1)).levels[0].schools == ()
    assert schools_on(cast.qian(), DAY) == []


def test_net_enrolment_sets_children_of_the_age_at_school_against_all(
    settings: Settings, tmp_path: object
) -> None:
    settings.STORAGE_ROOT = tmp_path
    a_county()
    assert return_on(cast.li(), DAY).enrolment == (("primary", None), ("lower_secondary", None))
    columns = "place_code,level,year,children,source"
    first = brought("children", columns, "990100,primary,2026,5,Civil registration")
    again = brought("children", columns, "990100,primary,2026,8,Civil registration")
    imports.undo(again, cast.li())
    share = return_on(cast.li(), DAY).enrolment[0][1]
    assert share is not None
    assert (share.part, share.whole, str(share.percent(1))) == (4, 5, "80.0")
    assert return_on(cast.qian(), DAY).enrolment[0][1] is None
    wrong = ("nowhere,primary,2026,5,x", "990100,primary,1700,-5,x", "990100,primary,2026,5,x")
    assert len(messages(send("children", columns, *wrong[:2]))) == 2
    assert len(messages(send("children", columns, wrong[0], wrong[2], wrong[2]))) == 2
    imports.undo(first, cast.li())
    assert not SchoolAgeChildren.objects.exists()


def test_a_figure_on_the_page_leads_down_to_its_pupils(signed_in: SignedIn) -> None:
    _school, in_class = a_county()
    own, day = signed_in(cast.li()), f"day={DAY}"
    page = own.get(f"/registry/statistics/?{day}").content.decode()
    assert f"/registry/statistics/pupils/?{day}&amp;level=primary&amp;sex=2" in page
    schools = own.get(f"/registry/statistics/schools/?{day}&level=primary").content.decode()
    assert f"?{day}&amp;code=school-1&amp;level=primary" in schools
    classes = own.get(f"/registry/statistics/classes/?{day}&code=school-1").content.decode()
    assert f"class={in_class.pk}" in classes
    pupils = own.get(f"/registry/statistics/pupils/?{day}&class={in_class.pk}").content.decode()
    assert all(f'href="/registry/pupils/S{n}/"' in pupils for n in range(5))
    assert own.get("/registry/statistics/?day=tomorrow").status_code == 200
    book = own.get(f"/registry/statistics/excel/?{day}")
    sheet = load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    assert ("Pupils by level and sex", "Primary level", "Pupils", 53) in set(
        sheet.iter_rows(values_only=True)
    )


def test_another_county_s_officer_sees_none_of_it(signed_in: SignedIn) -> None:
    _school, in_class = a_county()
    stranger = signed_in(cast.qian())
    for part in ("schools/", "classes/", f"pupils/?class={in_class.pk}&day={DAY}"):
        page = stranger.get(f"/registry/statistics/{part}").content.decode()
        assert "school-1" not in page
        assert "S1<" not in page


def test_equity_says_what_each_school_lacks(signed_in: SignedIn) -> None:
    a_county()
    page = signed_in(cast.li()).get(f"/registry/equity/?day={DAY}").content.decode()
    assert "Sport and arts teachers" in page
    assert "Multimedia classrooms: not told" in page
    assert "Backbone teachers, county and above: 0.00 of 1.0, 1 missing" in page


def test_the_five_published_schools_have_0_515_from_rows() -> None:
    """The worked example: pupils in counted classes, the amount as multimedia rooms."""
    for n, (pupils, rooms) in enumerate(zip(PUPILS, BOOKS, strict=True)):
        school = cast.school(f"cv-{n}")
        facts(school, valid_from=date(2020, 9, 1))
        sizes = [pupils // 2, pupils - pupils // 2]
        for number, size in enumerate(sizes, start=1):
            a_class(school, school_year=2026, number=number, size=size)
        Resources.objects.create(
            organisation=school,
            level="primary",
            multimedia_rooms=rooms,
            valid_from=date(2020, 1, 1),
        )
    found, counties = equity_of(
        cast.li(), Level.PRIMARY, on=DAY, standard=STANDARDS[LATEST][Level.PRIMARY]
    )
    assert [county.code for county in counties] == [cast.COUNTY]
    spread = next(each for each in found.spreads if each.indicator == "multimedia_rooms")
    assert (f"{spread.cv:.3f}", spread.within) == ("0.515", False)


def test_queries_do_not_grow_with_the_rows(signed_in: SignedIn) -> None:
    own = signed_in(cast.li())
    a_county()
    for n in range(6):
        facts(cast.school(f"more-{n}"))
    for page in ("statistics/", "statistics/schools/", "statistics/pupils/", "equity/"):
        own.get(f"/registry/{page}?day={DAY}")
        with same_queries("registry", page):
            own.get(f"/registry/{page}?day={DAY}")

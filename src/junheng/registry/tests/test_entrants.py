"""Rural return: entrants against former years, from rows that came in as a file."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn
from junheng.commons import imports
from junheng.commons.imports import CannotUndo
from junheng.places.models import Place
from junheng.registry import facade
from junheng.registry.engine.growth import growth
from junheng.registry.models import Entrants
from junheng.registry.selectors.entrants import rural_schools
from junheng.registry.tests.builders import facts
from junheng.registry.tests.test_imports import messages, outcome, send

pytestmark = pytest.mark.django_db
COLUMNS = "school_code,level,year,entrants"
NAMED = {"a": (146, 643), "b": (67, 264), "c": (120, 230), "d": (89, 234)}
"""The four schools that the source names: 2018 and 2020."""
OTHERS = (1445 - 422, 3696 - 1371)


@pytest.fixture(autouse=True)
def schools(settings: Settings, tmp_path: object) -> None:
    settings.STORAGE_ROOT = tmp_path
    for code in [*NAMED, "others", "urban"]:
        setting = "urban" if code == "urban" else "town"
        facts(cast.school(code), lowest_grade=7, highest_grade=9, setting=setting)


def rows() -> list[str]:
    told = {**NAMED, "others": OTHERS, "urban": (900, 100)}
    return [
        f"{code},lower_secondary,{year},{number}"
        for code, figures in told.items()
        for year, number in zip((2018, 2020), figures, strict=True)
    ]


def test_1445_entrants_of_2018_became_3696_of_2020() -> None:
    batch = send("entrants", COLUMNS, *rows())
    assert messages(batch) == []
    imports.write(batch)
    found = facade.rural_entrants(Place.objects.get(code=cast.COUNTY))
    assert found.years == ((2018, 1445), (2020, 3696))
    assert (f"{found.growth:+.0%}", found.last_year) == ("+156%", 2020)
    lines = {line.code: (line.first, line.last) for line in rural_schools(cast.li())}
    assert {code: lines[code] for code in NAMED} == NAMED
    assert rural_schools(cast.li())[0].code == "a"
    again = send("entrants", COLUMNS, *rows()[:2], "a,lower_secondary,2021,700")
    imports.write(again)
    assert outcome(again) == (1, 0, 2)
    imports.undo(again, cast.li())
    imports.undo(batch, cast.li())
    assert not Entrants.objects.exists()


def test_a_wrong_row_is_told_and_a_figure_changed_since_stays() -> None:
    wrong = send(
        "entrants",
        COLUMNS,
        "a,lower_secondary,2018,5",
        "a,lower_secondary,2018,6",
        "nowhere,lower_secondary,2018,5",
    )
    assert messages(wrong) == [
        "3 year: Row 2 has this school and year already.",
        "4 school_code: There is no school nowhere in your area.",
    ]
    assert messages(send("entrants", COLUMNS, "a,lower_secondary,1700,9999")) == [
        "2 year: 1700 is no year.",
        "2 entrants: 9999 entrants of one school: that cannot be.",
    ]
    batch = send("entrants", COLUMNS, "a,lower_secondary,2018,5")
    imports.write(batch)
    Entrants.objects.update(number=6)
    with pytest.raises(CannotUndo):
        imports.undo(batch, cast.li())


def test_a_school_has_one_figure_a_year() -> None:
    school = cast.school("a")
    Entrants.objects.create(organisation=school, year=2018, grade=7, number=1)
    for wrong in ({"year": 2018}, {"year": 2019, "grade": 3}, {"year": 1900}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Entrants.objects.create(**{"organisation": school, "grade": 7, "number": 1, **wrong})


def test_growth_is_a_share_of_what_was_before() -> None:
    assert growth(100, 156) == pytest.approx(0.56)
    assert growth(0, 5) is None
    assert facade.rural_entrants(Place.objects.get(code=cast.COUNTY)).growth is None


def test_every_year_and_the_sum_of_all_stand_on_the_page(signed_in: SignedIn) -> None:
    """A year that a school has not told is a gap, and not the year of another school."""
    imports.write(send("entrants", COLUMNS, *rows(), "b,lower_secondary,2019,180"))
    page: Any = signed_in(cast.li()).get("/registry/entrants/")
    assert page.context_data["years"] == [2018, 2019, 2020]
    shown = {row.code: ([n for _year, n in figures], growth) for row, figures, growth in _of(page)}
    assert shown["a"] == ([146, None, 643], "+340%")
    assert shown["b"] == ([67, 180, 264], "+294%")
    assert shown[""] == ([1445, 180, 3696], "+156%")
    assert all(words in page.content.decode() for words in ("1,445", "3,696", "+156%"))


def _of(page: Any) -> list[Any]:
    return [*page.context_data["rows"], page.context_data["total"]]


def test_the_page_shows_own_schools_only(signed_in: SignedIn) -> None:
    Entrants.objects.create(organisation=cast.school("a"), year=2018, grade=7, number=146)
    assert "146" in signed_in(cast.li()).get("/registry/entrants/").content.decode()
    assert "146" not in signed_in(cast.qian()).get("/registry/entrants/").content.decode()

"""Any indicator is ranked by county, township and school, against a week ago or the day before."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from importlib import import_module
from typing import Any

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn
from junheng.commons import runs
from junheng.commons.tests.roles import as_the_site
from junheng.kernel.levels import Level
from junheng.places.models import Organisation, Place
from junheng.registry.models import FindingStretch, IntegrityFinding, Resources, SchoolAgeChildren
from junheng.registry.selectors.measures import MEASURES
from junheng.registry.selectors.rankings import Against, By, Ranked, ranked
from junheng.registry.selectors.returns import return_on
from junheng.registry.tests.builders import a_class, facts, inherited, opening_count
from junheng.registry.tests.test_figures import DAY, rows_of, years
from junheng.registry.web.rankings import MEASURE_WORDS
from junheng.registry.web.return_words import shown_number
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def schools() -> None:
    """Two of a township with books for one of them, and one at the county's seat."""
    opening_count()
    for code, at, size in (
        ("a", cast.TOWNSHIP, 60),
        ("b", cast.TOWNSHIP, 40),
        ("c", cast.COUNTY, 40),
    ):
        school = cast.school(code, at=at)
        facts(school, valid_from=date(2020, 9, 1))
        make = inherited if size > 55 else a_class
        make(organisation=school, school_year=2026, number=1, size=size)
    Resources.objects.create(
        organisation=cast.school("a"), level="primary", books=600, valid_from=date(2020, 1, 1)
    )


def a_finding(school: Organisation, state: str, first: date, last: date) -> None:
    """Something that the checks found first and last on these days."""
    run = runs.request_run(
        kind="registry.integrity",
        matter=f"{school.code} {state} {first}",
        snapshot=runs.freeze("registry.integrity", {"a.csv": b"a"}),
        rules_version="1",
        seed="",
        by=None,
    )
    marked = {"reason": "x", "marked_by": cast.li(), "marked_at": timezone.now()}
    IntegrityFinding.objects.create(
        path=school.path,
        rule="no_guardian",
        severity=1,
        organisation=school,
        subject=f"{state} {first}",
        fingerprint="0",
        state=state,
        first_run=run,
        last_run=run,
        first_on=first,
        last_on=last,
        mended_run=run if state == "mended" else None,
        **(marked if state == "false_alarm" else {}),
    )


def of(figure: str, by: By, against: Against = Against.WEEK) -> list[Ranked]:
    return ranked(cast.li(), MEASURES[figure], by, on=DAY, against=against)


def test_what_needs_attention_comes_first_and_equals_share_a_rank() -> None:
    assert [(row.rank, row.key, row.value) for row in of("large_classes", By.SCHOOL)] == [
        (1, "a", 1),
        (2, "b", 0),
        (2, "c", 0),
    ]
    books = of("books", By.SCHOOL)
    assert [(row.rank, row.key, row.value) for row in books] == [
        (1, "a", 10.0),
        (None, "b", None),
        (None, "c", None),
    ]


def test_a_township_and_a_county_are_the_sums_of_their_schools_that_told() -> None:
    county = of("pupils_per_class", By.COUNTY)
    assert [(row.key, row.schools, row.part, row.whole) for row in county] == [
        (cast.COUNTY, 3, 140, 3)
    ]
    towns = {row.key: row for row in of("books", By.TOWNSHIP)}
    assert (towns[cast.TOWNSHIP].part, towns[cast.TOWNSHIP].whole) == (600, 60)
    assert ranked(cast.qian(), MEASURES["pupils"], By.SCHOOL, on=DAY, against=Against.DAY) == []


def test_a_day_and_a_week_are_told_apart() -> None:
    came = {"school_year": 2026, "grade": 3, "valid_from": date(2026, 10, 12)}
    rows_of(cast.school("b"), 2, [came])
    week = {row.key: row.change for row in of("pupils", By.SCHOOL)}
    day = {row.key: row.change for row in of("pupils", By.SCHOOL, Against.DAY)}
    assert (week, day) == ({"a": 0, "b": 2, "c": 0}, {"a": 0, "b": 0, "c": 0})


def test_enrolment_is_a_figure_of_places_and_retention_of_schools_too() -> None:
    """9 of the township's 10 children; a kept 3 of 4, b none of 1 and has 1 who came."""
    for code, number in (("a", 6), ("b", 3)):
        now = {"school_year": 2026, "grade": 3, "valid_from": date(2026, 9, 1)}
        rows_of(cast.school(code), number, [now], born_on=date(2018, 3, 1))
    home = Place.objects.get(code=cast.TOWNSHIP)
    SchoolAgeChildren.objects.create(
        place=home, level="primary", year=2026, number=10, source="Register of residents"
    )
    towns = {row.key: (row.part, row.whole) for row in of("enrolment_primary", By.TOWNSHIP)}
    assert towns == {cast.TOWNSHIP: (9, 10), cast.COUNTY: (0, None)}
    assert {row.value for row in of("enrolment_primary", By.SCHOOL)} == {None}
    rows_of(cast.school("a"), 3, years(2021, 2025, 1))
    rows_of(cast.school("a"), 1, years(2021, 2022, 1))
    rows_of(cast.school("b"), 1, years(2021, 2022, 1))
    rows_of(cast.school("b"), 1, years(2023, 2025, 3))
    kept = {row.key: (row.part, row.whole) for row in of("retention_primary", By.SCHOOL)}
    assert kept == {"a": (3, 4), "b": (1, 1), "c": (0, None)}
    Organisation.objects.filter(code="b").update(kind="teaching_point")
    alone = {row.key: row.value for row in of("retention_primary", By.SCHOOL)}
    assert alone == {"a": 0.75, "b": None, "c": None}
    [county] = of("retention_primary", By.COUNTY)
    told = {level: rate for level, _year, rate in return_on(cast.li(), DAY).retention}
    assert (county.part, county.whole) == (
        told[Level.PRIMARY].rate.part,
        told[Level.PRIMARY].rate.whole,
    )


def stood(day: date) -> dict[str, tuple[float | None, float | None]]:
    """Open findings by school, on a day and a week before."""
    rows = ranked(cast.li(), MEASURES["findings"], By.SCHOOL, on=day, against=Against.WEEK)
    return {row.key: (row.value, row.before) for row in rows}


def test_findings_are_ranked_as_they_stood_on_the_day() -> None:
    assert {row.value for row in of("findings", By.SCHOOL)} == {None}
    for code, state, first, last in (
        ("a", "open", date(2026, 10, 1), DAY),
        ("a", "open", DAY, DAY),
        ("b", "mended", date(2026, 10, 1), date(2026, 10, 10)),
    ):
        a_finding(cast.school(code), state, first, last)
    assert stood(DAY) == {"a": (2, 1), "b": (0, 1), "c": (0, 0)}


def test_a_false_alarm_stood_open_until_somebody_said_so() -> None:
    """Silent since that very day, also once it is mended; open anew when its facts change."""
    a_finding(cast.school("a"), "open", date(2026, 10, 1), DAY)
    row = IntegrityFinding.objects.get()
    marked = timezone.make_aware(datetime.combine(DAY, time(0, 5)))
    row.state, row.reason, row.marked_by, row.marked_at = "false_alarm", "x", cast.li(), marked
    row.save()
    eve, later = DAY - timedelta(days=1), DAY + timedelta(days=30)
    assert (stood(eve)["a"][0], stood(DAY)["a"]) == (1, (0, 1))
    row.state, row.reason, row.marked_by, row.marked_at = "mended", "", None, None
    row.last_on, row.mended_run = DAY + timedelta(days=20), row.first_run
    row.save()
    assert [stood(day)["a"][0] for day in (eve, DAY, later)] == [1, 0, 0]
    row.state, row.mended_run, row.last_on = "open", None, later
    row.save()
    days = (eve, DAY, later - timedelta(days=1), later)
    assert [stood(day)["a"][0] for day in days] == [1, 0, 0, 1]


def test_when_a_finding_stood_open_is_not_made_up() -> None:
    a_finding(cast.school("a"), "open", date(2026, 10, 1), DAY)
    rows: Any = FindingStretch.objects.all()
    refused = pytest.raises(DatabaseError, match="as it happens")
    with as_the_site(), refused, transaction.atomic():
        rows.update(open_to=DAY)
    with as_the_site(), refused, transaction.atomic():
        rows.delete()


def test_stretches_of_findings_of_before_are_filled_in() -> None:
    for number, state in enumerate(("open", "false_alarm", "mended"), start=1):
        a_finding(cast.school("a"), state, date(2026, 10, number), DAY)
    written = list(FindingStretch.objects.values_list("finding", "open_from", "open_to"))
    with pgtrigger.ignore():
        FindingStretch.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("junheng.registry.migrations.0028_fill_stretches").FILL)
    filled = FindingStretch.objects.values_list("finding", "open_from", "open_to")
    assert list(filled) == written


def test_every_indicator_can_be_ranked_and_is_shown_in_its_unit(signed_in: SignedIn) -> None:
    assert MEASURES.keys() == MEASURE_WORDS.keys()
    assert all(len(of(figure, By.SCHOOL)) == 3 for figure in MEASURES)
    Resources.objects.update(lessons_planned=40, lessons_given=38)
    own = signed_in(cast.li())
    for asked, shown in (
        ("figure=books", ("10.00", "code=a")),
        ("figure=lessons_given&by=township&against=day", ("95.00 %", "Chengguan Township")),
        ("figure=pupils&by=county", ("140",)),
    ):
        page = own.get(f"/registry/ranking/?day={DAY}&{asked}").content.decode()
        assert all(words in page for words in shown), asked
    with same_queries("registry", "ranking/"):
        own.get(f"/registry/ranking/?day={DAY}&figure=nonsense&by=x")


def test_figures_are_rounded_and_not_cut_off() -> None:
    assert (shown_number(93.2659), shown_number(0.4996, 3), shown_number(None)) == (
        "93.27",
        "0.500",
        "—",
    )

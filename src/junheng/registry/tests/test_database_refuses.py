"""What the database refuses, whichever way the rows come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from junheng.accounts.tests import cast
from junheng.commons.history import history_of
from junheng.places.models import Place
from junheng.registry.models import SchoolClass, Zone, ZonePlace
from junheng.registry.tests.builders import (
    COUNTED,
    START,
    a_class,
    facts,
    inherited,
    opening_count,
    zone,
)

pytestmark = pytest.mark.django_db
LATER = COUNTED + timedelta(days=30)


def refused(change: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            change()
    except IntegrityError:
        return True
    return False


def resize(row: SchoolClass, size: int, on: date = LATER) -> Callable[[], object]:
    return lambda: SchoolClass.objects.filter(pk=row.pk).update(size=size, counted_on=on)


def test_a_class_of_fifty_five_is_taken_and_one_of_fifty_six_is_not() -> None:
    assert not refused(lambda: a_class(size=55))
    assert refused(lambda: a_class(size=56, number=2))


def test_a_class_does_not_grow_past_the_cap() -> None:
    assert refused(resize(a_class(size=55), 56))


def test_raw_sql_is_refused_as_well() -> None:
    row = a_class(size=55)
    with connection.cursor() as cursor:
        change = "UPDATE registry_schoolclass SET size = 70 WHERE id = %s"
        assert refused(lambda: cursor.execute(change, [row.pk]))


def test_calling_a_class_inherited_does_not_make_it_so() -> None:
    assert refused(lambda: inherited(60))


class TestWithAnOpeningCount:
    def test_a_large_class_found_then_is_written_down_as_it_was(self) -> None:
        opening_count()
        assert inherited(63).size == 63

    def test_once_closed_no_other_large_class_is_taken(self) -> None:
        held = opening_count()
        held.closed_at = held.opened_at
        held.save()
        assert refused(lambda: inherited(60))

    def test_a_closed_count_is_never_opened_again(self) -> None:
        held = opening_count()
        held.closed_at = held.opened_at
        held.save()
        held.closed_at = None
        assert refused(held.save)
        assert refused(held.delete)

    def test_the_count_of_one_county_says_nothing_about_another(self) -> None:
        cast.counties()
        opening_count(Place.objects.get(code=cast.NEXT_COUNTY))
        assert refused(lambda: inherited(60))

    def test_a_large_class_may_become_smaller_but_never_larger(self) -> None:
        opening_count()
        row = inherited(63)
        assert not refused(resize(row, 60))
        assert refused(resize(row, 61, on=LATER + timedelta(days=1)))

    def test_a_class_that_came_down_to_the_cap_stays_there(self) -> None:
        opening_count()
        row = inherited(63)
        assert not refused(resize(row, 52))
        assert not refused(resize(row, 55, on=LATER + timedelta(days=1)))
        assert refused(resize(row, 56, on=LATER + timedelta(days=2)))

    def test_a_mistyped_count_can_be_put_right_up_to_what_was_inherited(self) -> None:
        opening_count()
        row = inherited(63)
        assert not refused(resize(row, 36))
        assert not refused(resize(row, 63))
        assert refused(resize(row, 64))

    def test_the_same_class_a_year_later_may_still_be_large_but_no_larger(self) -> None:
        held = opening_count()
        inherited(63, school_year=2025, grade=3)
        held.closed_at = held.opened_at
        held.save()
        following: dict[str, Any] = {"school_year": 2026, "grade": 4, "inherited_on": COUNTED}
        assert refused(lambda: a_class(size=64, inherited_size=64, **following))
        assert not refused(lambda: a_class(size=62, inherited_size=62, **following))
        assert refused(lambda: a_class(size=60, inherited_size=60, **following | {"number": 2}))

    def test_the_mark_cannot_be_given_afterwards(self) -> None:
        held = opening_count()
        row = a_class(size=50)
        held.closed_at = held.opened_at
        held.save()
        mark = {"inherited_on": COUNTED, "inherited_size": 70}
        assert refused(lambda: SchoolClass.objects.filter(pk=row.pk).update(size=70, **mark))


def test_a_class_is_not_turned_into_another_one() -> None:
    row = a_class()
    assert refused(lambda: SchoolClass.objects.filter(pk=row.pk).update(grade=4))


def test_the_same_class_is_not_counted_twice() -> None:
    a_class()
    assert refused(a_class)


def test_a_school_has_one_truth_a_day() -> None:
    first = facts(valid_to=date(2026, 9, 1))
    assert refused(lambda: facts(valid_from=date(2026, 8, 31), entry_classes=3))
    assert not refused(lambda: facts(valid_from=first.valid_to, entry_classes=3))


def test_a_nine_year_school_has_facts_for_both_levels() -> None:
    facts()
    assert not refused(lambda: facts(lowest_grade=7, highest_grade=9))


def test_facts_do_not_straddle_the_levels() -> None:
    assert refused(lambda: facts(lowest_grade=5, highest_grade=8))


def test_a_plan_above_the_cap_is_refused() -> None:
    assert refused(lambda: facts(class_size=56))


class TestZones:
    def test_a_place_is_in_one_zone_of_a_level_a_day(self) -> None:
        home = cast.school().place
        zone([home], [cast.school()])
        assert refused(lambda: zone([home], [cast.school("school-2")], code="zone-2"))
        assert not refused(
            lambda: zone([home], [cast.school("school-2")], code="zone-3", level="lower_secondary")
        )

    def test_when_a_zone_ends_its_places_are_free_for_the_next(self) -> None:
        home = cast.school().place
        first = zone([home], [cast.school()])
        end = date(2026, 9, 1)
        first.valid_to = end
        first.save()
        assert ZonePlace.objects.get(zone=first).valid_to == end
        assert not refused(lambda: zone([home], [cast.school()], valid_from=end))

    def test_a_place_takes_its_dates_from_the_zone_whatever_is_written(self) -> None:
        made = zone([cast.school().place], [cast.school()])
        part = ZonePlace.objects.get(zone=made)
        part.valid_from, part.entry_grade = None, 7
        part.save()
        assert list(made.parts.values_list("valid_from", "entry_grade")) == [(START, 1)]

    def test_a_code_has_one_open_version(self) -> None:
        zone([], [cast.school()])
        assert refused(lambda: zone([], [cast.school()], valid_from=date(2026, 9, 1)))

    def test_versions_of_a_code_share_no_day_whichever_way_they_come(self) -> None:
        end = date(2026, 9, 1)
        first = zone([], [], valid_to=end)
        assert refused(lambda: zone([], [], valid_from=end - timedelta(days=1)))
        assert refused(lambda: zone([], [], valid_from=None, valid_to=START + timedelta(days=1)))
        assert not refused(lambda: zone([], [], valid_from=end))
        assert not refused(lambda: zone([], [], code="zone-2", valid_from=START))
        assert refused(lambda: Zone.objects.filter(pk=first.pk).update(valid_to="2026-09-02"))
        renamed = Zone.objects.filter(code="zone-2")
        assert refused(lambda: renamed.update(code="zone-1", valid_to="2027-09-01"))

    def test_raw_sql_makes_no_second_version_of_a_day(self) -> None:
        zone([], [], valid_to=date(2026, 9, 1))
        again = """INSERT INTO registry_zone (code, name, level, valid_from, valid_to)
            VALUES ('zone-1', 'Again', 'primary', '2026-08-31', '2026-10-01')"""
        with connection.cursor() as cursor:
            assert refused(lambda: cursor.execute(again))


def test_changes_of_a_class_are_in_its_history() -> None:
    row = a_class(size=50)
    resize(row, 48)()
    latest, first = history_of(row)
    assert (first.what, latest.what) == ("insert", "update")
    assert [(c.before, c.after) for c in latest.changes if c.field == "size"] == [(50, 48)]

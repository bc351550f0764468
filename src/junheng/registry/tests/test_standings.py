"""What the database keeps true of pupils' standings, whichever way the rows come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction

from junheng.accounts.facade import User
from junheng.accounts.tests import cast
from junheng.registry.models import ClassExemption, Pupil, SchoolClass, Standing
from junheng.registry.tests import builders
from junheng.registry.tests.builders import a_class, a_pupil, inherited, opening_count, standing

pytestmark = pytest.mark.django_db
NEXT = date(2025, 11, 3)


def refused(change: Callable[[], object], words: str = "") -> bool:
    try:
        with transaction.atomic():
            change()
            connection.check_constraints()
    except IntegrityError as error:
        return words in str(error)
    return False


def full(size: int = 55) -> SchoolClass:
    """A class of the register with so many pupils."""
    row = a_class(size=0)
    builders.pupils(size, row)
    row.refresh_from_db()
    return row


def first_of(row: SchoolClass) -> Any:
    """Where one pupil of a class stands."""
    return Standing.objects.filter(pk=Standing.objects.filter(school_class=row).values("pk")[:1])


def test_the_size_of_a_class_is_how_many_stand_in_it() -> None:
    row = full(3)
    assert (row.size, row.by_register) == (3, True)
    first_of(row).update(valid_to=NEXT)
    row.refresh_from_db()
    assert row.size == 2


def test_nobody_gets_into_a_class_of_fifty_five_by_any_way() -> None:
    row = full()
    other = a_pupil(school_class=a_class(size=0, number=2))
    assert refused(lambda: a_pupil(school_class=row), "cap")
    assert refused(lambda: builders.pupils(2, row), "cap")
    ended = Standing.objects.filter(pupil=other)
    ended.update(valid_to=NEXT)
    assert refused(lambda: standing(other, school_class=row, valid_from=NEXT), "cap")
    with connection.cursor() as cursor:
        copy = (
            "INSERT INTO registry_standing (pupil_id, organisation_id, school_year, grade, "
            "school_class_id, state, valid_from, completed, movement, paper, entered_by_id, "
            "recorded_at) SELECT pupil_id, organisation_id, school_year, grade, %s, state, %s, "
            "false, 'class_changed', '', entered_by_id, now() FROM registry_standing "
            "WHERE pupil_id = %s"
        )
        assert refused(lambda: cursor.execute(copy, [row.pk, NEXT, other.pk]), "cap")


def test_a_large_class_of_before_only_becomes_smaller() -> None:
    held = opening_count()
    row = inherited(58)
    builders.pupils(58, row)
    held.closed_at = held.opened_at
    held.save()
    first_of(row).update(valid_to=NEXT)
    assert refused(lambda: a_pupil(school_class=row), "smaller")


def test_an_exemption_needs_two_signatures_and_has_an_end() -> None:
    row = full()
    raised: dict[str, Any] = {"exempt_size": 57, "exempt_until": date(2099, 1, 1)}
    found = SchoolClass.objects.filter(pk=row.pk)
    assert refused(lambda: found.update(**raised), "two people")
    signed: dict[str, Any] = {"school_class": row, "size": 57, "reason": "x", "paper": "y"}
    by = {"asked_by": cast.li(), "approved_by": cast.wu()}
    ClassExemption.objects.create(**signed, until=raised["exempt_until"], **by)
    found.update(**raised)
    builders.pupils(2, row)
    assert refused(lambda: a_pupil(school_class=row), "cap")
    over = date(2020, 1, 1)
    ClassExemption.objects.create(**signed | {"size": 60}, until=over, **by)
    found.update(exempt_size=60, exempt_until=over)
    assert refused(lambda: a_pupil(school_class=row), "smaller")


def test_a_pupil_stands_at_one_place_on_any_day() -> None:
    pupil = a_pupil(school_class=a_class(size=0))
    assert refused(lambda: standing(pupil, valid_from=NEXT), "one_open")
    assert refused(
        lambda: standing(pupil, valid_from=NEXT, valid_to=date(2025, 12, 1)), "one place"
    )


def test_what_stands_is_ended_and_not_rewritten() -> None:
    pupil = a_pupil(school_class=a_class(size=0))
    rows = Standing.objects.filter(pupil=pupil)
    for change in ({"grade": 4}, {"state": "left"}, {"school_class": None}, {"paper": "x"}):
        assert refused(partial(rows.update, **change))
    rows.update(valid_to=NEXT)
    events: Any = apps.get_model("registry", "StandingEvent")._base_manager
    assert list(events.values_list("pgh_label", "valid_to")) == [("update", None)]


def test_whoever_entered_a_standing_is_somebody_and_stays() -> None:
    pupil = a_pupil(school_class=a_class(size=0))
    someone = Standing.objects.get(pupil=pupil).entered_by
    before: dict[str, Any] = {"valid_from": date(2025, 8, 1), "valid_to": date(2025, 8, 20)}
    nobody = partial(standing, pupil, entered_by=User(pk=10**9), **before)
    assert refused(nobody, "entered by somebody")
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("DELETE FROM accounts_user WHERE id = %s", [someone.pk])
    assert User.objects.filter(pk=someone.pk).exists()


def test_a_class_of_another_school_or_grade_is_refused() -> None:
    builders.facts()
    elsewhere = a_class(cast.school("school-2"), size=0)
    before: dict[str, Any] = {"valid_from": date(2025, 8, 1), "valid_to": date(2025, 8, 20)}
    wrongs: list[dict[str, Any]] = [
        {"school_class": elsewhere, "organisation": cast.school()},
        {"school_class": a_class(size=0, grade=4), "grade": 3},
    ]
    for wrong in wrongs:
        assert refused(partial(standing, a_pupil(), **wrong, **before), "same school")


def test_the_record_follows_where_its_pupil_stands() -> None:
    pupil = a_pupil(school_class=a_class(size=0))
    Standing.objects.filter(pupil=pupil).update(valid_to=NEXT)
    standing(pupil, state="left", movement="left", valid_from=NEXT)
    assert Pupil.objects.get(pk=pupil.pk).left_on == NEXT
    assert refused(lambda: Pupil.objects.update(left_on=None), "that it is")


def test_a_pupil_without_a_standing_is_no_pupil() -> None:
    builders.facts()
    pupil = a_pupil()
    assert refused(lambda: Standing.objects.filter(pupil=pupil).delete(), "somewhere")
    made = {"organisation": cast.school(), "entered_on": NEXT, "entered_by": cast.li()}
    assert refused(partial(Pupil.objects.create, number="PU-0", name="x", **made), "somewhere")


def test_pupils_without_a_class_fit_into_those_that_are_planned() -> None:
    builders.facts(entry_classes=1, lowest_grade=1)
    for _number in range(2):
        a_pupil(grade=1)
    a_class(size=55, grade=1)
    assert refused(lambda: a_pupil(grade=1), "larger than 55")


def test_who_was_there_to_the_end_of_the_year_goes_on_counting() -> None:
    row = full(2)
    first, second = Standing.objects.filter(school_class=row)
    Standing.objects.filter(pk=first.pk).update(valid_to=date(2026, 9, 1), completed=True)
    Standing.objects.filter(pk=second.pk).update(valid_to=NEXT)
    row.refresh_from_db()
    assert row.size == 1

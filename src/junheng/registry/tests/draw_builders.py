"""A grade of pupils in no class, and a draw of it as far as a test needs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from unittest import mock

from django.db import transaction
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.registry.engine.class_assignment import NewClass, Wish
from junheng.registry.models import ClassAssignment, Pupil, PupilTag, Standing
from junheng.registry.services import class_assignments, class_draws
from junheng.registry.services.pupils import first_standing, pupil_number
from junheng.registry.snapshots.class_assignments import Group
from junheng.registry.tests import builders

EXAMPLE, FIGURES = "03-11-28", "14-02-30"
TWO = (NewClass(1, 30), NewClass(2, 30))


def entrants() -> Group:
    """Twenty-one pupils of grade 3 in no class, two of them of one household, three boarders."""
    builders.facts()
    one = {"organisation": cast.school(), "name": "x", "entered_on": builders.START}
    with transaction.atomic():
        made = Pupil.objects.bulk_create(
            Pupil(
                number=pupil_number(2025),
                sex="12"[index % 2],
                born_on=date(2017, 1 + index % 12, 5),
                entered_by=cast.li(),
                **one,
            )
            for index in range(21)
        )
        Standing.objects.bulk_create(first_standing(pupil, grade=3) for pupil in made)
    twins = [pupil.pk for pupil in made[:2]]
    Pupil.objects.filter(pk__in=twins).update(household_key="a" * 32)
    PupilTag.objects.bulk_create(
        PupilTag(pupil=pupil, tag="boarder", valid_from=builders.START) for pupil in made[:3]
    )
    return Group(cast.school(), 2025, 3)


def tomorrow() -> datetime:
    return timezone.now() + timedelta(days=1)


def frozen(group: Group, classes: Any = TWO, **given: Any) -> ClassAssignment:
    said: dict[str, Any] = {
        "wishes": {"a" * 32: Wish.APART},
        "event": "Public lottery, drawing 77",
        "example": EXAMPLE,
        "event_at": tomorrow(),
        "by": cast.sun(),
    }
    return class_assignments.freeze_list(group, classes, **said | given)


def after_the_event() -> Any:
    return mock.patch("django.utils.timezone.now", return_value=tomorrow() + timedelta(hours=1))


def drawn(row: ClassAssignment) -> ClassAssignment:
    with after_the_event():
        class_draws.type_figures(row.pk, FIGURES, by=cast.sun())
        return class_draws.type_figures(row.pk, FIGURES, by=cast.wang())


def published(group: Group) -> ClassAssignment:
    return class_draws.publish(drawn(frozen(group)).pk, by=cast.sun())

"""What everybody may know of class draws: fingerprints, events, figures, balance; no child."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from junheng.registry.models import ClassAssignment

State = ClassAssignment.State


@dataclass(frozen=True, slots=True)
class DrawnClass:
    """What a class got.

    Pupils with special needs are not counted here: where a class has one, everybody would know.

    Attributes:
        ages: Pupils by quarter of the grade, oldest first.
    """

    number: int
    size: int
    boys: int
    girls: int
    boarders: int
    ages: tuple[int, ...]


def public_draws() -> Any:
    """All draws by a public event, the latest first; those given up before it as well."""
    rows = ClassAssignment.objects.exclude(event="").select_related("organisation")
    return rows.order_by("-school_year", "organisation__code", "grade", "-frozen_at")


def public_draw(pk: UUID) -> ClassAssignment | None:
    """One of them."""
    row: ClassAssignment | None = (
        public_draws().select_related("organisation", "snapshot", "run").filter(pk=pk).first()
    )
    return row


def version_of_all() -> tuple[int, ...]:
    """What changes with the list of draws."""
    counts = {state.value: Count("pk", filter=Q(state=state)) for state in State}
    found = ClassAssignment.objects.exclude(event="").aggregate(**counts)
    return tuple(found.values())


def version_of(pk: UUID) -> str | None:
    """What changes with the page of a draw; None where there is none."""
    rows = ClassAssignment.objects.exclude(event="").filter(pk=pk)
    found: str | None = rows.values_list("state", flat=True).first()
    return found


def classes_of(row: ClassAssignment) -> Sequence[DrawnClass]:
    """What each class got; nothing before the draw."""
    return [
        DrawnClass(
            one["number"],
            one["size"],
            one["boys"],
            one["girls"],
            one["boarders"],
            tuple(one["ages"][:4]),
        )
        for one in row.result.get("classes", ())
    ]

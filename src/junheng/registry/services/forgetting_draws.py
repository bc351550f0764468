"""Whose number was whose in a class draw is deleted in time; list, result and counts stay."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy

from junheng.commons import retention
from junheng.commons.retention import Sweep
from junheng.kernel.school_year import SchoolYear
from junheng.registry.models import ClassAssignment, DrawnPupil
from junheng.registry.models.drawn_pupils import KEPT_AT_LEAST

OF_A_DRAW = ("registry.DrawnPupil.listed",)
State = ClassAssignment.State


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    title = gettext_lazy("Whose number was whose in a class draw")
    retention.register(Sweep("registry.drawn_pupils", title, OF_A_DRAW, clear))


def clear(until: datetime, most: int) -> int:
    """Delete them where the draw was published, and its school year began, before a moment."""
    begun = SchoolYear.of(until.date() - timedelta(days=KEPT_AT_LEAST + 1))
    over = Q(
        assignment__state=State.PUBLISHED,
        assignment__published_at__lt=until,
        assignment__school_year__lte=begun.start,
    )
    given_up = Q(assignment__state=State.WITHDRAWN, assignment__frozen_at__lt=until)
    rows = DrawnPupil.objects.filter(over | given_up).order_by("pk")
    pks = list(rows.values_list("pk", flat=True)[:most])
    return int(DrawnPupil.objects.filter(pk__in=pks).delete()[0])

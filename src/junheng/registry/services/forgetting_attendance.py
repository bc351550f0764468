"""What roll calls say of children is deleted in time, and so is what mended findings said."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy

from junheng.commons import retention
from junheng.commons.retention import Sweep
from junheng.registry.models import AttendanceMark, IntegrityFinding

NAMES = ("name", "resident_id", "resident_id_key")
OF_A_MARK = tuple(f"registry.AttendanceMark.{name}" for name in NAMES)


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    title = gettext_lazy("Attendance, and findings that were mended")
    retention.register(Sweep("registry.attendance", title, OF_A_MARK, clear))


def clear(until: datetime, most: int) -> int:
    """Delete marks, and empty findings that go with them."""
    return clear_marks(until, most) + clear_findings(until, most)


def clear_marks(until: datetime, most: int) -> int:
    """Delete marks of days before a moment; that the class delivered stays."""
    old = AttendanceMark.objects.filter(call__day__lt=until.date()).order_by("pk")
    pks = list(old.values_list("pk", flat=True)[:most])
    return AttendanceMark.objects.filter(pk__in=pks).delete()[0]


def clear_findings(until: datetime, most: int) -> int:
    """Empty the figures of findings that were mended before a moment."""
    old = IntegrityFinding.objects.filter(
        state=IntegrityFinding.State.MENDED, last_on__lt=until.date()
    ).exclude(figures={})
    pks = list(old.order_by("pk").values_list("pk", flat=True)[:most])
    return int(IntegrityFinding.objects.filter(pk__in=pks).update(figures={}))

"""Rows of other departments' registers are deleted in time; what a delivery was stays."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy

from junheng.commons import retention
from junheng.commons.retention import Sweep
from junheng.evidence.models import Record

NAMES = ("number_index", "name_index", "key_index", "sealed")
OF_A_RECORD = tuple(f"evidence.Record.{name}" for name in NAMES)


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    title = gettext_lazy("Entries of other departments' registers")
    retention.register(Sweep("evidence.record", title, OF_A_RECORD, clear_records))


def clear_records(until: datetime, most: int) -> int:
    """Delete rows that were delivered before a moment."""
    old = Record.objects.filter(delivery__loaded_at__lt=until).order_by("pk")
    pks = list(old.values_list("pk", flat=True)[:most])
    return Record.objects.filter(pk__in=pks).delete()[0]

"""Who was left out goes in time: name, number and what was said; place, register and days stay."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy

from junheng.aid.models import LeftOut
from junheng.commons import retention
from junheng.commons.retention import Sweep

EMPTY = {
    "name": None,
    "resident_id": None,
    "born_on": None,
    "mark": "",
    "sealed": None,
    "words": None,
}
FIELDS = tuple(f"aid.LeftOut.{name}" for name in EMPTY)


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    title = gettext_lazy("People left out of the register of households")
    retention.register(Sweep("aid.left_out", title, FIELDS, clear))


def clear(until: datetime, most: int) -> int:
    """Empty those who were found before a moment."""
    rows = LeftOut.objects.filter(found_at__lt=until, name__isnull=False)
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    return int(LeftOut.objects.filter(pk__in=pks).update(**EMPTY))

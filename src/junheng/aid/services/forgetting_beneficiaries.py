"""Names and numbers of people outside grades 1 to 9 go in time; stage, days and amounts stay."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy

from junheng.aid.models import Beneficiary
from junheng.commons import retention
from junheng.commons.retention import Sweep

EMPTY = {"name": None, "resident_id": None, "resident_id_key": "", "born_on": None}
FIELDS = tuple(f"aid.Beneficiary.{name}" for name in EMPTY)


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    title = gettext_lazy("Names of people outside grades 1 to 9")
    retention.register(Sweep("aid.beneficiary", title, FIELDS, clear))


def clear(until: datetime, most: int) -> int:
    """Empty those who were there before a moment and not since."""
    over = Beneficiary.objects.filter(valid_to__lt=until.date())
    rows = over.filter(Q(name__isnull=False) | Q(born_on__isnull=False))
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    return int(Beneficiary.objects.filter(pk__in=pks).update(**EMPTY))

"""What services answered about people goes in time; that they were asked, and its proof, stays."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy

from junheng.aid.models import CheckQuestion
from junheng.commons import retention
from junheng.commons.retention import Sweep


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    title = gettext_lazy("Answers of services to checks of households")
    retention.register(Sweep("aid.check_question", title, ("aid.CheckQuestion.sealed",), clear))


def clear(until: datetime, most: int) -> int:
    """Empty what was answered before a moment."""
    rows = CheckQuestion.objects.filter(answered_at__lt=until, sealed__isnull=False)
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    return int(CheckQuestion.objects.filter(pk__in=pks).update(sealed=None))

"""What this room deletes when due: who pupils were that have left; their number stays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.commons import retention
from junheng.commons.retention import Clock, Due, Sweep
from junheng.commons.sealing import seal
from junheng.registry.models import Arrival, Pupil
from junheng.registry.selectors.pupils import FIELDS

PUPILS = "registry.pupil"
OF_A_PUPIL = FIELDS
OF_AN_ARRIVAL = ("registry.Arrival.told",)
ON_REQUEST = timedelta(days=30)
"""Nobody's record is deleted while they are at a school: the law wants it kept. After that a
family may ask for it."""


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    title = gettext_lazy("Pupils who have left")
    retention.register(Clock(PUPILS, title, OF_A_PUPIL, pupils_due, forget_pupil))
    waited = gettext_lazy("Children whose record was asked for and not made")
    retention.register(Sweep("registry.arrival", waited, OF_AN_ARRIVAL, clear_arrivals))


def clear_arrivals(until: datetime, most: int) -> int:
    """Delete what was told of children before a moment; those who have a record are not there."""
    old = Arrival.objects.filter(asked_at__lt=until).order_by("pk")
    pks = list(old.values_list("pk", flat=True)[:most])
    Arrival.objects.filter(pk__in=pks).delete()
    return len(pks)


def pupils_due(today: date) -> Due:
    """Pupils who left long enough ago, or whose families asked for it since."""
    until = today - timedelta(days=retention.days_of(OF_A_PUPIL))
    asked = Q(retention.deletion_granted("number"), left_on__lte=today - ON_REQUEST)
    rows = Pupil.objects.exclude(retention.written_down(PUPILS))
    over = rows.filter(Q(left_on__lte=until) | asked).order_by("pk")
    for pk, path, left_on in over.values_list("pk", "organisation__path", "left_on"):
        late = left_on is not None and left_on <= until
        why = _("The time of keeping is over.") if late else _("The family asked for it.")
        yield str(pk), path, why


def forget_pupil(subject: str) -> None:
    """Take the name, number and birthday from a record and its history; the database checks."""
    row = Pupil.objects.only("pk").get(pk=UUID(subject))
    name: Any = Pupil._meta.get_field("name")
    retention.call("registry_forget_pupil", row.pk, bytes(seal("", name.bound(row))))

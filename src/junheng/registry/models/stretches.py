"""On which days a finding stood open: rankings of earlier days are read from here."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from junheng.registry.models import finding_guards as guards
from junheng.registry.models.integrity import IntegrityFinding


class FindingStretchQuerySet(models.QuerySet["FindingStretch"]):
    """Stretches of findings."""

    def on(self, day: date) -> Self:
        """Those that hold on a day."""
        return self.filter(Q(open_to=None) | Q(open_to__gt=day), open_from__lte=day)


class FindingStretch(models.Model):
    """A finding stood open from one day until before another; the database writes it."""

    finding = models.ForeignKey(
        IntegrityFinding,
        models.PROTECT,
        related_name="stretches",
        verbose_name=_("finding in the register"),
    )
    open_from = models.DateField(_("from"))
    open_to = models.DateField(_("until"), null=True)

    objects: ClassVar[Any] = FindingStretchQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding stretch")
        verbose_name_plural = _("finding stretches")
        ordering = ["finding", "open_from"]
        constraints = [
            UniqueConstraint(
                fields=["finding"], condition=Q(open_to=None), name="registry_stretch_open_once"
            ),
            CheckConstraint(
                condition=Q(open_to=None) | Q(open_to__gte=F("open_from")),
                name="registry_stretch_dates",
            ),
        ]
        triggers = [guards.stretch_is_not_made_up()]

    def __str__(self) -> str:
        return f"{self.open_from} – {self.open_to or ''}"

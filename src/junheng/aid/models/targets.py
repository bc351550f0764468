"""What a village is to reach in a year, and how many people it has."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.aid.models.households import HouseholdQuerySet
from junheng.commons.history import tracked


@tracked
class VillageTarget(models.Model):
    """How many people of a village are to leave poverty in a year, on which document."""

    village = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("village")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    people = models.PositiveIntegerField(_("people to leave poverty"))
    population = models.PositiveIntegerField(_("registered population"))
    document = models.CharField(_("document"), max_length=200)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set by")
    )
    set_at = models.DateTimeField(_("set at"), default=timezone.now)

    objects: ClassVar[Any] = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("village target")
        verbose_name_plural = _("village targets")
        ordering = ["-year", "village"]
        constraints = [
            UniqueConstraint(fields=["village", "year"], name="aid_target_once"),
            CheckConstraint(
                condition=Q(year__gte=2013, year__lte=2100, population__gt=0) & ~Q(document=""),
                name="aid_target_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.village} {self.year}"

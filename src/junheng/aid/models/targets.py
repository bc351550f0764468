"""What a village is to reach in a year, and how many people it has."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.aid.models.merges import FormerVillage, VillageMerge
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.commons.history import tracked


class TargetQuerySet(models.QuerySet[Any]):
    """Targets of villages."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: of a village that is gone, whoever sees its households today."""
        gone = Exists(VillageMerge.objects.filter(village=OuterRef("village")))
        lay_there = FormerVillage.objects.filter(village=OuterRef("village"))
        theirs = scope_q(user, "household__village__path", roles=SEES_HOUSEHOLDS)
        here = scope_q(user, "village__path", roles=SEES_HOUSEHOLDS)
        return self.filter((~gone & here) | (gone & Exists(lay_there.filter(theirs))))


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

    objects: ClassVar[Any] = TargetQuerySet.as_manager()

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

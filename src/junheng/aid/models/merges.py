"""A village becomes part of another one from a day on, and where its households lay before."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, FilteredRelation, Q
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.aid.models import merge_guards as guards
from junheng.aid.models.ranges import days, one_key
from junheng.commons.models.guards import never_changes
from junheng.places.facade import Place


class VillageMerge(models.Model):
    """A village that is part of another one from a day on: once, for ever, by two people."""

    village = models.OneToOneField(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("village")
    )
    into = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("into which village")
    )
    merged_on = models.DateField(_("from"))
    document = models.TextField(_("document it rests on"))
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)

    objects: ClassVar[models.Manager[VillageMerge]] = models.Manager()

    class Meta:
        verbose_name = _("village merge")
        verbose_name_plural = _("village merges")
        ordering = ["merged_on", "pk"]
        constraints = [
            CheckConstraint(condition=~Q(village=F("into")), name="aid_merge_into_another")
        ]
        triggers = [guards.merge_is_agreed(), never_changes("merge")]

    def __str__(self) -> str:
        return f"{self.village} → {self.into}"


class FormerVillage(models.Model):
    """Where a household lay until before a day; None: from always. The database writes it.

    On a day that no such row holds, a household lies in the village that its own row names.
    """

    household = models.ForeignKey(
        "aid.Household",
        models.PROTECT,
        related_name="former_villages",
        verbose_name=_("household"),
    )
    village = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("village")
    )
    valid_from = models.DateField(_("from"), null=True)
    valid_to = models.DateField(_("until"))

    objects: ClassVar[models.Manager[FormerVillage]] = models.Manager()

    class Meta:
        verbose_name = _("former village")
        verbose_name_plural = _("former villages")
        ordering = ["household", "valid_to"]
        constraints = [
            ExclusionConstraint(
                name="aid_former_village_one_a_day",
                expressions=[
                    (one_key("household_id"), RangeOperators.OVERLAPS),
                    (days(), RangeOperators.OVERLAPS),
                ],
            ),
            CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to__gt=F("valid_from")),
                name="aid_former_village_dates",
            ),
        ]
        triggers = [guards.former_village_is_kept(), never_changes("former_village")]

    def __str__(self) -> str:
        return f"{self.village} – {self.valid_to}"


def seen_today(path: str) -> models.QuerySet[Place]:
    """The villages of a place, and those to which households went that ever lay in it.

    Which households there are is narrowed by these, so that a village is found by its index.
    """
    went = FormerVillage.objects.filter(village__path__startswith=path)
    here = Q(path__startswith=path) | Q(pk__in=went.values("household__village"))
    return Place.objects.filter(here).values("pk")  # type: ignore[return-value]  # keys of places


def formerly(field: str, day: Any | Combinable) -> FilteredRelation:
    """The one former village that held on a day, if any.

    Args:
        field: Where a row leads to former villages, such as `household__former_villages`.
        day: A day, or the column that has it.
    """
    begun = Q(**{f"{field}__valid_from": None}) | Q(**{f"{field}__valid_from__lte": day})
    return FilteredRelation(field, condition=begun & Q(**{f"{field}__valid_to__gt": day}))

"""What the registers of a county tell, and what only aid knows of a school."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.aid.models.posts import IN_CHARGE
from junheng.aid.models.ranges import days, one_key, one_of
from junheng.commons.history import tracked

OF_A_SCHOOL = ("meal_school", "heated_school")
IN_FULL = (
    *("boarder", "disabled", "orphan", "left_behind", "migrant"),
    *("registered_poor", "monitored", "subsistence", "destitute"),
    *OF_A_SCHOOL,
)
"""Facts that are kept as lists of those of whom they are true."""


class ToldQuerySet(models.QuerySet["ToldInFull"]):
    """Lists told in full."""

    def for_user(self, user: User) -> Self:
        """Those of the counties that somebody is in charge of."""
        return self.filter(scope_q(user, "place__path", IN_CHARGE))


class TraitQuerySet(models.QuerySet["SchoolTrait"]):
    """Traits of schools."""

    def for_user(self, user: User) -> Self:
        """Those of the schools that somebody is in charge of."""
        return self.filter(scope_q(user, "organisation__path", IN_CHARGE))


@tracked
class ToldInFull(models.Model):
    """From a day on everybody of whom a fact is true stands in the list of a county.

    Only then is somebody who does not stand in it known to be without: otherwise it is missing,
    and whatever asks for it is undecided.
    """

    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("county")
    )
    fact = models.CharField(_("fact"), max_length=20, choices=[(name, name) for name in IN_FULL])
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until before"), null=True, blank=True)
    said_by = models.CharField(_("who says so"), max_length=200)

    objects: ClassVar[Any] = ToldQuerySet.as_manager()

    class Meta:
        verbose_name = _("list told in full")
        verbose_name_plural = _("lists told in full")
        ordering = ["fact", "valid_from"]
        constraints = [
            CheckConstraint(condition=Q(fact__in=IN_FULL), name="aid_told_fact"),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="aid_told_dates"
            ),
            UniqueConstraint(fields=["place", "fact", "valid_from"], name="aid_told_begins_once"),
            UniqueConstraint(
                fields=["place", "fact"], name="aid_told_one_open", condition=Q(valid_to=None)
            ),
            ExclusionConstraint(
                name="aid_told_once_a_day",
                expressions=[
                    (one_key("place_id"), RangeOperators.OVERLAPS),
                    (one_of("fact", IN_FULL), RangeOperators.OVERLAPS),
                    (days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.valid_from}"


@tracked
class SchoolTrait(models.Model):
    """Something that a policy may ask of a school, from one day until before another."""

    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="+", verbose_name=_("school")
    )
    fact = models.CharField(
        _("fact"), max_length=20, choices=[(name, name) for name in OF_A_SCHOOL]
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until before"), null=True, blank=True)
    document = models.CharField(_("document"), max_length=200)

    objects: ClassVar[Any] = TraitQuerySet.as_manager()

    class Meta:
        verbose_name = _("trait of a school")
        verbose_name_plural = _("traits of schools")
        ordering = ["organisation", "fact", "valid_from"]
        constraints = [
            CheckConstraint(condition=Q(fact__in=OF_A_SCHOOL), name="aid_trait_fact"),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="aid_trait_dates"
            ),
            ExclusionConstraint(
                name="aid_trait_once_a_day",
                expressions=[
                    (one_key("organisation_id"), RangeOperators.OVERLAPS),
                    (one_of("fact", OF_A_SCHOOL), RangeOperators.OVERLAPS),
                    (days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.fact}"

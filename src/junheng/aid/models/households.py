"""Households: where they live, who belongs to them and since when, and what is done for them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.aid.models import household_guards as guards
from junheng.aid.models import merge_guards
from junheng.aid.models.codes import days, one_key
from junheng.aid.models.merges import formerly, seen_today
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.commons.history import tracked
from junheng.commons.sealing import BlindIndexField, SealedTextField

HEAD = "02"
"""Head of the household, in GB/T 4761."""


class OfHouseholdsQuerySet(models.QuerySet[Any]):
    """Rows about households; `village` leads from them to the village."""

    village: ClassVar[str] = "household__village"
    former: ClassVar[str] = "household__former_villages"

    def for_user(self, user: User) -> Self:
        """What somebody may see: households in the villages within their scope."""
        return self.filter(scope_q(user, f"{self.village}__path", roles=SEES_HOUSEHOLDS))

    def below(self, path: str) -> Self:
        """Those of the villages of a place, as they are today."""
        return self.filter(**{f"{self.village}__path__startswith": path})

    def lying(self, day: date | F, path: str = "") -> Self:
        """Those that lay in a place on a day, each with its village of then.

        `lay_in` is the village's key, `lay_at` its path, `lay_name` its name. Who may see a row
        follows from where it lies today: see `for_user`.

        Args:
            day: The day, or the column that has it.
            path: Of the place; "" for anywhere.
        """
        rows = self.alias(formerly=formerly(self.former, day)).annotate(
            lay_in=Coalesce("formerly__village", self.village),
            lay_at=Coalesce("formerly__village__path", f"{self.village}__path"),
            lay_name=Coalesce("formerly__village__name", f"{self.village}__name"),
        )
        if not path:
            return rows
        return rows.filter(**{f"{self.village}__in": seen_today(path)}, lay_at__startswith=path)

    def on(self, day: date) -> Self:
        """Of dated rows, those that held on a day."""
        begun = Q(valid_from=None) | Q(valid_from__lte=day)
        return self.filter(begun, Q(valid_to=None) | Q(valid_to__gt=day))


class HouseholdQuerySet(OfHouseholdsQuerySet):
    """Households."""

    village = "village"
    former = "former_villages"


@tracked(in_masses=True)
class Household(models.Model):
    """A family under one roof that is looked after, or was; what it is said to be stands apart."""

    ref = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("household number"), max_length=24, unique=True)
    village = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("village")
    )
    entered_on = models.DateField(_("entered on"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    batch = models.UUIDField(_("batch"), null=True, blank=True)

    objects: ClassVar[Any] = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("poor household")
        verbose_name_plural = _("poor households")
        ordering = ["number"]
        indexes = [models.Index(fields=["village", "number"], name="aid_household_village")]
        triggers = [guards.household_lives_in_a_village(), merge_guards.household_lay_there()]

    def __str__(self) -> str:
        return self.number


@tracked(in_masses=True)
class HouseholdMember(models.Model):
    """Somebody of a household, from one day until before another; None: always, still.

    `pupil` is the record of the register with the same blind key of the resident ID number.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="members", verbose_name=_("household")
    )
    relation = models.CharField(_("relation to the head"), max_length=2)
    name = SealedTextField(_("name"), bound_to="id", null=True)
    resident_id = SealedTextField(_("resident ID number"), bound_to="id", null=True)
    resident_id_key = BlindIndexField(max_length=32, blank=True, default="")
    sex = models.CharField(_("sex"), max_length=1, blank=True, default="")
    born_on = models.DateField(_("born on"), null=True, blank=True)
    able_to_work = models.BooleanField(_("able to work"), null=True, blank=True)
    pupil = models.ForeignKey(
        "registry.Pupil",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pupil"),
    )
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)

    objects: ClassVar[Any] = OfHouseholdsQuerySet.as_manager()

    class Meta:
        verbose_name = _("household member")
        verbose_name_plural = _("household members")
        ordering = ["household", "relation", "born_on", "id"]
        indexes = [
            models.Index(
                fields=["resident_id_key"],
                name="aid_member_resident_id",
                condition=~Q(resident_id_key=""),
            )
        ]
        constraints = [
            UniqueConstraint(
                fields=["household"],
                name="aid_member_one_head",
                condition=Q(relation=HEAD, valid_to=None),
            ),
            UniqueConstraint(
                fields=["resident_id_key"],
                name="aid_member_of_one_household",
                condition=Q(valid_to=None) & ~Q(resident_id_key=""),
            ),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gt=F("valid_from")),
                name="aid_member_dates",
            ),
            CheckConstraint(condition=Q(sex__in=["", "1", "2"]), name="aid_member_sex"),
        ]

    def __str__(self) -> str:
        return str(self.id)


@tracked
class MeasureSet(models.Model):
    """What is done for a household: one set at a time, one policy for one household."""

    household = models.ForeignKey(
        Household, models.PROTECT, related_name="measure_sets", verbose_name=_("household")
    )
    measures = ArrayField(models.CharField(max_length=24), verbose_name=_("measures"))
    plan = models.CharField(_("plan"), max_length=500, blank=True, default="")
    responsible = models.CharField(_("who is responsible"), max_length=100)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)

    objects: ClassVar[Any] = OfHouseholdsQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure set")
        verbose_name_plural = _("measure sets")
        ordering = ["household", "-valid_from"]
        constraints = [
            ExclusionConstraint(
                name="aid_measures_one_set_a_day",
                expressions=[
                    (one_key(F("household_id")), RangeOperators.OVERLAPS),
                    (days(), RangeOperators.OVERLAPS),
                ],
            ),
            CheckConstraint(condition=Q(measures__len__gt=0), name="aid_measures_something"),
        ]
        triggers = [guards.measures_end_once()]

    def __str__(self) -> str:
        return f"{self.household} {self.valid_from}"

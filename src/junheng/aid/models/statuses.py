"""What a household is said to be, from one day until before another, and who decided so."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import User, scope_q
from junheng.aid.models import household_guards as guards
from junheng.aid.models.codes import days, one_key, one_word
from junheng.aid.models.households import Household, OfHouseholdsQuerySet
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.commons.history import tracked

REGISTERED_POOR = "registered_poor"


class WorkClass(models.TextChoices):
    """Whether somebody of the household is able to work."""

    ABLE = "A", _("Class A, able to work")
    NOT_ABLE = "B", _("Class B, not able to work")


class Begun(models.TextChoices):
    """How a status began."""

    IDENTIFIED = "identified", pgettext_lazy("household", "Identified")
    RETURNED = "returned", pgettext_lazy("household", "Returned")


class OpeningQuerySet(models.QuerySet[Any]):
    """Registers as they were taken over."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those of places within their scope."""
        return self.filter(scope_q(user, "place__path", roles=SEES_HOUSEHOLDS))


@tracked
class OpeningRegister(models.Model):
    """A register that was there before this house, taken over by one and agreed to by another.

    Its statuses count from the second person's signature on; until then they can be taken back.
    """

    ref = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("place")
    )
    document = models.CharField(_("document"), max_length=200)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("loaded by")
    )
    loaded_at = models.DateTimeField(_("loaded at"), default=timezone.now)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    batch = models.UUIDField(_("batch"), null=True, blank=True)

    objects: ClassVar[Any] = OpeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening register")
        verbose_name_plural = _("opening registers")
        ordering = ["-loaded_at"]
        constraints = [
            CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | (
                    Q(approved_by__isnull=False, approved_at__isnull=False)
                    & ~Q(approved_by=F("loaded_by"))
                ),
                name="aid_opening_two_people",
            )
        ]
        triggers = [guards.opening_is_signed_once()]

    def __str__(self) -> str:
        return self.document


class StatusQuerySet(OfHouseholdsQuerySet):
    """Statuses."""

    def counted(self) -> Self:
        """Only those that are decided: not those of a register that waits for its second person."""
        return self.filter(Q(opening=None) | Q(opening__approved_at__isnull=False))


@tracked(in_masses=True)
class HouseholdStatus(models.Model):
    """A household is registered poor, monitored, on subsistence allowance or destitute.

    Written once, on the strength of an approved review or of an opening register; it may end,
    once, by another approved review. After that nothing of it changes: who falls back returns
    with a row of its own.
    """

    household = models.ForeignKey(
        Household, models.PROTECT, related_name="statuses", verbose_name=_("household")
    )
    kind = models.CharField(pgettext_lazy("household", "status"), max_length=24)
    category = models.CharField(_("category"), max_length=24, blank=True, default="")
    work_class = models.CharField(
        pgettext_lazy("household", "class"), max_length=1, blank=True, default=""
    )
    cause = models.CharField(_("cause of poverty"), max_length=24, blank=True, default="")
    begun = models.CharField(_("began as"), max_length=10, choices=Begun)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    review = models.OneToOneField(
        "aid.HouseholdReview",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="status",
        verbose_name=_("review"),
    )
    ended_by = models.OneToOneField(
        "aid.HouseholdReview",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ended_status",
        verbose_name=_("ended by"),
    )
    opening = models.ForeignKey(
        OpeningRegister,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="statuses",
        verbose_name=_("opening register"),
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)

    objects: ClassVar[Any] = StatusQuerySet.as_manager()

    class Meta:
        verbose_name = _("household status")
        verbose_name_plural = _("household statuses")
        ordering = ["household", "kind", "valid_from"]
        indexes = [models.Index(fields=["kind", "household"], name="aid_status_kind")]
        constraints = [
            ExclusionConstraint(
                name="aid_status_once_a_day",
                expressions=[
                    (one_key(F("household_id")), RangeOperators.OVERLAPS),
                    (one_word("kind"), RangeOperators.OVERLAPS),
                    (days(), RangeOperators.OVERLAPS),
                ],
            ),
            CheckConstraint(
                condition=Q(review=None, opening__isnull=False)
                | Q(review__isnull=False, opening=None),
                name="aid_status_rests_on_one",
            ),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="aid_status_dates",
            ),
            CheckConstraint(
                condition=Q(valid_to__isnull=False) | Q(ended_by=None),
                name="aid_status_ended",
            ),
            CheckConstraint(
                condition=~Q(kind=REGISTERED_POOR)
                | (Q(work_class__in=WorkClass.values) & ~Q(cause="")),
                name="aid_status_class_and_cause",
            ),
            CheckConstraint(
                condition=Q(begun__in=Begun.values) & Q(work_class__in=["", *WorkClass.values]),
                name="aid_status_choices",
            ),
        ]
        triggers = guards.of_a_status()

    def __str__(self) -> str:
        return f"{self.household} {self.kind} {self.valid_from}"

"""A pupil who wants to change school: applied for by the receiving school, seen by all three."""

from __future__ import annotations

from typing import Any, ClassVar, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.kernel.levels import LAST
from junheng.places.facade import Organisation

CASE = "registry.transfer"
"""The kind of case that a transfer is while it waits."""
SUBJECT = "transfer:"
"""What registers were asked for a transfer is kept under this and its number."""


class TransferQuerySet(models.QuerySet[Any]):
    """Transfers."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those to or from the schools within the scope of their posts."""
        return self.filter(scope_q(user, "to__path") | scope_q(user, "origin__path"))

    def waiting(self) -> Self:
        """Those that are not settled yet."""
        return self.filter(state__in=["applied", "answered"])


def _ends_fit() -> Q:
    """Both schools are ours, or one of them and the other district by name."""
    named = ~Q(district="")
    within = Q(way="within", pupil__isnull=False, origin__isnull=False, to__isnull=False)
    away = Q(way="away", pupil__isnull=False, origin__isnull=False, to=None)
    here = Q(way="here", origin=None, to__isnull=False)
    settled = ~Q(state="approved") | Q(pupil__isnull=False)
    return (within & Q(district="")) | (away & named) | (here & named & settled)


@tracked
class Transfer(models.Model):
    """One application for a transfer, from the day it was made until it was settled."""

    class State(models.TextChoices):
        """Where it waits, or how it ended."""

        APPLIED = "applied", _("Waits for the present school")
        ANSWERED = "answered", _("Waits for the bureau")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Way(models.TextChoices):
        """Between which schools."""

        WITHIN = "within", _("Within the district")
        AWAY = "away", _("To another district")
        HERE = "here", _("From another district")

    OPEN = (State.APPLIED, State.ANSWERED)

    way = models.CharField(_("way"), max_length=6, choices=Way, default=Way.WITHIN)
    number = models.CharField(_("transfer number"), max_length=20, unique=True)
    pupil = models.ForeignKey(
        "registry.Pupil",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="transfers",
        verbose_name=_("pupil"),
    )
    arrival = models.OneToOneField(
        "registry.Arrival",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="transfer",
        verbose_name=_("arrival"),
    )
    origin = models.ForeignKey(
        "places.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("present school"),
    )
    to = models.ForeignKey(
        "places.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("receiving school"),
    )
    district_code = models.CharField(
        _("code of the other district"), max_length=12, blank=True, default=""
    )
    district = models.CharField(_("other district"), max_length=60, blank=True, default="")
    other_school = models.CharField(_("school there"), max_length=80, blank=True, default="")
    grade = models.PositiveSmallIntegerField(_("grade"))
    school_class = models.ForeignKey(
        "registry.SchoolClass",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("class"),
    )
    rules = models.CharField(_("version of the rules"), max_length=20)
    ground = models.CharField(_("ground"), max_length=40, blank=True, default="")
    paper = models.CharField(_("paper"), max_length=200, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.APPLIED)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("applied by")
    )
    applied_at = models.DateTimeField(_("applied at"), default=timezone.now)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = models.CharField(_("words of the present school"), max_length=500, blank=True)
    agrees = models.BooleanField(_("the present school agrees"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    words = models.CharField(_("words of the bureau"), max_length=500, blank=True)

    objects: ClassVar[Any] = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["-applied_at"]
        indexes = [
            models.Index(fields=["-applied_at"], name="registry_transfer_newest"),
            models.Index(fields=["to", "state"], name="registry_transfer_to"),
            models.Index(fields=["origin", "state"], name="registry_transfer_origin"),
        ]
        constraints = [
            UniqueConstraint(
                fields=["pupil"],
                name="registry_transfer_one_open",
                condition=Q(state__in=["applied", "answered"]),
            ),
            CheckConstraint(condition=~Q(origin=F("to")), name="registry_transfer_elsewhere"),
            CheckConstraint(condition=_ends_fit(), name="registry_transfer_ends"),
            CheckConstraint(
                condition=Q(grade__gte=1, grade__lte=LAST), name="registry_transfer_grade"
            ),
            CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("applied_by")),
                name="registry_transfer_two_people",
            ),
            CheckConstraint(
                condition=Q(state__in=["applied", "answered", "withdrawn"])
                | Q(state__in=["approved", "refused"], decided_by__isnull=False),
                name="registry_transfer_decided",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def school(self) -> Organisation:
        """Our school that it is decided for: the receiving one, or the one that is left."""
        return cast("Organisation", self.to or self.origin)

    @property
    def elsewhere(self) -> str:
        """Place and school of the other district, as they were told."""
        return " ".join(part for part in (self.district, self.other_school) if part)

    @property
    def from_name(self) -> str:
        """The school that is left."""
        return self.origin.name if self.origin else self.elsewhere

    @property
    def to_name(self) -> str:
        """The school that receives."""
        return self.to.name if self.to else self.elsewhere

"""A pupil who wants to change school: applied for by the receiving school, seen by all three."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.kernel.levels import LAST

CASE = "registry.transfer"
"""The kind of case that a transfer is while it waits."""


class TransferQuerySet(models.QuerySet[Any]):
    """Transfers."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those to or from the schools within the scope of their posts."""
        return self.filter(scope_q(user, "to__path") | scope_q(user, "origin__path"))

    def waiting(self) -> Self:
        """Those that are not settled yet."""
        return self.filter(state__in=["applied", "answered"])


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

    OPEN = (State.APPLIED, State.ANSWERED)

    number = models.CharField(_("transfer number"), max_length=20, unique=True)
    pupil = models.ForeignKey(
        "registry.Pupil", models.PROTECT, related_name="transfers", verbose_name=_("pupil")
    )
    origin = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="+", verbose_name=_("present school")
    )
    to = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="+", verbose_name=_("receiving school")
    )
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

"""In what entitled and paid differ now: made anew whenever they are compared."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.aid.engine.audit import Difference as Kind
from junheng.aid.models.entitlements import SEES

KINDS = tuple(one.value for one in Kind)


class DifferenceQuerySet(models.QuerySet["Difference"]):
    """Differences."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those of people in their schools or counties."""
        return self.filter(scope_q(user, "path", SEES))


class Difference(models.Model):
    """One person, policy and counting day for which due and paid do not agree.

    No money and no decision hangs on these rows: they say how things stood when they were
    compared, and the next comparison replaces them.
    """

    class Kind(models.TextChoices):
        """What can be wrong."""

        UNPAID = "unpaid", _("Unpaid")
        TWICE = "twice", _("Paid twice")
        WRONG_AMOUNT = "wrong_amount", _("Wrong amount")
        NOT_ENTITLED = "not_entitled", _("Not entitled")
        UNDECIDED = "undecided", _("Undecided")

    term = models.ForeignKey(
        "aid.AidTerm", models.CASCADE, related_name="differences", verbose_name=_("term")
    )
    subject = models.UUIDField(_("subject"))
    path = models.TextField(_("path"), db_collation="C")
    organisation = models.ForeignKey(
        "places.Organisation",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("school"),
    )
    pupil = models.ForeignKey(
        "registry.Pupil", models.CASCADE, null=True, related_name="+", verbose_name=_("pupil")
    )
    beneficiary = models.ForeignKey(
        "aid.Beneficiary",
        models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("beneficiary"),
    )
    policy = models.CharField(_("policy"), max_length=40)
    for_day = models.DateField(_("counting day"))
    kind = models.CharField(_("difference"), max_length=12, choices=Kind)
    due_fen = models.BigIntegerField(_("due"), null=True)
    paid_fen = models.BigIntegerField(_("paid"))
    times = models.PositiveSmallIntegerField(_("payments"))

    objects: ClassVar[Any] = DifferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("difference between due and paid")
        verbose_name_plural = _("differences between due and paid")
        ordering = ["term", "kind", "policy", "path", "subject", "for_day"]
        indexes = [
            models.Index(
                fields=["term", "kind", "policy", "path", "subject", "for_day"],
                name="aid_difference_list",
            ),
            models.Index(fields=["subject"], name="aid_difference_subject"),
        ]
        constraints = [
            UniqueConstraint(
                fields=["term", "subject", "policy", "for_day"], name="aid_difference_once"
            ),
            CheckConstraint(condition=Q(kind__in=KINDS), name="aid_difference_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.policy}"

    @property
    def person_name(self) -> str:
        """Of the pupil or beneficiary; "" for whoever is known no more."""
        person = self.pupil or self.beneficiary
        return str(person.name or "") if person else ""

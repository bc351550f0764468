"""Money that came back from whoever was paid too much, twice or for nothing."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.aid.models import recovery_guards
from junheng.aid.models.people import person
from junheng.aid.models.posts import IN_CHARGE


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    """Recoveries."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those in charge, within their scope, and nobody else."""
        return self.filter(scope_q(user, "path", IN_CHARGE))


class Recovery(models.Model):
    """So much of what somebody was paid for a policy and a counting day came back, on a paper.

    The payment itself stays as it is, in its batch and in the ledger; the money is the
    treasury's, and no budget line grows by it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    term = models.ForeignKey(
        "aid.AidTerm", models.PROTECT, related_name="recoveries", verbose_name=_("term")
    )
    path = models.TextField(_("path"), db_collation="C")
    subject = models.CharField(_("whom it is for"), max_length=36)
    policy = models.CharField(_("aid policy"), max_length=60)
    for_day = models.DateField(_("counting day"))
    fen = models.BigIntegerField(_("amount"))
    on = models.DateField(_("on"))
    paper = models.CharField(_("document it rests on"), max_length=200)
    asked_by = person(_("asked by"))
    agreed_by = person(_("approved by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects: ClassVar[Any] = RecoveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("recovery")
        verbose_name_plural = _("recoveries")
        ordering = ["-at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="aid_recovery_amount"),
            models.UniqueConstraint(
                fields=["subject", "policy", "for_day", "paper"], name="aid_recovery_once"
            ),
        ]
        indexes = [models.Index(fields=["term", "-at", "id"], name="aid_recovery_list")]
        triggers = recovery_guards.of_a_recovery()

    def __str__(self) -> str:
        return f"{self.policy} {self.for_day}"

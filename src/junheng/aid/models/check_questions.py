"""What services of registers were asked about members of households, and what they answered."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.aid.models import check_guards as guards
from junheng.aid.models.check_rules import CheckAuthorisation
from junheng.aid.models.households import Household, HouseholdMember, OfHouseholdsQuerySet
from junheng.commons.sealing import SealedTextField
from junheng.evidence.facade import Register, Silence


class CheckQuestionQuerySet(OfHouseholdsQuerySet):
    """Questions."""

    def asked(self, connection: int, day: Any, described: str) -> Self:
        """Those to a service for the check of a day, asked in one way."""
        return self.filter(connection=connection, day=day, described=described)


class CheckQuestion(models.Model):
    """A service was asked about somebody: a row before the question leaves, answered once.

    Without an answer the row says why, once, and the same person is asked again by another row.

    Attributes:
        run: The check that asked.
        day: Of that check; on one day nobody is asked about again whom the service answered.
        described: Fingerprint of how the service was asked, so that another way asks anew.
        sealed: The entries as the service gave them, without number and name, with a salt.
        silence: Why no answer came; "" of one that did, that came too late to be taken, or that
            nobody waited for because the check was broken off.
        digest: SHA-256 of what is sealed; stays when that is emptied.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey("commons.Run", models.PROTECT, related_name="+", verbose_name=_("run"))
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="+", verbose_name=_("household")
    )
    member = models.ForeignKey(
        HouseholdMember, models.PROTECT, related_name="+", verbose_name=_("household member")
    )
    connection = models.ForeignKey(
        "evidence.Connection", models.PROTECT, related_name="+", verbose_name=_("connection")
    )
    authorisation = models.ForeignKey(
        CheckAuthorisation,
        models.PROTECT,
        related_name="+",
        verbose_name=_("check authorisation"),
    )
    register = models.CharField(_("register"), max_length=20, choices=Register)
    day = models.DateField(_("day"))
    described = models.CharField(_("fingerprint of the description"), max_length=64)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    silence = models.CharField(
        _("why it was silent"), max_length=15, choices=Silence, blank=True, default=""
    )
    as_of = models.DateField(_("true on"), null=True, blank=True)
    sealed = SealedTextField(_("facts"), bound_to="id", null=True)
    digest = models.CharField(_("fingerprint"), max_length=64, blank=True, default="")

    objects: ClassVar[Any] = CheckQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("check question")
        verbose_name_plural = _("check questions")
        ordering = ["asked_at", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["connection", "day", "described", "member"],
                name="aid_question_answered_once",
                condition=Q(answered_at__isnull=False),
            ),
            CheckConstraint(
                condition=Q(answered_at=None, as_of=None, digest="", sealed=None)
                | Q(answered_at__isnull=False, as_of__isnull=False, silence="") & ~Q(digest=""),
                name="aid_question_answer_whole",
            ),
            CheckConstraint(
                condition=Q(silence__in=["", *Silence.values]), name="aid_question_silence"
            ),
        ]
        triggers = guards.of_a_question()

    def __str__(self) -> str:
        return f"{self.run_id} {self.register}"

    @property
    def moment(self) -> str:
        """When it was answered, as a listing tells it; "" while nothing came back."""
        return self.answered_at.isoformat() if self.answered_at else ""

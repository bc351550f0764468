"""The consultation desk: what was asked, what was said, and the collection of answers."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import User, Visitor, paths_of, scope_q
from junheng.cases.models.guards import consultation_stays
from junheng.commons.history import tracked
from junheng.commons.models.guards import never_changes
from junheng.commons.sealing import SealedTextField
from junheng.places.facade import Role

WRITERS = frozenset({Role.ADMISSIONS_OFFICER, Role.TOWNSHIP_OFFICER, Role.SCHOOL_CLERK})
"""Who sits at a desk and writes down what people ask."""

READERS = WRITERS | {Role.BUREAU_LEADER, Role.SCHOOL_HEAD, Role.AUDITOR}


class Channel(models.TextChoices):
    """How somebody asked."""

    PHONE = "phone", pgettext_lazy("channel", "Telephone")
    VISIT = "visit", pgettext_lazy("channel", "Visit")
    MESSAGE = "message", pgettext_lazy("channel", "Message")


class StandardAnswerQuerySet(models.QuerySet["StandardAnswer"]):
    """Answers of the collection."""

    def for_user(self, user: Visitor) -> Self:
        """What somebody reads: the answers of their part, and of what it lies in."""
        found = scope_q(user, "path", set(READERS))
        rows = self.none() if not paths_of(user, READERS) else self
        for number, path in enumerate(paths_of(user, READERS)):
            rows = rows.alias(**{f"at{number}": Value(path)})
            found |= Q(**{f"at{number}__startswith": F("path")})
        return rows.filter(found)

    def in_use(self) -> Self:
        """Those that have not been withdrawn."""
        return self.filter(withdrawn_at=None)


@tracked
class StandardAnswer(models.Model):
    """A question that people ask and what is answered to it; what it said before is kept."""

    path = models.TextField(_("path"))
    topic = models.CharField(_("topic"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    question = models.CharField(_("question"), max_length=200)
    text = models.TextField(pgettext_lazy("desk", "answer"))
    key_words = models.CharField(_("other words for it"), max_length=200, blank=True)
    basis = models.CharField(_("where it is laid down"), max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = StandardAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("standard answer")
        verbose_name_plural = _("standard answers")
        ordering = ["topic", "question"]
        indexes = [models.Index(fields=["topic", "question"], name="cases_answer_topic")]
        constraints = [
            UniqueConstraint(
                fields=["path", "question"],
                condition=Q(withdrawn_at=None),
                name="cases_answer_question_once",
            ),
            CheckConstraint(condition=~Q(text="") & ~Q(question=""), name="cases_answer_not_empty"),
        ]

    def __str__(self) -> str:
        return self.question


class AnswerVersion(models.Model):
    """What an answer said from one moment on; written once."""

    answer = models.ForeignKey(
        StandardAnswer, models.PROTECT, related_name="versions", verbose_name=_("standard answer")
    )
    version = models.PositiveSmallIntegerField(_("version"))
    question = models.CharField(_("question"), max_length=200)
    text = models.TextField(pgettext_lazy("desk", "answer"))
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("written by"),
    )

    class Meta:
        verbose_name = _("version of a standard answer")
        verbose_name_plural = _("versions of a standard answer")
        ordering = ["-version"]
        constraints = [
            UniqueConstraint(fields=["answer", "version"], name="cases_answer_version_once")
        ]
        triggers = [never_changes("version")]

    def __str__(self) -> str:
        return f"{self.version} {self.question}"


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Consultations."""

    def for_user(self, user: Visitor) -> Self:
        """What somebody may see: what was asked at the desks within their scope."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(scope_q(user, "path", set(READERS)))

    def waiting(self) -> Self:
        """Those who were promised a call and had none yet."""
        return self.filter(answered_at=None)


@tracked
class Consultation(models.Model):
    """Somebody asked something; it is answered at once or by a call back, never not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("consultation number"), max_length=20, unique=True)
    path = models.TextField(_("path"))
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("taken down by")
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    name = SealedTextField(_("name of the caller"), bound_to="id", null=True, blank=True)
    phone = SealedTextField(_("telephone of the caller"), bound_to="id", null=True, blank=True)
    question = models.CharField(_("question"), max_length=500)
    answer = models.ForeignKey(
        StandardAnswer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="consultations",
        verbose_name=_("standard answer"),
    )
    answer_version = models.PositiveSmallIntegerField(_("version"), null=True, blank=True)
    said = models.TextField(_("what was answered"), blank=True)
    call_back_by = models.DateField(_("call back by"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["-asked_at", "number"]
        indexes = [
            models.Index(fields=["-asked_at", "number"], name="cases_consultation_at"),
            models.Index(
                fields=["call_back_by"],
                condition=Q(answered_at=None),
                name="cases_consultation_waiting",
            ),
            models.Index(
                fields=["path"], name="cases_consultation_path", opclasses=["text_pattern_ops"]
            ),
        ]
        constraints = [
            CheckConstraint(condition=Q(channel__in=Channel.values), name="cases_consultation_way"),
            CheckConstraint(condition=~Q(question=""), name="cases_consultation_question"),
            CheckConstraint(
                condition=Q(answered_at__isnull=False, answered_by__isnull=False)
                | Q(answered_at=None, answered_by=None, call_back_by__isnull=False),
                name="cases_consultation_never_without_an_answer",
            ),
            CheckConstraint(
                condition=Q(call_back_by=None)
                | Q(answered_at__isnull=False)
                | Q(phone__isnull=False)
                | Q(channel="message"),
                name="cases_consultation_can_be_called",
            ),
            CheckConstraint(
                condition=Q(answered_at=None) | ~Q(said=""), name="cases_consultation_said"
            ),
        ]
        triggers = consultation_stays()

    def __str__(self) -> str:
        return f"{self.number} {self.question}"

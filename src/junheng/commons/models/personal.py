"""Personal data: what for, on what basis, for how long, who asked for it, what was deleted."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.commons.dated import DatedQuerySet
from junheng.commons.history import tracked
from junheng.commons.models.guards import never_changes
from junheng.commons.sealing import SealedTextField


@tracked
class PersonalField(models.Model):
    """What one field is kept for, as one version of the register says."""

    class About(models.TextChoices):
        """Whose data it is."""

        CHILD = "child", pgettext_lazy("personal data of", "Child")
        GUARDIAN = "guardian", pgettext_lazy("personal data of", "Guardian")
        ASKER = "asker", pgettext_lazy("personal data of", "Whoever asks")
        STAFF = "staff", pgettext_lazy("personal data of", "Staff")
        NOBODY = "nobody", pgettext_lazy("personal data of", "Nobody (a secret of the system)")

    class Clock(models.TextChoices):
        """From when the time of keeping is counted."""

        ROUND_CLOSED = "round_closed", pgettext_lazy("kept from", "the end of the round")
        SETTLED = "settled", pgettext_lazy("kept from", "the end of the matter")
        WRITTEN = "written", pgettext_lazy("kept from", "the day of the entry")
        ACCOUNT_CLOSED = "account_closed", pgettext_lazy("kept from", "the end of the account")
        LEFT_SCHOOL = "left_school", pgettext_lazy("kept from", "leaving the school")
        NONE = "none", pgettext_lazy("kept from", "no day: it says nothing about anybody")

    key = models.CharField(_("field"), max_length=120)
    about = models.CharField(_("about"), max_length=8, choices=About)
    what = models.JSONField(_("what"))
    purpose = models.JSONField(_("purpose"))
    basis = models.JSONField(_("legal basis"))
    recipients = models.JSONField(_("recipients"))
    source = models.JSONField(_("source"))
    stays = models.JSONField(_("what stays"), default=dict)
    clock = models.CharField(_("kept from"), max_length=14, choices=Clock)
    days = models.PositiveIntegerField(_("days"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("ended on"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    objects: ClassVar[Any] = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("personal field")
        verbose_name_plural = _("personal fields")
        ordering = ["key", "-valid_from"]
        constraints = [
            UniqueConstraint(
                fields=["key"], condition=Q(valid_to=None), name="personal_field_open_once"
            ),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="personal_field_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class DataRequest(models.Model):
    """A family uses one of its rights; answered once, within its time, and kept."""

    class Right(models.TextChoices):
        """What may be asked."""

        VIEW = "view", pgettext_lazy("right", "See what is held")
        COPY = "copy", pgettext_lazy("right", "Take a copy")
        CORRECT = "correct", pgettext_lazy("right", "Have it corrected")
        WITHDRAW = "withdraw", pgettext_lazy("right", "Withdraw consent")
        DELETE = "delete", pgettext_lazy("right", "Have it deleted")

    class State(models.TextChoices):
        """How far it is."""

        OPEN = "open", pgettext_lazy("data request", "waiting")
        DONE = "done", pgettext_lazy("data request", "done")
        REFUSED = "refused", pgettext_lazy("data request", "not done, with reasons")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    family = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("family")
    )
    path = models.TextField(_("path"), db_collation="C")
    right = models.CharField(_("right"), max_length=8, choices=Right)
    subject = models.CharField(_("subject"), max_length=64, blank=True)
    words = SealedTextField(_("words"), bound_to="id")
    asked_at = models.DateTimeField(_("asked at"))
    due_on = models.DateField(_("due on"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    answer = SealedTextField(_("answer"), bound_to="id", null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )

    class Meta:
        verbose_name = _("data request")
        verbose_name_plural = _("data requests")
        ordering = ["-asked_at", "id"]
        indexes = [
            Index(fields=["family", "-asked_at"], name="data_request_family"),
            Index(fields=["state", "due_on", "id"], name="data_request_due"),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(state="open", answered_at=None) | Q(answered_at__isnull=False),
                name="data_request_answered_with_time",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="data_request_answered_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                IF TG_OP = 'DELETE' OR OLD.state <> 'open' OR ROW(NEW.family_id, NEW."right",
                    NEW.subject, NEW.asked_at, NEW.due_on) IS DISTINCT FROM ROW(OLD.family_id,
                    OLD."right", OLD.subject, OLD.asked_at, OLD.due_on) THEN
                    RAISE EXCEPTION 'a request is kept, and answered once';
                END IF;
                RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


@tracked
class DataIncident(models.Model):
    """Something that happened to personal data, and what was done about it."""

    path = models.TextField(_("path"), db_collation="C")
    happened_on = models.DateField(_("happened on"))
    found_on = models.DateField(_("found on"))
    what = models.TextField(_("what happened"))
    children = models.PositiveIntegerField(_("children concerned"))
    measures = models.TextField(_("measures"))
    reported_on = models.DateField(_("reported to the authority on"), null=True, blank=True)
    families_told_on = models.DateField(_("families told on"), null=True, blank=True)

    class Meta:
        verbose_name = _("data incident")
        verbose_name_plural = _("data incidents")
        ordering = ["-happened_on", "-pk"]
        constraints = [
            CheckConstraint(
                condition=Q(found_on__gte=F("happened_on")), name="data_incident_found_after"
            )
        ]

    def __str__(self) -> str:
        return f"{self.happened_on}"


class Erasure(models.Model):
    """Personal data that was deleted: of what, when and why; nothing of what it said."""

    kind = models.CharField(_("kind"), max_length=64)
    subject = models.CharField(_("subject"), max_length=64)
    path = models.TextField(_("path"), db_collation="C")
    why = models.CharField(_("why"), max_length=200)
    at = models.DateTimeField(_("at"))
    count = models.PositiveIntegerField(_("how many"), default=1)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-at", "-pk"]
        constraints = [UniqueConstraint(fields=["kind", "subject"], name="erasure_once")]
        indexes = [Index(fields=["-at", "-id"], name="erasure_at")]
        triggers = [never_changes("erasure")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

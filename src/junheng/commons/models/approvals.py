"""What two people do together, and what somebody tried in vain."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from junheng.commons.history import tracked
from junheng.commons.models.guards import never_changes

OF_THE_QUESTION = (
    *("kind", "matter", "path", "title", "payload", "reason", "url"),
    *("asked_by_id", "asked_at"),
)


def _answered_once() -> list[pgtrigger.Trigger]:
    old, new = (", ".join(f"{row}.{name}" for name in OF_THE_QUESTION) for row in ("OLD", "NEW"))
    return [
        pgtrigger.Trigger(
            name="approval_answered_once",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=f"""
                IF OLD.state <> 'pending' OR ROW({old}) IS DISTINCT FROM ROW({new}) THEN
                    RAISE EXCEPTION 'approval %: what was asked or answered stays', OLD.id;
                END IF;
                RETURN NEW;
            """,
        ),
        pgtrigger.Trigger(
            name="approval_begins_pending",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func="""
                IF NEW.state <> 'pending' THEN
                    RAISE EXCEPTION 'an approval begins with a question';
                END IF;
                RETURN NEW;
            """,
        ),
        pgtrigger.Trigger(
            name="approval_is_kept",
            when=pgtrigger.Before,
            operation=pgtrigger.Delete,
            func="RAISE EXCEPTION 'approval %: it is kept', OLD.id;",
        ),
    ]


@tracked
class Approval(models.Model):
    """One person asks for a step, another one agrees; the database knows that they are two."""

    class State(models.TextChoices):
        PENDING = "pending", _("waits for the second person")
        AGREED = "agreed", _("agreed")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("step"), max_length=60)
    matter = models.CharField(_("matter"), max_length=120)
    path = models.TextField(_("path"), db_collation="C")
    title = models.CharField(_("title"), max_length=200)
    payload = models.JSONField(_("content"), default=dict)
    reason = models.TextField(_("reason"), blank=True)
    url = models.CharField(_("page"), max_length=200, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    decided_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        indexes = [
            models.Index(fields=["matter", "-asked_at"], name="approval_matter"),
            models.Index(fields=["state", "-asked_at"], name="approval_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "matter"], condition=Q(state="pending"), name="approval_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", decided_by=None, decided_at=None)
                | Q(state="withdrawn", decided_by=F("asked_by"), decided_at__isnull=False)
                | Q(state__in=["agreed", "declined"], decided_at__isnull=False)
                & Q(decided_by__isnull=False)
                & ~Q(decided_by=F("asked_by")),
                name="approval_by_two_people",
            ),
        ]
        triggers = _answered_once()

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("commons:approval", args=[self.pk])


class Attempt(models.Model):
    """Something that the rules refused: who tried what, and what the answer was."""

    at = models.DateTimeField(_("at"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("person"),
    )
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    deed = models.CharField(_("tried"), max_length=60)
    matter = models.CharField(_("matter"), max_length=120, blank=True)
    path = models.TextField(_("path"), blank=True, db_collation="C")
    answer = models.TextField(_("answer"))

    class Meta:
        verbose_name = _("refused attempt")
        verbose_name_plural = _("refused attempts")
        indexes = [models.Index(fields=["-at", "-id"], name="attempt_at")]
        triggers = [never_changes("attempt")]

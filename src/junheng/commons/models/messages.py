"""Messages to telephones: what is to be sent, what was, and how often it was tried."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.commons.sealing import SealedTextField

KEPT_AS_WRITTEN = ("template", "phone", "subject", "path", "dedupe", "urgent", "expires_at")


def _what_was_said_stays() -> pgtrigger.Trigger:
    """To whom and what never changes, and what was sent is never sent again."""
    old, new = (", ".join(f'{row}."{name}"' for name in KEPT_AS_WRITTEN) for row in ("OLD", "NEW"))
    return pgtrigger.Trigger(
        name="message_stays_as_written",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF OLD.state <> 'waiting' THEN
                RAISE EXCEPTION 'a message that was sent or given up stays so';
            END IF;
            IF ROW({old}) IS DISTINCT FROM ROW({new})
                OR (OLD.content IS DISTINCT FROM NEW.content AND NEW.state = 'waiting') THEN
                RAISE EXCEPTION 'what a message says never changes';
            END IF;
            RETURN NEW;
        """,
    )


class Message(models.Model):
    """A message to a telephone, written in the transaction of what it tells."""

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", pgettext_lazy("message", "waiting")
        SENT = "sent", pgettext_lazy("message", "sent")
        GIVEN_UP = "given_up", pgettext_lazy("message", "given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.CharField(_("template"), max_length=60)
    phone = SealedTextField(_("telephone"), bound_to="id")
    content = SealedTextField(_("content"), bound_to="id", null=True)
    language = models.CharField(_("language"), max_length=10)
    subject = models.CharField(_("about"), max_length=120, db_collation="C")
    path = models.TextField(_("path"), blank=True, db_collation="C")
    dedupe = models.CharField(_("sent once for"), max_length=120, blank=True, db_collation="C")
    urgent = models.BooleanField(_("at once"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    next_at = models.DateTimeField(_("next attempt at"), default=timezone.now)
    expires_at = models.DateTimeField(_("of no use after"))
    ended_at = models.DateTimeField(_("sent or given up at"), null=True)
    answer = models.CharField(_("answer of the gateway"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe"], condition=~Q(dedupe=""), name="message_sent_once"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at=None)
                | Q(state__in=["sent", "given_up"], ended_at__isnull=False),
                name="message_ends",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-urgent", "next_at"], condition=Q(state="waiting"), name="message_waiting"
            ),
            models.Index(fields=["subject", "-written_at"], name="message_subject"),
            models.Index(fields=["-written_at"], name="message_written"),
        ]
        triggers = [_what_was_said_stays()]

    def __str__(self) -> str:
        return f"{self.template} {self.state}"

"""The dates of a round that are announced when it is opened."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.admissions.engine.calendar import SPANS
from junheng.admissions.models.rounds import Round
from junheng.commons.history import tracked


@tracked
class RoundDate(models.Model):
    """When something of a round takes place; public event and contributions have their own."""

    class What(models.TextChoices):
        """What a round's calendar has besides its public event."""

        APPLICATIONS = "applications", pgettext_lazy("calendar", "Applications")
        FREEZE = "freeze", pgettext_lazy("calendar", "List frozen")
        PUBLICATION = "publication", pgettext_lazy("calendar", "Result published")
        OBJECTIONS = "objections", pgettext_lazy("calendar", "Public notice and objections")
        CHECK_IN = "check_in", pgettext_lazy("calendar", "Check-in at the schools")
        CLOSING = "closing", pgettext_lazy("calendar", "Round closed")

    round = models.ForeignKey(Round, models.CASCADE, related_name="dates", verbose_name=_("round"))
    what = models.CharField(_("what"), max_length=12, choices=What)
    begins_at = models.DateTimeField(_("begins at"))
    ends_at = models.DateTimeField(_("ends at"))

    MOMENTS: ClassVar = tuple(what for what in What.values if what not in SPANS)

    class Meta:
        verbose_name = _("round date")
        verbose_name_plural = _("round dates")
        constraints = [
            models.UniqueConstraint(fields=["round", "what"], name="round_date_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("begins_at")), name="round_date_forward"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="round_date_while_planned",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                IF EXISTS (
                    SELECT FROM admissions_round
                    WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.round_id END,
                                 CASE WHEN TG_OP <> 'DELETE' THEN NEW.round_id END)
                        AND state <> 'planned'
                ) THEN
                    RAISE EXCEPTION 'the calendar of a round stays as it was announced';
                END IF;
                IF TG_OP = 'DELETE' THEN
                    RETURN OLD;
                END IF;
                RETURN NEW;
                """,
            )
        ]

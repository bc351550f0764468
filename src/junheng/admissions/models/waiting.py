"""Who came to check in, and who was called up from a waiting list."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.admissions.models import second_guards, waiting_guards
from junheng.admissions.models.acts import SHA256_LENGTH
from junheng.admissions.models.applications import Application, _person
from junheng.admissions.models.inputs import RoundSchool
from junheng.admissions.models.querysets import AttendanceQuerySet, SeatOfferQuerySet
from junheng.admissions.models.rounds import Round
from junheng.commons.history import tracked
from junheng.commons.models.guards import never_changes


@tracked
class Attendance(models.Model):
    """That a child came to check in at its school, or is excused; its history says who ticked."""

    class State(models.TextChoices):
        """What the desk wrote down."""

        CAME = "came", pgettext_lazy("check-in", "came")
        EXCUSED = "excused", pgettext_lazy("check-in", "excused")

    application = models.OneToOneField(
        Application,
        models.PROTECT,
        primary_key=True,
        related_name="attendance",
        verbose_name=_("application"),
    )
    round = models.ForeignKey(
        Round, models.PROTECT, related_name="attendance", verbose_name=_("round")
    )
    school_path = models.TextField(_("school's path"), db_collation="C")
    state = models.CharField(_("state"), max_length=8, choices=State)
    by = _person(_("by"))
    at = models.DateTimeField(_("at"))

    objects: ClassVar[Any] = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        indexes = [models.Index(fields=["round", "school_path"], name="attendance_school")]
        triggers = waiting_guards.of_an_attendance()


class CallUp(models.Model):
    """One calling up from the waiting lists of a round, with its receipt: who was offered what.

    The receipt holds the free seats, everybody who waited with their claims, and the calls, so
    that anybody concerned can repeat it; children stand in it by their codes.
    """

    round = models.ForeignKey(
        Round, models.PROTECT, related_name="call_ups", verbose_name=_("round")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    receipt = models.JSONField(_("receipt"))
    sha256 = models.CharField(_("fingerprint"), max_length=SHA256_LENGTH)
    by = _person(_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("call-up")
        verbose_name_plural = _("call-ups")
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="call_up_number_once")
        ]
        triggers = [never_changes("call_up")]


class SeatOffer(models.Model):
    """A free seat that a family may take until a moment; silence leaves everything as it is."""

    class State(models.TextChoices):
        """What the family said."""

        OFFERED = "offered", pgettext_lazy("seat offer", "waits for the family")
        ACCEPTED = "accepted", pgettext_lazy("seat offer", "accepted")
        REFUSED = "refused", pgettext_lazy("seat offer", "refused")
        LAPSED = "lapsed", pgettext_lazy("seat offer", "not answered in time")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call_up = models.ForeignKey(
        CallUp, models.PROTECT, related_name="offers", verbose_name=_("call-up")
    )
    round = models.ForeignKey(
        Round, models.PROTECT, related_name="seat_offers", verbose_name=_("round")
    )
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="seat_offers", verbose_name=_("application")
    )
    school = models.ForeignKey(
        RoundSchool, models.PROTECT, related_name="seat_offers", verbose_name=_("school")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OFFERED)
    until = models.DateTimeField(_("answer until"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = _person(_("answered by"))

    objects: ClassVar[Any] = SeatOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat offer")
        verbose_name_plural = _("seat offers")
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state="offered"),
                name="seat_offer_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "lapsed"])
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="seat_offer_answered_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["round", "state", "until"], name="seat_offer_until")]
        triggers = [
            *waiting_guards.of_an_offer(),
            second_guards.offers_end_with_a_second_list(),
        ]

    @property
    def members(self) -> list[str]:
        """Codes of all who were called up together with this child; empty for a single one."""
        groups: list[list[str]] = self.call_up.receipt.get("together_or_not_at_all", [])
        return next((one for one in groups if self.application.code in one), [])

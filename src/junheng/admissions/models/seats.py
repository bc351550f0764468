"""Seats decided after the published result: each one supersedes what the child held before.

Nothing that was published is changed. A child's seat is that of its newest decision, and of its
placement where there is none; a decision without a school says that a seat is held no more.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.admissions.models import seat_guards, second_guards, waiting_guards
from junheng.admissions.models.applications import Application, _person
from junheng.admissions.models.inputs import RoundSchool
from junheng.admissions.models.objections import Objection
from junheng.admissions.models.querysets import SeatDecisionQuerySet
from junheng.admissions.models.rounds import Round
from junheng.admissions.models.waiting import SeatOffer
from junheng.commons.models.guards import never_changes
from junheng.commons.sealing import SealedTextField


class SeatDecision(models.Model):
    """A seat that a child got, or holds no more, since the result was published."""

    class Why(models.TextChoices):
        """What gave rise to it."""

        OBJECTION = "objection", pgettext_lazy("seat decision", "objection upheld")
        WAITING = "waiting", pgettext_lazy("seat decision", "called up from the waiting list")
        ABSENT = "absent", pgettext_lazy("seat decision", "did not come to check in")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(
        Round, models.PROTECT, related_name="seat_decisions", verbose_name=_("round")
    )
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="seat_decisions", verbose_name=_("application")
    )
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        related_name="replaced_by",
        verbose_name=_("earlier decision"),
    )
    former = models.ForeignKey(
        RoundSchool, models.PROTECT, null=True, related_name="+", verbose_name=_("school before")
    )
    school = models.ForeignKey(
        RoundSchool,
        models.PROTECT,
        null=True,
        related_name="seat_decisions",
        verbose_name=_("school"),
    )
    school_path = models.TextField(_("school's path"), blank=True, db_collation="C")
    why = models.CharField(_("why"), max_length=10, choices=Why)
    clause = models.CharField(_("clause"), max_length=120, blank=True)
    words = SealedTextField(_("reason"), bound_to="id")
    objection = models.OneToOneField(
        Objection,
        models.PROTECT,
        null=True,
        related_name="decision",
        verbose_name=_("objection"),
    )
    offer = models.OneToOneField(
        SeatOffer,
        models.PROTECT,
        null=True,
        related_name="decision",
        verbose_name=_("seat offer"),
    )
    by = _person(_("by"))
    second = _person(_("second person"))
    at = models.DateTimeField(_("at"))

    objects: ClassVar[Any] = SeatDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat decision")
        verbose_name_plural = _("seat decisions")
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(replaces=None),
                name="seat_decision_one_first",
            ),
            models.CheckConstraint(
                condition=Q(why="objection", objection__isnull=False, school__isnull=False)
                & ~Q(clause="")
                | ~Q(why="objection") & Q(objection=None),
                name="seat_decision_of_an_objection",
            ),
            models.CheckConstraint(
                condition=~Q(why="absent") | Q(school=None, former__isnull=False),
                name="seat_decision_absent_has_no_seat",
            ),
            models.CheckConstraint(
                condition=Q(why="waiting", offer__isnull=False, by__isnull=False)
                | ~Q(why="waiting")
                & Q(offer=None, by__isnull=False, second__isnull=False)
                & ~Q(by=F("second")),
                name="seat_decision_by_two",
            ),
        ]
        indexes = [models.Index(fields=["round", "-at"], name="seat_decision_at")]
        triggers = [
            never_changes("seat_decision"),
            *seat_guards.of_a_seat_decision(),
            waiting_guards.decisions_follow_check_in(),
            second_guards.decisions_beside_a_second_round(),
        ]

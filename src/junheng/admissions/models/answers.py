"""What families answer to the schools that open-choice diversion offers them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from junheng.admissions.models import answer_guards
from junheng.admissions.models.applications import Application, _person
from junheng.admissions.models.inputs import RoundSchool
from junheng.admissions.models.querysets import OfferAnswerQuerySet
from junheng.admissions.models.results import RoundRun
from junheng.admissions.models.rounds import CODE_LENGTH, Round
from junheng.commons.history import tracked
from junheng.commons.models.guards import never_changes


class AnswerPeriod(models.Model):
    """Until when families may answer what a published first run offers them."""

    run = models.OneToOneField(
        RoundRun,
        models.PROTECT,
        primary_key=True,
        related_name="answer_period",
        verbose_name=_("run"),
    )
    round = models.ForeignKey(
        Round, models.PROTECT, related_name="answer_periods", verbose_name=_("round")
    )
    until = models.DateTimeField(_("answer until"))
    by = _person(_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("answer period")
        verbose_name_plural = _("answer periods")
        triggers = [never_changes("answer_period"), *answer_guards.of_a_period()]


class OfferedSchool(models.Model):
    """A school that a child is offered, as the run wrote it; nearest first."""

    period = models.ForeignKey(
        AnswerPeriod, models.PROTECT, related_name="offers", verbose_name=_("answer period")
    )
    code = models.CharField(_("child's code"), max_length=CODE_LENGTH, db_collation="C")
    rank = models.PositiveSmallIntegerField(_("rank"))
    school = models.ForeignKey(
        RoundSchool, models.PROTECT, related_name="+", verbose_name=_("school")
    )
    distance_m = models.PositiveIntegerField(_("distance in metres"), null=True)
    free = models.PositiveIntegerField(_("free seats"))

    class Meta:
        verbose_name = _("offered school")
        verbose_name_plural = _("offered schools")
        constraints = [
            models.UniqueConstraint(fields=["period", "code", "rank"], name="offered_rank_once"),
            models.UniqueConstraint(
                fields=["period", "code", "school"], name="offered_school_once"
            ),
        ]
        triggers = [never_changes("offered_school"), *answer_guards.of_an_offered_school()]


@tracked
class OfferAnswer(models.Model):
    """How a family ranks what its child is offered; none at all says that it wants none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    period = models.ForeignKey(
        AnswerPeriod, models.PROTECT, related_name="answers", verbose_name=_("answer period")
    )
    round = models.ForeignKey(
        Round, models.PROTECT, related_name="offer_answers", verbose_name=_("round")
    )
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="offer_answers", verbose_name=_("application")
    )
    schools = models.JSONField(_("schools, best first"), default=list)
    by = _person(_("by"))
    at = models.DateTimeField(_("at"))

    objects: ClassVar[Any] = OfferAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to an offer")
        verbose_name_plural = _("answers to offers")
        constraints = [
            models.UniqueConstraint(fields=["period", "application"], name="offer_answer_once"),
            models.CheckConstraint(
                condition=models.Q(by__isnull=False), name="offer_answer_by_somebody"
            ),
        ]
        triggers = answer_guards.of_an_answer()

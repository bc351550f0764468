"""The turn of the school year: its plan, who is not moved, and what came of it."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.commons.models import Run
from junheng.kernel.school_year import SchoolYear
from junheng.registry.engine.roll_over_types import (
    Why,
)
from junheng.registry.sentences.roll_over import told

GOES_FORWARD = """
    IF TG_OP = 'DELETE' OR ROW(NEW.place_id, NEW.school_year, NEW.requested_at)
        IS DISTINCT FROM ROW(OLD.place_id, OLD.school_year, OLD.requested_at)
        OR OLD.state IN ('undone', 'discarded') AND NEW.state <> OLD.state
        OR OLD.state = 'done' AND NEW.state NOT IN ('done', 'undone')
        OR OLD.done_at IS NOT NULL AND ROW(NEW.run_id, NEW.done_at, NEW.asked_by_id,
            NEW.approved_by_id, NEW.made_classes) IS DISTINCT FROM ROW(OLD.run_id, OLD.done_at,
            OLD.asked_by_id, OLD.approved_by_id, OLD.made_classes) THEN
        RAISE EXCEPTION 'what was done at the turn of a year is kept'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class RollOverQuerySet(models.QuerySet["RollOver"]):
    """Turns of the year."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those of the places within the scope of their posts."""
        return self.filter(scope_q(user, "place__path"))


@tracked
class RollOver(models.Model):
    """One turn of the year of a county; its id is the batch of the standings that it makes."""

    class State(models.TextChoices):
        """How far it is."""

        PLANNING = "planning", _("Being planned")
        PLANNED = "planned", _("Planned")
        UNDER_WAY = "under_way", _("Under way")
        DONE = "done", _("Done")
        UNDONE = "undone", _("Undone")
        DISCARDED = "discarded", _("Replaced by a later plan")

    OPEN = (State.PLANNING, State.PLANNED, State.UNDER_WAY)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="roll_overs", verbose_name=_("place")
    )
    school_year = models.PositiveSmallIntegerField(_("school year"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNING)
    run = models.OneToOneField(
        Run, models.PROTECT, null=True, related_name="+", verbose_name=_("run")
    )
    counts = models.JSONField(_("figures"), default=dict)
    refused = models.JSONField(_("refused"), default=list)
    made_classes = models.JSONField(_("classes made"), default=list)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested at"), default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    done_at = models.DateTimeField(_("done at"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)

    objects: ClassVar[Any] = RollOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("roll-over")
        verbose_name_plural = _("roll-overs")
        ordering = ["-requested_at"]
        constraints = [
            UniqueConstraint(
                fields=["place", "school_year"],
                name="registry_roll_over_one_open",
                condition=Q(state__in=["planning", "planned", "under_way"]),
            ),
            CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("asked_by")),
                name="registry_roll_over_two_people",
            ),
            CheckConstraint(
                condition=~Q(state__in=["done", "undone"])
                | Q(done_at__isnull=False, run__isnull=False, approved_by__isnull=False),
                name="registry_roll_over_done",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="roll_over_goes_forward",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=GOES_FORWARD,
            )
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.year}"

    @property
    def year(self) -> SchoolYear:
        """The school year that ends."""
        return SchoolYear(self.school_year)

    @property
    def plan_run(self) -> Run:
        """The run that made the plan.

        Raises:
            LookupError: If there is no plan yet.
        """
        if self.run is None:
            raise LookupError(f"the roll-over {self.pk} has no plan")
        return self.run


class NotMovedQuerySet(models.QuerySet["NotMoved"]):
    """Pupils who are not moved."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those of the schools within the scope of their posts."""
        return self.filter(scope_q(user, "organisation__path"))


class NotMoved(models.Model):
    """A pupil whom a plan does not move up, and why."""

    roll_over = models.ForeignKey(
        RollOver, models.CASCADE, related_name="not_moved", verbose_name=_("roll-over")
    )
    pupil = models.ForeignKey(
        "registry.Pupil", models.CASCADE, related_name="+", verbose_name=_("pupil")
    )
    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="+", verbose_name=_("school")
    )
    grade = models.PositiveSmallIntegerField(_("grade"))
    number = models.PositiveSmallIntegerField(_("class number"), null=True)
    why = models.CharField(_("reason"), max_length=20)
    figures = models.JSONField(_("figures"), default=list)

    objects: ClassVar[Any] = NotMovedQuerySet.as_manager()

    class Meta:
        verbose_name = _("pupil not moved up")
        verbose_name_plural = _("pupils not moved up")
        indexes = [
            models.Index(
                fields=["roll_over", "organisation", "grade", "number"],
                name="registry_not_moved",
            )
        ]
        constraints = [
            UniqueConstraint(fields=["roll_over", "pupil"], name="registry_not_moved_once")
        ]

    def __str__(self) -> str:
        return f"{self.pupil_id} {self.why}"

    @property
    def sentence(self) -> str:
        """Why, and what to do."""
        return told(Why(self.why), tuple(self.figures))


class HeldBackQuerySet(models.QuerySet["HeldBack"]):
    """Decisions that a pupil stays in its grade."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those of the schools within the scope of their posts."""
        return self.filter(scope_q(user, "pupil__organisation__path"))


@tracked
class HeldBack(models.Model):
    """A decision that a pupil stays in its grade at the end of a school year, with its paper."""

    pupil = models.ForeignKey(
        "registry.Pupil", models.CASCADE, related_name="held_back", verbose_name=_("pupil")
    )
    school_year = models.PositiveSmallIntegerField(_("school year"))
    paper = models.CharField(_("paper"), max_length=200)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)

    objects: ClassVar[Any] = HeldBackQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision to repeat a grade")
        verbose_name_plural = _("decisions to repeat a grade")
        constraints = [
            UniqueConstraint(fields=["pupil", "school_year"], name="registry_held_back_once"),
            CheckConstraint(condition=~Q(paper=""), name="registry_held_back_paper"),
        ]

    def __str__(self) -> str:
        return f"{self.pupil_id} {self.school_year}"

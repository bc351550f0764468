"""Classes made by a public draw: entrants put into classes, and classes split, merged or mixed."""

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
from junheng.commons.models import Run, Snapshot
from junheng.kernel.levels import LAST
from junheng.kernel.school_year import SchoolYear

CANNOT_BE_STEERED = """
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a class assignment is kept' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.event = '' AND jsonb_array_length(NEW.targets) > 1 THEN
            RAISE EXCEPTION 'more than one class needs a public draw'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF ROW(NEW.organisation_id, NEW.school_year, NEW.grade, NEW.sources, NEW.targets,
        NEW.snapshot_id, NEW.event, NEW.example, NEW.event_at, NEW.frozen_at)
        IS DISTINCT FROM ROW(OLD.organisation_id, OLD.school_year, OLD.grade, OLD.sources,
        OLD.targets, OLD.snapshot_id, OLD.event, OLD.example, OLD.event_at, OLD.frozen_at) THEN
        RAISE EXCEPTION 'a frozen list and its event never change'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.figures <> '' AND ROW(NEW.figures, NEW.seed, NEW.second_by_id, NEW.run_id)
        IS DISTINCT FROM ROW(OLD.figures, OLD.seed, OLD.second_by_id, OLD.run_id)
        OR OLD.state = 'published' AND NEW.state <> 'published' AND OLD.event <> ''
        OR OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn'
        OR OLD.state = 'drawn' AND NEW.state NOT IN ('drawn', 'published')
        OR NEW.state = 'withdrawn' AND OLD.state <> 'withdrawn' AND OLD.event_at <= now() THEN
        RAISE EXCEPTION 'a draw is held once, and cannot be taken back after its event'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class ClassAssignmentQuerySet(models.QuerySet["ClassAssignment"]):
    """Class assignments."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those of the schools within the scope of their posts."""
        return self.filter(scope_q(user, "organisation__path"))


@tracked
class ClassAssignment(models.Model):
    """Pupils of one grade put into classes: list frozen, event named, figures typed, drawn.

    One class for all, as where two are merged, needs neither event nor draw.

    Without `sources` they are pupils of the grade who are in no class; otherwise those of these
    classes of the year before, who go on in the `targets` at the turn of the year.
    """

    class State(models.TextChoices):
        """How far it is."""

        FROZEN = "frozen", _("List frozen")
        DRAWN = "drawn", _("Drawn")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "places.Organisation",
        models.PROTECT,
        related_name="class_assignments",
        verbose_name=_("school"),
    )
    school_year = models.PositiveSmallIntegerField(_("school year"))
    grade = models.PositiveSmallIntegerField(_("grade"))
    sources = models.JSONField(_("classes now"), default=list, blank=True)
    targets = models.JSONField(_("new classes"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.FROZEN)
    pupils = models.PositiveSmallIntegerField(_("pupils"))
    snapshot = models.ForeignKey(
        Snapshot, models.PROTECT, related_name="+", verbose_name=_("frozen list")
    )
    event = models.CharField(_("public event"), max_length=200, blank=True)
    example = models.CharField(_("how its figures are written"), max_length=60, blank=True)
    event_at = models.DateTimeField(_("when it takes place"), null=True, blank=True)
    first_figures = models.CharField(_("figures typed first"), max_length=60, blank=True)
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("typed first by"),
    )
    figures = models.CharField(_("figures of the event"), max_length=60, blank=True)
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("typed again by"),
    )
    seed = models.CharField(_("seed"), max_length=64, blank=True)
    run = models.OneToOneField(
        Run, models.PROTECT, null=True, related_name="+", verbose_name=_("run")
    )
    result = models.JSONField(_("classes and gaps"), default=dict, blank=True)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("frozen by")
    )
    frozen_at = models.DateTimeField(_("frozen at"), default=timezone.now)
    published_at = models.DateTimeField(_("published at"), null=True)

    objects: ClassVar[Any] = ClassAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("class assignment")
        verbose_name_plural = _("class assignments")
        ordering = ["-frozen_at"]
        constraints = [
            UniqueConstraint(
                fields=["organisation", "school_year", "grade"],
                name="registry_assignment_one_open",
                condition=Q(state__in=["frozen", "drawn"]),
            ),
            CheckConstraint(
                condition=Q(grade__gte=1, grade__lte=LAST), name="registry_assignment_grade"
            ),
            CheckConstraint(
                condition=Q(event_at__gt=F("frozen_at")), name="registry_assignment_event_after"
            ),
            CheckConstraint(
                condition=Q(second_by=None) | ~Q(second_by=F("first_by")),
                name="registry_assignment_two_people",
            ),
            CheckConstraint(
                condition=Q(figures="", seed="", run=None, second_by=None)
                | Q(
                    figures=F("first_figures"),
                    seed__regex="^[0-9a-f]{64}$",
                    run__isnull=False,
                    second_by__isnull=False,
                ),
                name="registry_assignment_drawn",
            ),
            CheckConstraint(
                condition=Q(state__in=["frozen", "withdrawn"], figures="")
                | Q(state__in=["drawn", "published"]) & ~Q(figures="")
                | Q(state="published", event=""),
                name="registry_assignment_state",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="assignment_cannot_be_steered",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=CANNOT_BE_STEERED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year} {self.grade}"

    @property
    def year(self) -> SchoolYear:
        """The school year of the classes."""
        return SchoolYear(self.school_year)

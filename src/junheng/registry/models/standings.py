"""Where a pupil stands: at which school, in which grade and class, from one day until another."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.kernel.levels import LAST
from junheng.registry.models import keeping


class State(models.TextChoices):
    """What a pupil is on a day."""

    STUDYING = "studying", _("Studying")
    SUSPENDED = "suspended", _("Suspended")
    DROPPED_OUT = "dropped_out", _("Dropped out")
    LEFT = "left", pgettext_lazy("pupil", "Left")
    GRADUATED = "graduated", _("Graduated")


GONE = (State.LEFT, State.GRADUATED)
"""Of these nobody is at a school any more."""


class Movement(models.TextChoices):
    """What a standing began with."""

    ENTERED = "entered", _("Entered")
    FROM_OUTSIDE = "from_outside", _("Came from outside")
    TRANSFERRED = "transferred", _("Transferred")
    CLASS_CHANGED = "class_changed", _("Changed class")
    MOVED_UP = "moved_up", _("Moved up")
    HELD_BACK = "held_back", _("Repeats the grade")
    SUSPENDED = "suspended", _("Suspension")
    RESUMED = "resumed", _("Resumption")
    DROPPED_OUT = "dropped_out", _("Dropping out")
    RETURNED = "returned", _("Return")
    LEFT = "left", _("Leaving")
    GRADUATED = "graduated", _("Graduation")


STATE_AFTER = {
    Movement.SUSPENDED: State.SUSPENDED,
    Movement.DROPPED_OUT: State.DROPPED_OUT,
    Movement.LEFT: State.LEFT,
    Movement.GRADUATED: State.GRADUATED,
}
"""After any other movement a pupil is studying."""


def _states_fit() -> Q:
    fits = Q(state=State.STUDYING) & ~Q(movement__in=list(STATE_AFTER))
    for movement, state in STATE_AFTER.items():
        fits |= Q(movement=movement, state=state)
    return fits


class StandingQuerySet(models.QuerySet["Standing"]):
    """Standings."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those at the schools within the scope of their posts."""
        return self.filter(scope_q(user, "organisation__path"))

    def on(self, day: date) -> Self:
        """Those that held on a day: one a pupil at most."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)

    def open(self) -> Self:
        """Those that hold until further notice: one a pupil."""
        return self.filter(valid_to=None)

    def at_school(self) -> Self:
        """Only those of pupils who belong to a school, there or suspended or missing."""
        return self.exclude(state__in=GONE)

    def studying(self) -> Self:
        """Only those of pupils who come to school."""
        return self.filter(state=State.STUDYING)


@tracked(inserts=False, in_masses=True)
class Standing(models.Model):
    """One stretch of a pupil's school life; the movement that began it stands in it.

    Rows are never rewritten: they end (`valid_to`, exclusive), and the next one begins.
    `completed` says that one lasted to the end of its school year: it goes on counting for the
    size of its class, where those who left before do not.
    """

    pupil = models.ForeignKey(
        "registry.Pupil",
        models.PROTECT,
        related_name="standings",
        db_index=False,  # `registry_standing_begins_once` begins with it
        verbose_name=_("pupil"),
    )
    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="+", verbose_name=_("school")
    )
    school_year = models.PositiveSmallIntegerField(_("school year"))
    grade = models.PositiveSmallIntegerField(_("grade"))
    school_class = models.ForeignKey(
        "registry.SchoolClass",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="standings",
        verbose_name=_("class"),
    )
    state = models.CharField(_("state"), max_length=12, choices=State)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    completed = models.BooleanField(_("school year completed"), default=False)
    movement = models.CharField(_("movement"), max_length=16, choices=Movement)
    paper = models.CharField(_("paper"), max_length=200, blank=True, default="")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        db_constraint=False,  # `entered_by_somebody` looks once for all rows of a statement
        db_index=False,
        verbose_name=_("entered by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # nobody asks for all that somebody agreed to, and no account is deleted
        verbose_name=_("approved by"),
    )
    batch = models.UUIDField(_("batch"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)

    objects: ClassVar[Any] = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        ordering = ["pupil", "valid_from"]
        indexes = [
            models.Index(
                fields=["organisation", "grade", "school_class"],
                name="registry_standing_now",
                condition=Q(valid_to=None),
            ),
            models.Index(
                fields=["school_class"],
                name="registry_standing_class",
                condition=Q(state="studying") & (Q(valid_to=None) | Q(completed=True)),
            ),
            models.Index(
                fields=["school_year", "organisation", "grade"], name="registry_standing_year"
            ),
            models.Index(
                fields=["batch"], name="registry_standing_batch", condition=~Q(batch=None)
            ),
        ]
        constraints = [
            UniqueConstraint(
                fields=["pupil"], name="registry_standing_one_open", condition=Q(valid_to=None)
            ),
            UniqueConstraint(fields=["pupil", "valid_from"], name="registry_standing_begins_once"),
            CheckConstraint(
                condition=Q(grade__gte=1, grade__lte=LAST), name="registry_standing_grade"
            ),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="registry_standing_dates",
            ),
            CheckConstraint(
                condition=Q(completed=False) | Q(valid_to__isnull=False, state="studying"),
                name="registry_standing_completed",
            ),
            CheckConstraint(condition=_states_fit(), name="registry_standing_state"),
            CheckConstraint(
                condition=Q(school_class=None) | Q(state="studying"),
                name="registry_standing_in_class",
            ),
            CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("entered_by")),
                name="registry_standing_two_people",
            ),
        ]
        triggers = keeping.of_a_standing()

    def __str__(self) -> str:
        return f"{self.pupil_id} {self.valid_from}"

"""Cases, what happened to each, and the stretches during which a clock stood still."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import User, Visitor, scope_q, scopes_of
from junheng.cases.engine.flow import RUNNING, UNDER_WAY, Deed, State
from junheng.cases.kinds import CaseKind, all_kinds, kind_of
from junheng.cases.models.guards import case_goes_its_way
from junheng.commons.history import tracked
from junheng.commons.models.guards import never_changes
from junheng.commons.sealing import SealedTextField
from junheng.places.facade import Role

STATES = [
    (State.OPEN.value, pgettext_lazy("case", "Open")),
    (State.PAUSED.value, pgettext_lazy("case", "Paused")),
    (State.DONE.value, pgettext_lazy("case", "Done, to be checked")),
    (State.CHECKED.value, pgettext_lazy("case", "Checked, to be answered")),
    (State.ANSWERED.value, pgettext_lazy("case", "Answered")),
    (State.CLOSED.value, pgettext_lazy("case", "Closed")),
]
DEEDS = [
    (Deed.OPENED.value, pgettext_lazy("case deed", "Opened")),
    (Deed.NOTE.value, pgettext_lazy("case deed", "Note")),
    (Deed.HAND_OVER.value, pgettext_lazy("case deed", "Handed over")),
    (Deed.REMINDED.value, pgettext_lazy("case deed", "Reminded")),
    (Deed.ESCALATED.value, pgettext_lazy("case deed", "Escalated")),
    (Deed.PAUSE.value, pgettext_lazy("case deed", "Paused")),
    (Deed.RESUME.value, pgettext_lazy("case deed", "Resumed")),
    (Deed.DONE.value, pgettext_lazy("case deed", "Done")),
    (Deed.CHECK.value, pgettext_lazy("case deed", "Checked")),
    (Deed.SEND_BACK.value, pgettext_lazy("case deed", "Sent back")),
    (Deed.ANSWER.value, pgettext_lazy("case deed", "Answered")),
    (Deed.SATISFIED.value, pgettext_lazy("case deed", "Satisfied")),
    (Deed.NOT_SATISFIED.value, pgettext_lazy("case deed", "Not satisfied, worked on again")),
    (Deed.NO_REPLY.value, pgettext_lazy("case deed", "No reply, closed")),
    (Deed.SETTLE.value, pgettext_lazy("case deed", "Settled")),
    (Deed.REOPEN.value, pgettext_lazy("case deed", "Reopened")),
]
PLAIN = {"paused_on": None, "resumes_on": None, "pause_reason": ""}


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases."""

    def for_user(self, user: Visitor) -> Self:
        """What somebody may see: kinds that their roles read, in their scope; and their own."""
        if not isinstance(user, User) or not scopes_of(user):
            return self.none()
        seen = Q(holder=user)
        for readers, kinds in _kinds_by_readers().items():
            seen |= Q(kind__in=kinds) & scope_q(user, "path", set(readers))
        return self.filter(seen)

    def held_by(self, user: User) -> Self:
        """Those that somebody has to settle: by name, by their role, or since it went up."""
        mine = Q(holder=user)
        for scope in scopes_of(user):
            there = Q(path__startswith=scope.path)
            mine |= there & (Q(holder=None, role=scope.role) | Q(raised_to=scope.role))
        return self.filter(mine)

    def under_way(self) -> Self:
        """Those that are not closed."""
        return self.filter(state__in=UNDER_WAY)

    def running(self) -> Self:
        """Those whose clock runs."""
        return self.filter(state__in=RUNNING)


def _kinds_by_readers() -> dict[frozenset[Role], list[str]]:
    found: dict[frozenset[Role], list[str]] = defaultdict(list)
    for key, kind in all_kinds().items():
        found[kind.readers].append(key)
    return found


def _person(label: Any, *, related_name: str = "+") -> models.ForeignKey[User | None, User | None]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name=related_name,
        verbose_name=label,
    )


@tracked
class Case(models.Model):
    """Something that a person must settle by a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("case number"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=60)
    subject = models.CharField(_("subject"), max_length=100)
    title = models.CharField(_("title"), max_length=200)
    path = models.TextField(_("path"))
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    asked = models.BooleanField(_("somebody waits for an answer"), default=False)
    asker = SealedTextField(_("who asked"), bound_to="id", null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    opened_by = _person(_("opened by"))
    state = models.CharField(
        pgettext_lazy("case", "state"), max_length=10, choices=STATES, default=State.OPEN.value
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, blank=True)
    holder = _person(_("held by"), related_name="cases")
    level = models.PositiveSmallIntegerField(_("levels up"), default=0)
    raised_to = models.CharField(_("escalated to"), max_length=20, choices=Role, blank=True)
    counts_from = models.DateField(_("clock runs from"))
    days = models.PositiveSmallIntegerField(_("working days"))
    due_on = models.DateField(_("due on"))
    paused_on = models.DateField(_("paused on"), null=True, blank=True)
    resumes_on = models.DateField(_("resumes on"), null=True, blank=True)
    pause_reason = models.CharField(_("why it is paused"), max_length=300, blank=True)
    done_by = _person(_("done by"))
    checked_by = _person(_("checked by"))
    ended_on = models.DateField(_("clock stopped on"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)
    words = models.TextField(_("answer in words"), blank=True)
    reopened = models.PositiveSmallIntegerField(_("times reopened"), default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["due_on", "number"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="cases_case_due"),
            models.Index(fields=["due_on"], name="cases_case_by_due"),
            models.Index(fields=["opened_at"], name="cases_case_opened"),
            models.Index(fields=["-closed_at"], name="cases_case_closed"),
            models.Index(fields=["kind", "subject"], name="cases_case_subject"),
            models.Index(fields=["path"], name="cases_case_path", opclasses=["text_pattern_ops"]),
        ]
        constraints = [
            CheckConstraint(condition=Q(state__in=list(State)), name="cases_case_state"),
            CheckConstraint(
                condition=Q(path__startswith="/") & Q(path__endswith="/"),
                name="cases_case_path_form",
            ),
            CheckConstraint(
                condition=Q(holder__isnull=False) | Q(role__in=Role.values),
                name="cases_case_has_somebody",
            ),
            CheckConstraint(
                condition=Q(days__gte=1, due_on__gte=F("counts_from")), name="cases_case_has_a_day"
            ),
            CheckConstraint(
                condition=(~Q(state=State.PAUSED) & Q(**PLAIN))
                | (
                    Q(state=State.PAUSED, paused_on__isnull=False, resumes_on__isnull=False)
                    & Q(resumes_on__gt=F("paused_on"))
                    & ~Q(pause_reason="")
                ),
                name="cases_case_pause",
            ),
            CheckConstraint(
                condition=~Q(state__in=[State.DONE, State.CHECKED, State.ANSWERED])
                | Q(done_by__isnull=False),
                name="cases_case_done_by",
            ),
            CheckConstraint(
                condition=~Q(state__in=[State.CHECKED, State.ANSWERED])
                | Q(checked_by__isnull=False),
                name="cases_case_checked",
            ),
            CheckConstraint(
                condition=Q(checked_by=None)
                | (Q(done_by__isnull=False) & ~Q(checked_by=F("done_by"))),
                name="cases_case_checked_by_another",
            ),
            CheckConstraint(
                condition=Q(state__in=[State.ANSWERED, State.CLOSED], ended_on__isnull=False)
                | (~Q(state__in=[State.ANSWERED, State.CLOSED]) & Q(ended_on=None)),
                name="cases_case_clock_stops",
            ),
            CheckConstraint(
                condition=(Q(state=State.CLOSED, closed_at__isnull=False) & ~Q(outcome=""))
                | (~Q(state=State.CLOSED) & Q(outcome="", closed_at=None)),
                name="cases_case_outcome",
            ),
            UniqueConstraint(
                fields=["kind", "subject"],
                condition=~Q(state=State.CLOSED),
                name="cases_case_open_once",
            ),
        ]
        triggers = case_goes_its_way()

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def its_kind(self) -> CaseKind:
        """What its room says about such cases."""
        return kind_of(self.kind)


class CasePause(models.Model):
    """A stretch during which a clock stood still."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="pauses", verbose_name=_("case"))
    begun_on = models.DateField(_("paused on"))
    ended_on = models.DateField(_("resumed on"))

    class Meta:
        verbose_name = _("pause of a case")
        verbose_name_plural = _("pauses of a case")
        ordering = ["begun_on", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(ended_on__gte=F("begun_on")), name="cases_pause_dates_in_order"
            )
        ]
        triggers = [never_changes("pause")]

    def __str__(self) -> str:
        return f"{self.begun_on} – {self.ended_on}"


class CaseEntry(models.Model):
    """Something that happened to a case, as it was written down then."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="entries", verbose_name=_("case"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = _person(_("by"))
    deed = models.CharField(_("what"), max_length=15, choices=DEEDS)
    words = models.TextField(_("in words"), blank=True)
    to = _person(_("to whom"))
    to_role = models.CharField(_("to which role"), max_length=20, choices=Role, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    place = models.CharField(_("where"), max_length=200, blank=True)
    photo = models.CharField(pgettext_lazy("case", "photo"), max_length=64, blank=True)
    once = models.CharField(_("what is done but once"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("entry of a case")
        verbose_name_plural = _("entries of a case")
        ordering = ["at", "pk"]
        constraints = [
            CheckConstraint(condition=Q(deed__in=list(Deed)), name="cases_entry_deed"),
            UniqueConstraint(
                fields=["case", "deed", "once"], condition=~Q(once=""), name="cases_entry_once"
            ),
        ]
        triggers = [never_changes("case_entry")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_deed_display()}"


def days_of_pauses(case: Case) -> list[tuple[date, date]]:
    """The pauses since its clock was last set, from rows that are loaded already."""
    return [(p.begun_on, p.ended_on) for p in case.pauses.all() if p.begun_on >= case.counts_from]

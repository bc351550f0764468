"""Questions about findings in the register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from junheng.accounts.facade import User
from junheng.commons.history import HistoryRow, history_of
from junheng.commons.masks import mask_name
from junheng.commons.models import Run
from junheng.commons.runs import State as RunState
from junheng.places.facade import Level, Organisation, Place
from junheng.registry.engine.integrity.check import Check
from junheng.registry.engine.integrity.running import BY_KEY, CHECKS
from junheng.registry.models import (
    AttendanceMark,
    Guardian,
    IntegrityFinding,
    Pupil,
    SchoolClass,
    Standing,
)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A check and how many findings of it somebody has open."""

    check: type[Check]
    open: int
    false_alarms: int
    undecided: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concerned:
    """A child of whom a finding speaks, name in mask.

    Attributes:
        number: Of its record; "" where it has none.
        standing: School, grade and state of the record, as of now; None without one.
        path: Of its school, for what somebody may do there.
    """

    name: str
    number: str
    school: str
    standing: Standing | None
    path: str = ""


def places_with_registers() -> list[Place]:
    """Counties in which pupils are on the register."""
    counties = Place.objects.filter(level=Level.COUNTY).order_by("code")
    return [
        county
        for county in counties
        if Standing.objects.open().filter(organisation__path__startswith=county.path).exists()
    ]


def last_run_of(matter: str) -> Run | None:
    """The last check of a register that was carried out."""
    done = Run.objects.filter(matter=matter, state=RunState.DONE)
    found: Run | None = done.order_by("-finished_at").first()
    return found


def rules_of(user: User, run: Run | None) -> list[RuleRow]:
    """Every check, with what somebody has open of it and what the last run could not decide."""
    rows = IntegrityFinding.objects.for_user(user).values("rule")
    counted: dict[str, dict[str, Any]] = {
        row["rule"]: dict(row)
        for row in rows.annotate(
            open=Count("pk", filter=Q(state="open")),
            false_alarms=Count("pk", filter=Q(state="false_alarm")),
        ).order_by()
    }
    undecided = (run.receipt or {}).get("undecided", {}) if run else {}
    return [
        RuleRow(
            check,
            counted.get(check.key, {}).get("open", 0),
            counted.get(check.key, {}).get("false_alarms", 0),
            tuple(undecided.get(check.key, ())),
        )
        for check in CHECKS
    ]


def check_of(finding: IntegrityFinding) -> type[Check]:
    """The check that found it."""
    return BY_KEY[finding.rule]


def concerned_in(finding: IntegrityFinding) -> list[Concerned]:
    """The children of a finding: one, or both of a pair that are here."""
    pupils = [pupil for pupil in (finding.pupil, finding.other_pupil) if pupil is not None]
    if pupils:
        now = _standings(pupils)
        return [_pupil(pupil, now.get(pupil.pk)) for pupil in pupils]
    entry = str(finding.figures.get("entry", ""))
    mark = AttendanceMark.objects.filter(pk=entry).first() if entry else None
    return [Concerned(mask_name(str(mark.name or "")), "", "", None)] if mark else []


def seen_numbers(user: User, children: Sequence[Concerned]) -> frozenset[str]:
    """Numbers of those whose record somebody may open; of a pair one may be another school's."""
    numbers = [one.number for one in children if one.number]
    seen = Pupil.objects.for_user(user).filter(number__in=numbers)
    return frozenset(seen.values_list("number", flat=True))


def corrected_since(finding: IntegrityFinding) -> list[HistoryRow]:
    """What was written into the records of an open finding since the check that found it last."""
    pupils = [pupil for pupil in (finding.pupil, finding.other_pupil) if pupil is not None]
    if finding.state != IntegrityFinding.State.OPEN or not pupils:
        return []
    people: list[Pupil | Guardian] = [*pupils, *Guardian.objects.filter(pupil__in=pupils)]
    run = finding.last_run.ref  # every reason for a correction names the check that it follows
    events = [event for one in people for event in history_of(one) if run in event.why]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _pupil(pupil: Pupil, standing: Standing | None) -> Concerned:
    school = standing.organisation.name if standing else ""
    path = standing.organisation.path if standing else ""
    return Concerned(mask_name(str(pupil.name)), pupil.number, school, standing, path)


def _standings(pupils: Sequence[Pupil]) -> dict[Any, Standing]:
    rows = Standing.objects.open().filter(pupil__in=pupils)
    return {row.pupil_id: row for row in rows.select_related("organisation", "school_class")}


def names_in(figures: dict[str, Any]) -> tuple[dict[str, str], dict[str, SchoolClass]]:
    """Schools and classes that the figures of a finding name by their keys."""
    keys = ("sits_at", "record_at", "class_school", "first_at", "second_at")
    schools = {str(figures[key]) for key in keys if figures.get(key)}
    place = str(figures.get("place", ""))
    schools |= {place} if place.isdigit() else set()
    found = Organisation.objects.filter(pk__in=schools).values_list("pk", "name")
    classes = {str(key) for key in figures.get("classes", []) if key}
    classes |= {str(figures["class"])} if figures.get("class") else set()
    rows = SchoolClass.objects.filter(pk__in=classes).select_related("organisation")
    return {str(pk): name for pk, name in found}, {str(row.pk): row for row in rows}

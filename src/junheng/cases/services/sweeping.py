"""What goes on by itself: pauses end, people are reminded, what is overdue goes up a level.

Every case is looked at under its lock in a transaction of its own, and what is done but once has a
key that the database keeps unique: killed, it goes on where it stopped; twice is done once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from junheng.cases.engine.clock import Clock, Standing, levels_due
from junheng.cases.engine.flow import RUNNING, Deed, State
from junheng.cases.models import Case, CaseEntry
from junheng.cases.selectors.calendar import Calendars, calendars
from junheng.cases.selectors.cases import clock_of
from junheng.cases.services.cases import resume

BITE = 500
AHEAD = 14
"""Days to look ahead: longer than any stretch of days off, so that no day before is missed."""


@dataclass(slots=True)
class Swept:
    """What was done."""

    resumed: int = 0
    reminded: int = 0
    escalated: int = 0


def sweep(on: date | None = None) -> Swept:
    """Do all that is due on a day, today unless said otherwise."""
    day, swept = on or timezone.localdate(), Swept()
    for number in list(_to_resume(day)):
        swept.resumed += _resume(number, day)
    known = calendars()
    for pk in list(_to_look_at(day, known)):
        _look_at(pk, day, known, swept)
    return swept


def _to_resume(day: date) -> Iterable[str]:
    paused = Case.objects.filter(state=State.PAUSED, resumes_on__lte=day)
    return paused.values_list("number", flat=True)


def _resume(number: str, day: date) -> bool:
    with transaction.atomic():
        held = Case.objects.select_for_update(of=("self",), skip_locked=True)
        case = held.filter(number=number, state=State.PAUSED, resumes_on__lte=day).first()
        if case is None:
            return False
        resume(number, by=None, on=case.resumes_on)
    return True


def _to_look_at(day: date, known: Calendars) -> Iterator[UUID]:
    """Those with something to do, read in large bites: most of thousands have nothing."""
    near = Case.objects.running().filter(due_on__lte=day + timedelta(days=AHEAD))
    cases = near.prefetch_related("pauses").order_by("pk").iterator(chunk_size=BITE)
    while bite := list(islice(cases, BITE)):
        reminded = CaseEntry.objects.filter(deed=Deed.REMINDED, case__in=bite)
        done = set(reminded.values_list("case_id", "once"))
        for case in bite:
            clock = clock_of(case, known, on=day)
            told = (case.pk, _once(clock, case)) in done
            if _presses(clock) and not (told and _level(clock, case) <= case.level):
                yield case.pk


def _look_at(pk: UUID, day: date, known: Calendars, swept: Swept) -> None:
    with transaction.atomic():
        held = Case.objects.select_for_update(of=("self",), skip_locked=True)
        case = held.filter(pk=pk, state__in=RUNNING).prefetch_related("pauses").first()
        if case is None:
            return
        clock = clock_of(case, known, on=day)
        if _presses(clock):
            swept.reminded += _remind(case, _once(clock, case))
        swept.escalated += _escalate(case, _level(clock, case))


def _presses(clock: Clock) -> bool:
    return clock.standing in (Standing.SOON, Standing.OVERDUE)


def _once(clock: Clock, case: Case) -> str:
    """Of the same colour for the same day somebody is reminded once."""
    return f"{clock.standing} {case.due_on}"


def _level(clock: Clock, case: Case) -> int:
    return levels_due(clock.overdue, len(_above(case)))


def _remind(case: Case, once: str) -> bool:
    """Write the reminder down, unless it stands there."""
    entry = CaseEntry(case=case, deed=Deed.REMINDED, to=case.holder, once=once)
    entry.to_role = "" if case.holder_id else case.role
    return _add(entry)


def _escalate(case: Case, level: int) -> bool:
    if level <= case.level:
        return False
    case.level, case.raised_to = level, _above(case)[level - 1]
    case.save(update_fields=["level", "raised_to"])
    once = f"{level} {case.due_on}"
    return _add(CaseEntry(case=case, deed=Deed.ESCALATED, to_role=case.raised_to, once=once))


def _above(case: Case) -> tuple[str, ...]:
    return tuple(map(str, case.its_kind.escalates_to))


def _add(entry: CaseEntry) -> bool:
    known = CaseEntry.objects.filter(case=entry.case, deed=entry.deed, once=entry.once)
    if known.exists():
        return False
    entry.save()
    return True

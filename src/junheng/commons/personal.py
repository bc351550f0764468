"""Personal data: the register of purposes, families' rights with a clock, deletion when due.

Rooms that keep data of children tell this module three things in `AppConfig.ready()`:

    register_holder(Holder(...))     what is held about a family's children, for the family's page
    register_clock(Clock(...))       what is due to be deleted, and how
    register_census(count)           how many children of which age the data is about
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from junheng.commons.models import DataRequest, Erasure, PersonalField
from junheng.commons.personal_fields import Entry, entries
from junheng.commons.refusals import Refusal

Right, State = DataRequest.Right, DataRequest.State
ANSWER_WITHIN_WORK_DAYS = 15
AT_ONCE = frozenset({Right.VIEW, Right.COPY})


class Answered(Refusal):
    """A request that was answered already."""


class NothingSaid(Refusal):
    """A request or an answer without words."""


@dataclass(frozen=True, slots=True)
class Held:
    """A record about a child, as its family reads it.

    Attributes:
        kind, key: What the read log calls it.
        title: What it is, such as "Application 2027-…".
        subject: What a request names it by.
        path: Place it belongs to; whoever answers requests there.
        rows: Key of the register, label and value, in the clear for the family.
        kept_until: Day on which it is deleted, None while that is not known.
        erased: Whether only what names nobody is left.
    """

    kind: str
    key: str
    title: str
    subject: str
    path: str
    rows: Sequence[tuple[str, str, str]]
    kept_until: date | None = None
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """What a room deletes when its time is over.

    Attributes:
        kind: Unique, such as "admissions.application".
        title: What it is, for the page.
        tables: Labels of the tables whose personal fields go with it.
        due: Subjects whose time is over on a day, with their paths and reasons.
        erase: Deletes one; inside a transaction, after it was written down. Does nothing where
            there is nothing left.
    """

    kind: str
    title: str | Promise
    tables: tuple[str, ...]
    due: Callable[[date], Iterable[tuple[str, str, str]]]
    erase: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Census:
    """Children whose data is held, by age on the last day of the year."""

    under_14: int = 0
    from_14_to_17: int = 0
    unknown: int = 0

    def __add__(self, other: Census) -> Census:
        return Census(
            self.under_14 + other.under_14,
            self.from_14_to_17 + other.from_14_to_17,
            self.unknown + other.unknown,
        )


@dataclass(slots=True)
class _Hooks:
    holders: list[Callable[[AbstractBaseUser], Sequence[Held]]] = field(default_factory=list)
    clocks: dict[str, Clock] = field(default_factory=dict)
    census: list[Callable[[int, str], Census]] = field(default_factory=list)
    work_days_after: Callable[[date, int], date] | None = None


_hooks = _Hooks()


def register_holder(held_for: Callable[[AbstractBaseUser], Sequence[Held]]) -> None:
    """Say what is held about the children of a family."""
    _hooks.holders.append(held_for)


def register_clock(clock: Clock) -> None:
    """Say what is deleted when its time is over."""
    _hooks.clocks[clock.kind] = clock


def register_census(count: Callable[[int, str], Census]) -> None:
    """Say how many children of which age there is data of, at the end of a year below a path."""
    _hooks.census.append(count)


def count_work_days(after: Callable[[date, int], date]) -> None:
    """Lend the calendar of working days; without one, weekends are left out."""
    _hooks.work_days_after = after


def held_for(family: AbstractBaseUser) -> list[Held]:
    """Everything that is held about the children of a family."""
    return [held for source in _hooks.holders for held in source(family)]


def census_of(year: int, path: str) -> Census:
    """Children whose data is held below a path."""
    return sum((count(year, path) for count in _hooks.census), Census())


# ------------------------------------------------------------------------- the register


def take_in() -> None:
    """Write the register that this version brings into its table; what a bureau changed stays."""
    known = {row.key: row for row in PersonalField.objects.filter(valid_to=None)}
    fresh = [_row(entry) for entry in entries() if entry.key not in known]
    PersonalField.objects.bulk_create(fresh, ignore_conflicts=True)
    wanted = {entry.key for entry in entries()}
    gone = [row.pk for key, row in known.items() if key not in wanted]
    PersonalField.objects.filter(pk__in=gone).update(valid_to=timezone.localdate())


def _row(entry: Entry) -> PersonalField:
    return PersonalField(
        key=entry.key,
        about=entry.about,
        what=dict(entry.what),
        purpose=dict(entry.purpose),
        basis=dict(entry.basis),
        recipients=dict(entry.recipients),
        source=dict(entry.source),
        clock=entry.clock,
        days=entry.days,
        valid_from=entry.since,
    )


def said(text: Mapping[str, str]) -> str:
    """A text of the register in the reader's language."""
    language = "zh" if (get_language() or settings.LANGUAGE_CODE).startswith("zh") else "en"
    return text.get(language) or next(iter(text.values()), "")


def change_field(
    row: PersonalField, *, purpose: str, basis: str, recipients: str, days: int, reason: str
) -> PersonalField:
    """Begin a new version of an entry, with the bureau's own words.

    Raises:
        NothingSaid: Without a reason.
    """
    if not reason.strip():
        raise NothingSaid(_("Say why the entry changes."))
    today = timezone.localdate()
    with transaction.atomic():
        old: PersonalField = PersonalField.objects.select_for_update().get(pk=row.pk, valid_to=None)
        old.valid_to = today
        old.save(update_fields=["valid_to"])
        old.pk, old.valid_from, old.valid_to = None, today, None
        old.purpose, old.basis = _both(purpose), _both(basis)
        old.recipients, old.days, old.reason = _both(recipients), days, reason.strip()
        old.save(force_insert=True)
    return old


def _both(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def days_kept(key: str) -> int:
    """For how many days a field is kept after its clock began.

    Raises:
        PersonalField.DoesNotExist: If it is not in the register.
    """
    row: PersonalField = PersonalField.objects.get(key=key, valid_to=None)
    return row.days


# ------------------------------------------------------------------------- rights


def due_after(day: date) -> date:
    """Until when a request has to be answered: 15 working days."""
    if _hooks.work_days_after is not None:
        return _hooks.work_days_after(day, ANSWER_WITHIN_WORK_DAYS)
    left, last = ANSWER_WITHIN_WORK_DAYS, day
    while left:
        last += timedelta(days=1)
        left -= last.weekday() < 5
    return last


def ask_right(
    family: AbstractBaseUser, right: str, *, subject: str, path: str, words: str = ""
) -> DataRequest:
    """Note that a family uses one of its rights; seeing and copying are answered at once.

    Raises:
        NothingSaid: If it wants something changed and does not say what.
    """
    if right not in AT_ONCE and not words.strip():
        raise NothingSaid(_("Write what you want, in your own words."))
    now = timezone.now()
    at_once = right in AT_ONCE
    return DataRequest.objects.create(
        family_id=family.pk,
        path=path,
        right=right,
        subject=subject,
        words=words.strip(),
        asked_at=now,
        due_on=due_after(timezone.localdate(now)),
        state=State.DONE if at_once else State.OPEN,
        answered_at=now if at_once else None,
    )


def answer_right(
    pk: Any, *, done: bool, words: str, by: AbstractBaseUser, now: datetime | None = None
) -> DataRequest:
    """Answer a request, once.

    Raises:
        NothingSaid: Without words: also a yes says what was done.
        Answered: If it was answered already.
    """
    if not words.strip():
        raise NothingSaid(_("Say what was done, or why not."))
    with transaction.atomic():
        row = DataRequest.objects.select_for_update().get(pk=pk)
        if row.state != State.OPEN:
            raise Answered(_("This request was answered already."))
        row.state = State.DONE if done else State.REFUSED
        row.answer, row.answered_by_id = words.strip(), by.pk
        row.answered_at = now or timezone.now()
        row.save()
    return row


# ------------------------------------------------------------------------- deletion


def erase_due(today: date | None = None) -> dict[str, int]:
    """Delete everything whose time is over, one transaction each; safe to kill and to run again.

    Returns:
        How many of each kind were deleted now.
    """
    day = today or timezone.localdate()
    return {
        clock.kind: sum(_erase(clock, *each) for each in list(clock.due(day)))
        for clock in _hooks.clocks.values()
    }


def _erase(clock: Clock, subject: str, path: str, why: str) -> bool:
    with transaction.atomic():
        _row, fresh = Erasure.objects.get_or_create(
            kind=clock.kind,
            subject=subject,
            defaults={"path": path, "why": why, "at": timezone.now()},
        )
        if fresh:  # otherwise another run has met it
            clock.erase(subject)
    return fresh


def clock_titles() -> dict[str, str]:
    """What the kinds of deletions are called."""
    return {clock.kind: str(clock.title) for clock in _hooks.clocks.values()}


def tables_with_a_clock() -> frozenset[str]:
    """Labels of the tables that the program empties by itself."""
    return frozenset(table for clock in _hooks.clocks.values() for table in clock.tables)

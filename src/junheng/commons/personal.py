"""Personal data: the register of purposes, and families' rights with a clock.

Deletion when due stands in `retention`. Rooms that keep data of children tell this module two
things in `AppConfig.ready()`:

    register_holder(Holder(...))     what is held about a family's children, for the family's page
    register_census(count)           how many children of which age the data is about
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from junheng.commons.models import DataRequest, PersonalField
from junheng.commons.personal_fields import WORDS, Entry, entries
from junheng.commons.refusals import Refusal

Right, State = DataRequest.Right, DataRequest.State
ANSWER_WITHIN_WORK_DAYS = 15
AT_ONCE = frozenset({Right.VIEW, Right.COPY})
BROUGHT = ("about", *WORDS, "stays", "clock", "days")
"""What the register of a version brings for each field."""


class Answered(Refusal):
    """A request that was answered already."""


class NothingSaid(Refusal):
    """A request or an answer without words."""


class TooSoon(Refusal):
    """A time of keeping that is shorter than the law allows."""


@dataclass(frozen=True, slots=True)
class Held:
    """A record about a child, as its family reads it.

    Attributes:
        kind, key: What the read log calls it.
        title: What it is, such as "Application 2027-…".
        subject: What a request names it by.
        path: Place it belongs to; whoever answers requests there. "" for that of another record.
        rows: Key of the register, label and value, in the clear for the family.
        kept_until: Day on which it is deleted, None while that is not known.
        kept_words: From what that day follows, where it is not the end of a round.
        erased: Whether only what names nobody is left.
    """

    kind: str
    key: str
    title: str
    subject: str
    path: str
    rows: Sequence[tuple[str, str, str]]
    kept_until: date | None = None
    kept_words: str = ""
    erased: bool = False


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
    census: list[Callable[[int, str], Census]] = field(default_factory=list)
    work_days_after: Callable[[date, int], date] | None = None


_hooks = _Hooks()


def register_holder(held_for: Callable[[AbstractBaseUser], Sequence[Held]]) -> None:
    """Say what is held about the children of a family."""
    _hooks.holders.append(held_for)


def register_census(count: Callable[[int, str], Census]) -> None:
    """Say how many children of which age there is data of, at the end of a year below a path."""
    _hooks.census.append(count)


def count_work_days(after: Callable[[date, int], date]) -> None:
    """Lend the calendar of working days; without one, weekends are left out."""
    _hooks.work_days_after = after


def held_for(family: AbstractBaseUser) -> list[Held]:
    """Everything that is held about the children of a family, and about its account."""
    found = [held for source in _hooks.holders for held in source(family)]
    path = next((held.path for held in found if held.path), "")
    placed = [held if held.path else replace(held, path=path) for held in found]
    return sorted(placed, key=lambda held: held.kind.startswith("accounts."))


def census_of(year: int, path: str) -> Census:
    """Children whose data is held below a path."""
    return sum((count(year, path) for count in _hooks.census), Census())


# ------------------------------------------------------------------------- the register


def take_in() -> None:
    """Write the register that this version brings into its table; what a bureau changed stays."""
    known = {row.key: row for row in PersonalField.objects.filter(valid_to=None)}
    wanted = {entry.key: _row(entry) for entry in entries()}
    today = timezone.localdate()
    changed = [key for key, row in known.items() if key in wanted and _says_more(wanted[key], row)]
    for key in changed:
        wanted[key].valid_from = today
    over = [known[key].pk for key in [*changed, *(set(known) - set(wanted))]]
    PersonalField.objects.filter(pk__in=over).update(valid_to=today)
    fresh = [row for key, row in wanted.items() if key not in known or key in changed]
    PersonalField.objects.bulk_create(fresh, ignore_conflicts=True)


def _says_more(brought: PersonalField, held: PersonalField) -> bool:
    """Whether this version says otherwise than the one before; a bureau's own words stay."""
    return not held.reason and any(
        getattr(brought, name) != getattr(held, name) for name in BROUGHT
    )


def _row(entry: Entry) -> PersonalField:
    return PersonalField(
        key=entry.key,
        valid_from=entry.since,
        **{name: _plain(getattr(entry, name)) for name in BROUGHT},
    )


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


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
        TooSoon: If that were shorter than the law allows.
    """
    if not reason.strip():
        raise NothingSaid(_("Say why the entry changes."))
    least = next((entry.least for entry in entries() if entry.key == row.key), 0)
    if days < least:
        raise TooSoon(_("This has to be kept for at least %d days.") % least)
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

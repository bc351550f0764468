"""Deletion when due: every field of the register has somebody who deletes it, every night.

A room says in `AppConfig.ready()` what it deletes:

    register(Clock(...))    records one by one, each written down under its number
    register(Sweep(...))    rows that are many and say little, such as sign-ins: counted only

What is deleted together goes when the first of its fields is due, so no field outlives its time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from junheng.commons.models import DataRequest, Erasure, PersonalField
from junheng.commons.personal_fields import entries

log = structlog.get_logger(__name__)
BATCH = 2_000
Due = Iterable[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Clock:
    """Records that a room deletes one by one when their time is over.

    Attributes:
        kind: Unique, such as "admissions.application".
        title: What it is, for the page.
        fields: Keys of the register that go with it.
        due: Subjects whose time is over on a day, with their paths and reasons.
        erase: Deletes one; inside a transaction, after it was written down. Does nothing where
            there is nothing left.
    """

    kind: str
    title: str | Promise
    fields: tuple[str, ...]
    due: Callable[[date], Due]
    erase: Callable[[str], None]

    def carry_out(self, day: date) -> int:
        """Delete what is due; how many that were."""
        return sum(_erase(self, *each) for each in list(self.due(day)))


@dataclass(frozen=True, slots=True)
class Sweep:
    """Rows that are emptied in masses some days after they were written; only counted.

    Attributes:
        clear: Deletes or empties so many rows that are older than a moment; how many it did.
    """

    kind: str
    title: str | Promise
    fields: tuple[str, ...]
    clear: Callable[[datetime, int], int]

    def carry_out(self, day: date) -> int:
        """Delete what is due, a transaction at a time; how many that were."""
        older = day - timedelta(days=days_of(self.fields))
        until = timezone.make_aware(datetime.combine(older, time.min))
        return sum(iter(lambda: _sweep(self, until), 0))


@dataclass(slots=True)
class _Hooks:
    deletions: dict[str, Clock | Sweep] = field(default_factory=dict)
    ties: list[Callable[[Collection[int]], set[int]]] = field(default_factory=list)


_hooks = _Hooks()


def register(*deletions: Clock | Sweep) -> None:
    """Say what is deleted when its time is over."""
    _hooks.deletions.update({each.kind: each for each in deletions})


def register_ties(tied: Callable[[Collection[int]], set[int]]) -> None:
    """Say which of some accounts something is still held of, so that they are kept as well."""
    _hooks.ties.append(tied)


def tied(accounts: Collection[int]) -> set[int]:
    """Which of these accounts something is still held of, or asked by."""
    asked = DataRequest.objects.filter(family__in=accounts, state=DataRequest.State.OPEN)
    found = set(asked.values_list("family_id", flat=True))
    return found.union(*(room(accounts) for room in _hooks.ties))


def days_of(keys: Iterable[str]) -> int:
    """For how many days fields are kept that go together: the shortest of their times.

    Raises:
        PersonalField.DoesNotExist: If one is not in the register.
    """
    wanted = set(keys)
    rows = PersonalField.objects.filter(key__in=wanted, valid_to=None)
    days = dict(rows.values_list("key", "days"))
    if missing := wanted - set(days):
        raise PersonalField.DoesNotExist(", ".join(sorted(missing)))
    return int(min(days.values()))


def erase_due(today: date | None = None) -> dict[str, int]:
    """Delete everything whose time is over, in small transactions; safe to kill and to run again.

    What fails does not keep the rest from being deleted; it is raised at the end.

    Returns:
        How many of each kind were deleted now.
    """
    day = today or timezone.localdate()
    done: dict[str, int] = {}
    failed: list[Exception] = []
    for deletion in _hooks.deletions.values():
        try:
            done[deletion.kind] = deletion.carry_out(day)
        except Exception as error:
            log.exception("what is due was not deleted", kind=deletion.kind)
            failed.append(error)
    if failed:
        raise failed[0]
    return done


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


def _sweep(sweep: Sweep, until: datetime) -> int:
    with transaction.atomic():
        count: int = sweep.clear(until, BATCH)
        if count:
            now = timezone.now()
            why = _("The time of keeping is over.")
            Erasure.objects.create(
                kind=sweep.kind, subject=now.isoformat(), path="", why=why, at=now, count=count
            )
    return count


def call(function: str, *values: Any) -> int:
    """Call one of the database's functions that forget; they check by themselves what is due."""
    places = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({places})", values)
        (count,) = cursor.fetchone()
    return int(count or 0)


def written_down(kind: str, subject: str = "pk") -> Exists:
    """Whether a row was deleted already, for filters."""
    its = Cast(OuterRef(subject), CharField())
    return Exists(Erasure.objects.filter(kind=kind, subject=its))


def deletion_granted(subject: str) -> Exists:
    """Whether a family asked for a record's deletion and the bureau said yes, for filters."""
    asked = DataRequest.objects.filter(
        right=DataRequest.Right.DELETE, state=DataRequest.State.DONE, subject=OuterRef(subject)
    )
    return Exists(asked)


# ------------------------------------------------------------------------- what nobody deletes


def titles() -> dict[str, str]:
    """What the kinds of deletions are called."""
    return {each.kind: str(each.title) for each in _hooks.deletions.values()}


def carried() -> frozenset[str]:
    """Keys of the register that the program deletes by itself."""
    return frozenset(key for each in _hooks.deletions.values() for key in each.fields)


def gaps() -> list[str]:
    """Entries whose clock nobody carries out, and the reverse, in words for whoever adds one."""
    return [*_uncarried(), *_unexplained()]


def _uncarried() -> Iterator[str]:
    known = carried()
    for entry in entries():
        runs = entry.clock != PersonalField.Clock.NONE
        if runs and entry.key not in known:
            yield f"{entry.key}: has a clock, and no Clock or Sweep deletes it (retention.register)"
        if not runs and entry.about != PersonalField.About.NOBODY:
            yield f"{entry.key}: about a person, and without a clock"


def _unexplained() -> Iterator[str]:
    explained = {entry.key for entry in entries()}
    for key in sorted(carried() - explained):
        yield f"{key}: deleted when due, and not in the register"

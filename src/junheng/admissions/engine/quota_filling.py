"""Quota seats filled: by score among the pupils of each school, along the choices of each pupil."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Quota = Mapping[tuple[str, str], int]
"""Seats by senior school and lower secondary school."""


class Unfilled(StrEnum):
    """Where seats go that a school could not fill."""

    OPEN = "open"
    """Back to the open admission of the senior school."""
    OTHERS = "others"
    """First to pupils of other schools, by score; what is then left, to the open admission."""


class Fate(StrEnum):
    """What became of a pupil."""

    OWN = "own"
    """A quota seat of the own school."""
    OTHERS = "others"
    """A quota seat that another school could not fill."""
    NONE = "none"
    """No quota seat."""
    NOT_ENTITLED = "not_entitled"
    """Too few years at the school."""
    UNDECIDED = "undecided"
    """The score is missing: nobody can say."""


class Why(StrEnum):
    """What a choice came to."""

    SEATED = "seated"
    BELOW_LINE = "below_line"
    NO_QUOTA = "no_quota"
    FULL = "full"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pupil who wants quota seats.

    Attributes:
        number: Examination number.
        school: Code of the lower secondary school.
        score: In hundredths of a point; None if it is missing, which is no zero.
        tie: Decides between equal scores, in hundredths of a point; higher is better.
        years: Whole school years at this school.
        choices: Codes of senior schools, the dearest first.
    """

    number: str
    school: str
    score: int | None
    tie: int
    years: int
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FillingRules:
    """How seats are filled.

    Attributes:
        years: So many whole years at the school are needed, 0 or more.
        lines: The lowest score by senior school, hundredths of a point; a school without a line
            takes every score.
        unfilled: Where seats go that a school could not fill.
    """

    years: int
    lines: Mapping[str, int]
    unfilled: Unfilled


@dataclass(frozen=True, slots=True)
class Seated:
    """What became of a pupil, and why.

    Attributes:
        number: Examination number.
        fate: What became of the pupil.
        senior: Code of the senior school, "" without a seat.
        reasons: What each choice came to, in the order of the choices; those behind the seat
            were not reached. Empty if nobody looked at the choices.
    """

    number: str
    fate: Fate
    senior: str
    reasons: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Filling:
    """All seats filled.

    Attributes:
        pupils: One entry a pupil, by examination number.
        taken: Seats taken by the own pupils, by senior and lower secondary school.
        passed_on: Seats of a senior school that went to pupils of other schools.
        returned: Seats of a senior school that go to its open admission.
    """

    pupils: tuple[Seated, ...]
    taken: Quota
    passed_on: Mapping[str, int]
    returned: Mapping[str, int]


@dataclass(slots=True)
class _Tables:
    free: dict[tuple[str, str], int]
    seated: dict[str, tuple[Fate, str]] = field(default_factory=dict)
    reasons: dict[str, tuple[Why, ...]] = field(default_factory=dict)


def fill(quota: Quota, candidates: Iterable[Candidate], rules: FillingRules) -> Filling:
    """Fill quota seats.

    Pupils are asked in the order of their scores; each gets the first of its choices that has a
    seat left for its own school and whose line it reaches. Equal scores: the higher tie score
    first, then the smaller examination number. With `Unfilled.OTHERS` the seats left of each
    senior school are then put together and those without a seat are asked once more.

    Args:
        quota: Seats by senior and lower secondary school, 0 or more.
        candidates: The pupils, in any order; examination numbers come once.
        rules: How.

    Returns:
        What became of everybody, and of every seat.

    Raises:
        ValueError: If an examination number comes twice or a figure is negative.

    Source:
        Score first, along the choices (serial order): no pupil has a reason to hide a choice,
        and nobody with a better claim in the same school is passed over.
    """
    rows = sorted(candidates, key=_order)
    if len({row.number for row in rows}) < len(rows):
        raise ValueError("an examination number comes twice")
    if any(seats < 0 for seats in quota.values()):
        raise ValueError("seats are counted from 0")
    tables = _Tables(free=dict(quota))
    asked = [row for row in rows if row.score is not None and row.years >= rules.years]
    for row in asked:
        _ask(row, quota, rules, tables)
    taken = {key: quota[key] - free for key, free in tables.free.items()}
    pooled = _pooled(tables.free)
    left = dict(pooled)
    if rules.unfilled is Unfilled.OTHERS:
        for row in asked:
            _ask_again(row, rules, tables, left)
    return Filling(
        pupils=tuple(_told(rows, rules, tables)),
        taken=taken,
        passed_on={senior: pooled[senior] - left[senior] for senior in pooled},
        returned=left,
    )


def _order(row: Candidate) -> tuple[int, int, str]:
    return -(row.score or 0), -row.tie, row.number


def _ask(row: Candidate, quota: Quota, rules: FillingRules, tables: _Tables) -> None:
    reasons: list[Why] = []
    for senior in row.choices:
        key = senior, row.school
        if not quota.get(key):
            reasons.append(Why.NO_QUOTA)
        elif not _reaches(row, senior, rules):
            reasons.append(Why.BELOW_LINE)
        elif tables.free[key] == 0:
            reasons.append(Why.FULL)
        else:
            tables.free[key] -= 1
            tables.seated[row.number] = Fate.OWN, senior
            reasons.append(Why.SEATED)
            break
    tables.reasons[row.number] = _filled_up(reasons, row.choices)


def _ask_again(row: Candidate, rules: FillingRules, tables: _Tables, left: dict[str, int]) -> None:
    if row.number in tables.seated:
        return
    for place, senior in enumerate(row.choices):
        if left.get(senior, 0) and _reaches(row, senior, rules):
            left[senior] -= 1
            tables.seated[row.number] = Fate.OTHERS, senior
            before = tables.reasons[row.number][:place]
            tables.reasons[row.number] = _filled_up([*before, Why.SEATED], row.choices)
            return


def _filled_up(reasons: Sequence[Why], choices: Collection[str]) -> tuple[Why, ...]:
    return (*reasons, *[Why.NOT_REACHED] * (len(choices) - len(reasons)))


def _reaches(row: Candidate, senior: str, rules: FillingRules) -> bool:
    return (row.score or 0) >= rules.lines.get(senior, 0)


def _pooled(free: Quota) -> dict[str, int]:
    pooled: dict[str, int] = {}
    for (senior, _school), seats in free.items():
        pooled[senior] = pooled.get(senior, 0) + seats
    return pooled


def _told(rows: Iterable[Candidate], rules: FillingRules, tables: _Tables) -> Iterator[Seated]:
    for row in sorted(rows, key=lambda one: one.number):
        if row.years < rules.years:
            yield Seated(row.number, Fate.NOT_ENTITLED, "", ())
        elif row.score is None:
            yield Seated(row.number, Fate.UNDECIDED, "", ())
        else:
            fate, senior = tables.seated.get(row.number, (Fate.NONE, ""))
            yield Seated(row.number, fate, senior, tables.reasons[row.number])

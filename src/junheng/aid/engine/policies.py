"""Policies as data: who is entitled to how much, counted on which day, and what rules it out.

A version of a policy is true from one day until another. Its conditions are asked in their
order; the first rate whose condition holds is what is paid. A policy may give way to others:
whoever is entitled to one of those is not entitled to this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from junheng.aid.engine.conditions import Condition
from junheng.aid.engine.facts import MOST_FEN
from junheng.aid.engine.shares import Share

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def is_code(text: str) -> bool:
    """Whether a policy may be called so: what stands in a statement needs no quotes."""
    return _CODE.fullmatch(text) is not None


class CountedOn(StrEnum):
    """On which days of a period a policy looks at the facts."""

    FIRST_DAY = "first_day"
    LAST_DAY = "last_day"
    EACH_MONTH = "each_month"


@dataclass(frozen=True, slots=True)
class Period:
    """What is computed at once, such as a term.

    Attributes:
        code: Such as "2026-2027-1".
        starts_on: Its first day.
        ends_on: Its last day.
    """

    code: str
    starts_on: date
    ends_on: date

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError(f"the period {self.code} ends before it starts")


@dataclass(frozen=True, slots=True)
class Rate:
    """What is paid to those of whom a condition holds: an amount, or a share of one.

    A share is of somebody of whom the shared amount is told and comes to a fen at least; where
    nobody told it, the rate cannot be told either.

    Attributes:
        when: For whom; None for everybody.
        pays: How much for one counting day: so many fen, at least 1, or a share of an amount,
            rounded down to the fen.
    """

    when: Condition | None
    pays: int | Share

    def __post_init__(self) -> None:
        if isinstance(self.pays, int) and not 0 < self.pays <= MOST_FEN:
            raise ValueError("a rate is from 1 fen to 10 million yuan")


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a policy.

    Attributes:
        code: The same for all its versions; see `is_code`.
        version: From 1.
        valid_from: First day on which it holds.
        valid_to: First day on which it does not any more; None until further notice.
        counted_on: Which days of a period are looked at.
        conditions: All have to hold; asked in this order.
        rates: At least one; the first that holds.
        gives_way_to: Codes of the policies beside which it is not paid.
        once: Whether a person gets it once in a lifetime.
    """

    code: str
    version: int
    valid_from: date
    valid_to: date | None
    counted_on: CountedOn
    conditions: tuple[Condition, ...]
    rates: tuple[Rate, ...]
    gives_way_to: tuple[str, ...] = ()
    once: bool = False

    def __post_init__(self) -> None:
        if not is_code(self.code):
            raise ValueError(f"{self.code!r} is no code of a policy")
        if not self.rates:
            raise ValueError(f"the policy {self.code} has no rate")
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError(f"the policy {self.code} ends before it begins")

    @property
    def facts(self) -> frozenset[str]:
        """What it asks for, in its conditions and for its rates."""
        asked = [*self.conditions, *(rate.when for rate in self.rates if rate.when)]
        shared = [rate.pays.of for rate in self.rates if isinstance(rate.pays, Share)]
        return frozenset(shared).union(*(one.facts for one in asked))

    @property
    def shares_each_month(self) -> bool:
        """Whether it would pay the share of a term's amount in every month of the term."""
        shares = any(isinstance(rate.pays, Share) for rate in self.rates)
        return shares and self.counted_on is CountedOn.EACH_MONTH

    def holds_on(self, day: date) -> bool:
        """Whether this version is the one in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Overlapping(ValueError):
    """Two versions of one policy are in force on the same day."""

    def __init__(self, code: str, versions: tuple[int, int], day: date) -> None:
        super().__init__(f"versions {versions} of {code} are both in force on {day}")
        self.code = code
        self.versions = versions
        self.day = day


class GivesWayWrongly(ValueError):
    """A policy gives way to one that is counted on other days, to itself, or in a circle."""

    def __init__(self, code: str, other: str) -> None:
        super().__init__(f"{code} cannot give way to {other}")
        self.code = code
        self.other = other


@dataclass(frozen=True, slots=True)
class Count:
    """The policies that look at the facts of one day, each before those that give way to it."""

    day: date
    policies: tuple[Policy, ...]


def counts_of(policies: Iterable[Policy], period: Period) -> tuple[Count, ...]:
    """What is to be counted in a period: its counting days, and the versions in force on them.

    Args:
        policies: Any number of versions of any number of policies, in any order.
        period: The term or year.

    Returns:
        By day; within a day by code, but for those that give way. Equal sets give equal counts.

    Raises:
        Overlapping: If a policy has two versions on a counting day.
        GivesWayWrongly: If the order among policies cannot be told.
    """
    by_day: dict[date, dict[str, Policy]] = {}
    for policy in sorted(policies, key=lambda each: (each.code, each.version)):
        for day in _days(policy.counted_on, period):
            if policy.holds_on(day):
                there = by_day.setdefault(day, {}).setdefault(policy.code, policy)
                if there is not policy:
                    raise Overlapping(policy.code, (there.version, policy.version), day)
    _days_agree(by_day)
    return tuple(Count(day, _in_turn(by_day[day])) for day in sorted(by_day))


def _days(counted_on: CountedOn, period: Period) -> list[date]:
    match counted_on:
        case CountedOn.FIRST_DAY:
            return [period.starts_on]
        case CountedOn.LAST_DAY:
            return [period.ends_on]
        case _:
            return _months(period)


def _months(period: Period) -> list[date]:
    """The first day of each month that lies in the period, the period's own first day included."""
    days = [period.starts_on]
    while (following := (days[-1].replace(day=1) + timedelta(days=32)).replace(day=1)) <= (
        period.ends_on
    ):
        days.append(following)
    return days


def _days_agree(by_day: Mapping[date, Mapping[str, Policy]]) -> None:
    """A policy gives way to one that is counted on the same days."""
    ways = {policy.code: policy for there in by_day.values() for policy in there.values()}
    for policy in ways.values():
        for other in policy.gives_way_to:
            if other in ways and ways[other].counted_on is not policy.counted_on:
                raise GivesWayWrongly(policy.code, other)


def _in_turn(policies: Mapping[str, Policy]) -> tuple[Policy, ...]:
    before = {
        code: sorted(set(policy.gives_way_to) & set(policies)) for code, policy in policies.items()
    }
    sorter = TopologicalSorter(before)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = error.args[1]
        raise GivesWayWrongly(circle[1], circle[0]) from error
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return tuple(policies[code] for code in order)

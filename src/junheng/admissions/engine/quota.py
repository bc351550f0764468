"""Quota seats: shares of lower secondary schools in the seats of one selective senior school.

The method of the largest remainder (Hamilton, Hare-Niemeyer) in whole numbers only, so that every
figure of the computation can be printed and done again by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

PERMILLE = 1000


class NothingToGoBy(ValueError):
    """There are seats to share out, and no school has a pupil."""


@dataclass(frozen=True, slots=True)
class SendingSchool:
    """A lower secondary school.

    Attributes:
        code: Its code.
        pupils: Its third-year pupils on the day that counts, 0 or more.
    """

    code: str
    pupils: int


@dataclass(frozen=True, slots=True)
class Share:
    """What a school gets, with every step of the computation.

    Attributes:
        code: The school.
        pupils: Its third-year pupils.
        quotient: Its exact claim: seats times pupils, by all pupils.
        whole: The whole seats in it.
        remainder: What is left of the claim, 0 to below 1, exact.
        rank: Its place in the order of remainders, from 1.
        extra: 1 if it got one of the seats left over, else 0.
    """

    code: str
    pupils: int
    quotient: Fraction
    whole: int
    remainder: Fraction
    rank: int
    extra: int

    @property
    def seats(self) -> int:
        """What the school gets, in seats."""
        return self.whole + self.extra


def quota_of(seats: int, permille: int) -> int:
    """How many of a senior school's planned seats are quota seats.

    Args:
        seats: Planned seats of the senior school, 0 or more.
        permille: The share that is quota seats, 0 to 1000.

    Returns:
        Whole seats: the nearest number, a half goes up.

    Raises:
        ValueError: If a figure is out of its range.

    Source:
        Rule of the bureau (ADM-8: 300 of 1000); the rounding is stated on the page.
    """
    if seats < 0 or not 0 <= permille <= PERMILLE:
        raise ValueError(f"{permille} of 1000 of {seats} seats is no share")
    return (2 * seats * permille + PERMILLE) // (2 * PERMILLE)


def share_out(seats: int, schools: Iterable[SendingSchool]) -> tuple[Share, ...]:
    """Share seats out in proportion to third-year pupils.

    Each school gets the whole seats of its claim; seats left over go one each to the largest
    remainders. Equal remainders: the school with more pupils first, then the smaller code.

    Args:
        seats: Seats to share out, 0 or more.
        schools: The lower secondary schools, in any order.

    Returns:
        One share a school, by code; they add up to `seats`.

    Raises:
        NothingToGoBy: If there are seats and no school has a pupil.
        ValueError: If a figure is negative or a code comes twice.

    Source:
        Largest remainder with the Hare quota. A school never gets less than the whole part of its
        claim, nor more than one seat above it.
    """
    rows = sorted(schools, key=lambda school: school.code)
    _require_sound(seats, rows)
    total = sum(school.pupils for school in rows)
    if total == 0:
        if seats:
            raise NothingToGoBy("no school has a pupil")
        total = 1
    claims = [divmod(seats * school.pupils, total) for school in rows]
    left = seats - sum(whole for whole, _rest in claims)
    order = sorted(
        range(len(rows)), key=lambda at: (-claims[at][1], -rows[at].pupils, rows[at].code)
    )
    rank = {at: place for place, at in enumerate(order, start=1)}
    return tuple(
        Share(
            code=school.code,
            pupils=school.pupils,
            quotient=Fraction(seats * school.pupils, total),
            whole=whole,
            remainder=Fraction(rest, total),
            rank=rank[at],
            extra=int(rank[at] <= left),
        )
        for at, (school, (whole, rest)) in enumerate(zip(rows, claims, strict=True))
    )


def _require_sound(seats: int, rows: Sequence[SendingSchool]) -> None:
    if seats < 0 or any(school.pupils < 0 for school in rows):
        raise ValueError("seats and pupils are counted from 0")
    if len({school.code for school in rows}) < len(rows):
        raise ValueError("a school comes twice")

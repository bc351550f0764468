"""How far two people agree: one level for each of number, name, birthday and place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from junheng.evidence.engine.numbers import NO_DAY, Numbers, State
from junheng.evidence.engine.pairs import Pairs
from junheng.evidence.engine.people import Ints, People
from junheng.evidence.engine.written import UNKNOWN, WIDTH, Names

Small = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

FEW_SLIPS = 2
"""Differing digits up to which a faulty number may be the other one, mistyped."""
KEPT_DIGITS = 15
"""What is left of a number that a spreadsheet took for a figure."""


class Number(IntEnum):
    """Identity numbers of a pair."""

    MISSING, SAME, SLIP, DIFFERENT = range(4)


class Name(IntEnum):
    """Names of a pair; `PATTERN` is the same but for a character that was not written."""

    MISSING, SAME, SOUND, PATTERN, ONE_OFF, DIFFERENT = range(6)


class Birth(IntEnum):
    """Birthdays of a pair; `SLIP` is the same month and day or one part only that differs."""

    MISSING, SAME, SLIP, DIFFERENT = range(4)


class Place(IntEnum):
    """Places of a pair; `WITHIN` is an address that contains the other."""

    MISSING, SAME, WITHIN, DIFFERENT = range(4)


@dataclass(frozen=True, slots=True)
class Levels:
    """One level per pair for each of the four."""

    number: Small
    name: Small
    birth: Small
    place: Small


def compare(left: People, right: People, pairs: Pairs) -> Levels:
    """Compare every pair."""
    return Levels(
        _numbers(left.numbers, right.numbers, pairs),
        _names(left.names, right.names, pairs),
        _births(left.born[pairs.left], right.born[pairs.right]),
        _places(left, right, pairs),
    )


def _numbers(left: Numbers, right: Numbers, pairs: Pairs) -> Small:
    """Two numbers that are both sound are the same or different; a slip breaks the check."""
    one, other = left.key[pairs.left], right.key[pairs.right]
    states = left.state[pairs.left], right.state[pairs.right]
    missing = (states[0] == State.MISSING) | (states[1] == State.MISSING)
    doubtful = ~missing & ((one == UNKNOWN) | (other == UNKNOWN))
    slip = np.zeros(len(pairs), bool)
    at = np.flatnonzero(doubtful)
    apart = left.digits[pairs.left[at]] != right.digits[pairs.right[at]]
    readable = (left.digits[pairs.left[at], 0] >= 0) & (right.digits[pairs.right[at], 0] >= 0)
    lost = (states[0][at] == State.LOST_TAIL) | (states[1][at] == State.LOST_TAIL)
    few = apart.sum(axis=1) <= FEW_SLIPS
    slip[at] = readable & (few | lost & ~apart[:, :KEPT_DIGITS].any(axis=1))
    return np.select(
        [missing, (one == other) & (one != UNKNOWN), slip],
        [Number.MISSING, Number.SAME, Number.SLIP],
        Number.DIFFERENT,
    ).astype(np.int8)


def _names(left: Names, right: Names, pairs: Pairs) -> Small:
    one, other = left.whole[pairs.left], right.whole[pairs.right]
    missing = (one == UNKNOWN) | (other == UNKNOWN)
    sounds = left.sound[pairs.left], right.sound[pairs.right]
    sound = (sounds[0] == sounds[1]) & (sounds[0] != UNKNOWN)
    pattern = np.zeros(len(pairs), bool)
    one_off = np.zeros(len(pairs), bool)
    at = np.flatnonzero(~missing & (one != other) & ~sound)
    pattern[at], one_off[at] = _nearly(left, right, Pairs(pairs.left[at], pairs.right[at]))
    return np.select(
        [missing, one == other, sound, pattern, one_off],
        [Name.MISSING, Name.SAME, Name.SOUND, Name.PATTERN, Name.ONE_OFF],
        Name.DIFFERENT,
    ).astype(np.int8)


def _nearly(left: Names, right: Names, pairs: Pairs) -> tuple[Flags, Flags]:
    """Names of one length: the same but for what was not written; one character apart."""
    length, apart, unwritten = (np.zeros(len(pairs), np.int8) for _ in range(3))
    as_long = np.ones(len(pairs), bool)
    for place in range(WIDTH):
        one, other = left.characters[pairs.left, place], right.characters[pairs.right, place]
        if not one.any() and not other.any():
            break
        as_long &= (one > 0) == (other > 0)
        blank = (one == ord("?")) | (other == ord("?"))
        heard = left.syllables[pairs.left, place] != right.syllables[pairs.right, place]
        length += one > 0
        unwritten += blank
        apart += heard & ~blank
    pattern = as_long & (apart == 0) & (unwritten < length)
    return pattern, as_long & (apart == 1) & (length > 1) & (unwritten == 0)


def _births(one: Ints, other: Ints) -> Small:
    missing = (one == NO_DAY) | (other == NO_DAY)
    at = np.flatnonzero(~missing & (one != other))
    parts = zip(_parts(one[at]), _parts(other[at]), strict=True)
    agreeing = np.sum([mine == theirs for mine, theirs in parts], axis=0)
    slip = np.zeros(len(one), bool)
    slip[at] = agreeing == 2
    return np.select(
        [missing, one == other, slip], [Birth.MISSING, Birth.SAME, Birth.SLIP], Birth.DIFFERENT
    ).astype(np.int8)


def _parts(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of the month."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    counted = months.astype(np.int64)
    return counted // 12, counted % 12, (dates - months).astype(np.int64)


def _places(left: People, right: People, pairs: Pairs) -> Small:
    one, other = left.place[pairs.left], right.place[pairs.right]
    missing = (one == UNKNOWN) | (other == UNKNOWN)
    within = np.zeros(len(pairs), bool)
    at = np.flatnonzero(~missing & (one != other))
    both, first, back = np.unique(one[at] << 32 | other[at], return_index=True, return_inverse=True)
    found = np.zeros(len(both), bool)
    for place, row in enumerate(at[first].tolist()):
        here, there = left.homes[pairs.left[row]], right.homes[pairs.right[row]]
        found[place] = here in there or there in here
    within[at] = found[back]
    return np.select(
        [missing, one == other, within], [Place.MISSING, Place.SAME, Place.WITHIN], Place.DIFFERENT
    ).astype(np.int8)

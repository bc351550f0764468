"""How far two people agree: one level for each of number, name, birthday and place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from junheng.evidence.engine.numbers import NO_DAY, Numbers, State
from junheng.evidence.engine.pairs import Pairs
from junheng.evidence.engine.people import UNKNOWN, Ints, People

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

    number: Ints
    name: Ints
    birth: Ints
    place: Ints


def compare(left: People, right: People, pairs: Pairs) -> Levels:
    """Compare every pair."""
    return Levels(
        _numbers(left.numbers, right.numbers, pairs),
        _names(left, right, pairs),
        _births(left.born[pairs.left], right.born[pairs.right]),
        _places(left, right, pairs),
    )


def _numbers(left: Numbers, right: Numbers, pairs: Pairs) -> Ints:
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
    ).astype(np.int64)


def _names(left: People, right: People, pairs: Pairs) -> Ints:
    one, other = left.name[pairs.left], right.name[pairs.right]
    missing = (one == UNKNOWN) | (other == UNKNOWN)
    sounds = left.sound[pairs.left], right.sound[pairs.right]
    sound = (sounds[0] == sounds[1]) & (sounds[0] != UNKNOWN)
    pattern = np.zeros(len(pairs), bool)
    one_off = np.zeros(len(pairs), bool)
    at = np.flatnonzero(~missing & (one != other) & ~sound)
    written = left.characters[pairs.left[at]], right.characters[pairs.right[at]]
    heard = left.syllables[pairs.left[at]], right.syllables[pairs.right[at]]
    as_long = ((written[0] > 0) == (written[1] > 0)).all(axis=1)
    unwritten = (written[0] == ord("?")) | (written[1] == ord("?"))
    apart = (heard[0] != heard[1]) & ~unwritten
    length = (written[0] > 0).sum(axis=1)
    pattern[at] = as_long & ~apart.any(axis=1) & (unwritten.sum(axis=1) < length)
    one_off[at] = as_long & (apart.sum(axis=1) == 1) & (length > 1) & ~unwritten.any(axis=1)
    return np.select(
        [missing, one == other, sound, pattern, one_off],
        [Name.MISSING, Name.SAME, Name.SOUND, Name.PATTERN, Name.ONE_OFF],
        Name.DIFFERENT,
    ).astype(np.int64)


def _births(one: Ints, other: Ints) -> Ints:
    missing = (one == NO_DAY) | (other == NO_DAY)
    dates = [np.where(missing, 0, days).astype("datetime64[D]") for days in (one, other)]
    years = [day.astype("datetime64[Y]").astype(np.int64) for day in dates]
    months = [day.astype("datetime64[M]").astype(np.int64) % 12 for day in dates]
    days = [(day - day.astype("datetime64[M]")).astype(np.int64) for day in dates]
    agreeing = sum((parts[0] == parts[1]).astype(np.int64) for parts in (years, months, days))
    return np.select(
        [missing, one == other, np.asarray(agreeing) == 2],
        [Birth.MISSING, Birth.SAME, Birth.SLIP],
        Birth.DIFFERENT,
    ).astype(np.int64)


def _places(left: People, right: People, pairs: Pairs) -> Ints:
    one, other = left.place[pairs.left], right.place[pairs.right]
    missing = (one == UNKNOWN) | (other == UNKNOWN)
    within = np.zeros(len(pairs), bool)
    for at in np.flatnonzero(~missing & (one != other)).tolist():
        here, there = left.homes[pairs.left[at]], right.homes[pairs.right[at]]
        within[at] = here in there or there in here
    return np.select(
        [missing, one == other, within], [Place.MISSING, Place.SAME, Place.WITHIN], Place.DIFFERENT
    ).astype(np.int64)

"""Who in one register is who in another: certain, a candidate with a probability, or nobody.

Certain needs an identity number that is sound on both sides, that nobody else carries, and a
name that agrees. Everything else is a candidate: a person decides. In the end nobody is paired
twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from junheng.evidence.engine.levels import Birth, Levels, Name, Number, Place, compare
from junheng.evidence.engine.model import USUAL, Floats, Model, learn, probability
from junheng.evidence.engine.pairs import Pairs, likely_pairs
from junheng.evidence.engine.people import UNKNOWN, Ints, People, Person, Words, prepare

CANDIDATE_FROM = 0.2
"""Probability from which a pair is shown to a person at all."""
STRANGERS = 400_000
"""Random pairs on which chance agreements are measured."""
ENOUGH = 1_000
"""Rows on both sides from which weights are learned from the registers themselves."""
SMALLEST = 10_000
"""People among whom somebody is sought at least: a short table is part of a larger register."""
Flags = npt.NDArray[np.bool_]


class Verdict(StrEnum):
    """What is said of a pair."""

    CERTAIN = "certain"
    CANDIDATE = "candidate"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Matches:
    """Pairs that were found, by falling probability.

    Attributes:
        left, right: Rows of the two sides.
        certain: Whether the pair passes without a person.
        probability: Of being one person; 0 to 1.
        levels: How far the fields agree.
    """

    left: Ints
    right: Ints
    certain: Flags
    probability: Floats
    levels: Levels

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True, slots=True)
class Judged:
    """One pair, looked at by itself.

    Attributes:
        agreed: Fields that agree, of "number", "name", "birth", "place".
        differs: Fields that both sides have and that do not agree.
    """

    verdict: Verdict
    probability: float
    agreed: tuple[str, ...]
    differs: tuple[str, ...]


def match(left: Sequence[Person], right: Sequence[Person]) -> Matches:
    """Pair two registers, one to one.

    Args:
        left: People, each at most once; a few who are there twice do no harm.
        right: As well.
    """
    words = Words()
    ours, theirs = prepare(left, words), prepare(right, words)
    pairs = likely_pairs(ours, theirs)
    levels = compare(ours, theirs, pairs)
    prior = 1 / max(len(left), len(right), SMALLEST)
    model = _model(ours, theirs, levels, prior)
    chance = probability(model.evidence(levels), prior)
    certain = _certain(ours, theirs, pairs, levels)
    kept = np.flatnonzero(certain | (chance >= CANDIDATE_FROM))
    best = kept[np.lexsort((pairs.right[kept], pairs.left[kept], -chance[kept], ~certain[kept]))]
    best = best[_one_to_one(pairs.left[best], pairs.right[best])]
    return Matches(
        pairs.left[best], pairs.right[best], certain[best], chance[best], _at(levels, best)
    )


def judge(person: Person, rows: Sequence[Person], *, register_size: int) -> list[Judged]:
    """What each row of a register has to do with somebody; see `judge_all`."""
    return judge_all([(person, rows)], register_size=register_size)[0]


def judge_all(
    asked: Sequence[tuple[Person, Sequence[Person]]], *, register_size: int
) -> list[list[Judged]]:
    """What rows of a register have to do with those somebody asks for, all at once.

    Args:
        asked: Each person, with what the register has that may be meant: at least every row
            with the person's number.
        register_size: How many people the register has, at least 1.

    Returns:
        For each person one per row. Two rows of different people with a person's number: neither
        is certain.
    """
    words = Words()
    counts = [len(rows) for _, rows in asked]
    ones = prepare([person for person, _ in asked], words)
    others = prepare([row for _, rows in asked for row in rows], words)
    pairs = Pairs(np.repeat(np.arange(len(asked)), counts), np.arange(len(others)))
    levels = compare(ones, others, pairs)
    chance = probability(USUAL.evidence(levels), 1 / max(register_size, SMALLEST))
    certain = _agreed(levels) & ~_shared(others)
    columns = [getattr(levels, field).tolist() for field in AGREE]
    judged = map(_judged, zip(*columns, strict=True), chance.tolist(), certain.tolist())
    return [[next(judged) for _ in range(count)] for count in counts]


def _model(left: People, right: People, levels: Levels, prior: float) -> Model:
    if min(len(left), len(right)) < ENOUGH:
        return USUAL
    chance = np.random.default_rng(len(left))
    strangers = Pairs(
        chance.integers(0, len(left), STRANGERS), chance.integers(0, len(right), STRANGERS)
    )
    return learn(levels, compare(left, right, strangers), prior)


def _certain(left: People, right: People, pairs: Pairs, levels: Levels) -> Flags:
    """Number and name agree, and the number is nobody else's on either side."""
    shared = _shared(left)[pairs.left] | _shared(right)[pairs.right]
    result: Flags = _agreed(levels) & ~shared
    return result


def _agreed(levels: Levels) -> Flags:
    """Number and name agree; with another birthday only a name that is quite the same."""
    name = np.isin(levels.name, (Name.SAME, Name.SOUND, Name.PATTERN))
    birth = (levels.birth != Birth.DIFFERENT) | (levels.name == Name.SAME)
    result: Flags = (levels.number == Number.SAME) & name & birth
    return result


def _shared(people: People) -> Flags:
    """Rows whose number stands under another name too, even one that sounds alike (twins)."""
    order = np.lexsort((people.name, people.numbers.key))
    key, name = people.numbers.key[order], people.name[order]
    next_is_other = (key[1:] == key[:-1]) & (name[1:] != name[:-1]) & (key[1:] != UNKNOWN)
    suspects = key[1:][next_is_other]
    shared: Flags = np.isin(people.numbers.key, suspects)
    return shared


def _one_to_one(left: Ints, right: Ints) -> Ints:
    """Places of the pairs that are kept, going from the best to the worst."""
    seen_left: set[int] = set()
    seen_right: set[int] = set()
    kept = []
    for place, (row, column) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        if row not in seen_left and column not in seen_right:
            seen_left.add(row)
            seen_right.add(column)
            kept.append(place)
    return np.array(kept, np.int64)


def _at(levels: Levels, rows: Ints) -> Levels:
    return Levels(levels.number[rows], levels.name[rows], levels.birth[rows], levels.place[rows])


AGREE: dict[str, set[int]] = {
    "number": {Number.SAME},
    "name": {Name.SAME, Name.SOUND, Name.PATTERN},
    "birth": {Birth.SAME},
    "place": {Place.SAME, Place.WITHIN},
}


def _judged(found: tuple[int, ...], chance: float, certain: bool) -> Judged:  # noqa: FBT001
    by_field = dict(zip(AGREE, found, strict=True))
    agreed = tuple(field for field, level in by_field.items() if level in AGREE[field])
    differs = tuple(field for field, level in by_field.items() if level and field not in agreed)
    if certain:
        return Judged(Verdict.CERTAIN, chance, agreed, differs)
    verdict = Verdict.CANDIDATE if chance >= CANDIDATE_FROM else Verdict.NONE
    return Judged(verdict, chance, agreed, differs)

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
from junheng.evidence.engine.pairs import Pairs, born_alike, likely_pairs
from junheng.evidence.engine.people import Ints, People, Person, Words, prepare
from junheng.evidence.engine.written import UNKNOWN

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
    return match_people(prepare(left, words), prepare(right, words))


def match_people(ours: People, theirs: People) -> Matches:
    """Pair two registers that were prepared with the same words, one to one."""
    pairs = likely_pairs(ours, theirs)
    levels = compare(ours, theirs, pairs)
    prior = 1 / max(len(ours), len(theirs), SMALLEST)
    certain = _certain(ours, theirs, pairs, levels)
    waiting = _unsettled(pairs, certain | _same_but_for_number(levels))
    model = _model(ours, theirs, levels, waiting, prior)
    chance = probability(model.evidence(levels), prior)
    kept = np.flatnonzero(certain | (chance >= CANDIDATE_FROM))
    best = kept[np.lexsort((pairs.right[kept], pairs.left[kept], -chance[kept], ~certain[kept]))]
    best = best[one_to_one(pairs.left[best], pairs.right[best])]
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


def _same_but_for_number(levels: Levels) -> Flags:
    """Name, birthday and place agree, and no sound number speaks against it."""
    name = np.isin(levels.name, (Name.SAME, Name.SOUND, Name.PATTERN))
    rest = (levels.birth == Birth.SAME) & (levels.place == Place.SAME)
    result: Flags = name & rest & (levels.number != Number.DIFFERENT)
    return result


def _unsettled(pairs: Pairs, settling: Flags) -> Flags:
    """Pairs of whose people neither is in a pair that settles who it is."""
    result = np.ones(len(pairs), bool)
    for rows in (pairs.left, pairs.right):
        settled = np.zeros(rows.max(initial=-1) + 1, bool)
        settled[rows[settling]] = True
        result &= ~settled[rows]
    return result


def _model(left: People, right: People, levels: Levels, waiting: Flags, prior: float) -> Model:
    if min(len(left), len(right)) < ENOUGH:
        return USUAL
    random = np.random.default_rng(len(left))
    strangers = Pairs(
        random.integers(0, len(left), STRANGERS), random.integers(0, len(right), STRANGERS)
    )
    of_day = born_alike(left, right, strangers.left, random)
    by_chance = compare(left, right, strangers), compare(left, right, of_day)
    return learn(levels, _at(levels, np.flatnonzero(waiting)), *by_chance, prior)


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
    keys = people.numbers.key
    ordered = np.sort(keys)
    again = ordered[1:][(ordered[1:] == ordered[:-1]) & (ordered[1:] != UNKNOWN)]
    rows = np.flatnonzero(np.isin(keys, again))
    rows = rows[np.lexsort((people.names.whole[rows], keys[rows]))]
    key, name = keys[rows], people.names.whole[rows]
    suspects = key[1:][(key[1:] == key[:-1]) & (name[1:] != name[:-1])]
    shared: Flags = np.isin(keys, suspects)
    return shared


def one_to_one(left: Ints, right: Ints) -> Ints:
    """Places of the pairs that are kept, going from the best to the worst.

    A pair that comes first for both of its people is kept, and the others of both fall away;
    that is repeated, and gives what going one by one would give.
    """
    kept = [np.zeros(0, np.int64)]
    waiting = np.arange(len(left))
    first = [np.zeros(rows.max(initial=-1) + 1, np.int64) for rows in (left, right)]
    taken = [np.zeros(len(rows), bool) for rows in first]
    while len(waiting):
        rows, columns = left[waiting], right[waiting]
        first[0][rows[::-1]] = first[1][columns[::-1]] = waiting[::-1]
        best = waiting[(first[0][rows] == waiting) & (first[1][columns] == waiting)]
        kept.append(best)
        taken[0][left[best]] = taken[1][right[best]] = True
        waiting = waiting[~(taken[0][rows] | taken[1][columns])]
    return np.sort(np.concatenate(kept))


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

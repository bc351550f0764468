"""By which step somebody of one list was found in another: what an officer reads beside a hit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from junheng.evidence.engine.levels import Birth, Name, Number, Place
from junheng.evidence.engine.matching import match
from junheng.evidence.engine.people import Person

ALIKE = (Name.SAME, Name.SOUND, Name.PATTERN)


class Step(StrEnum):
    """How somebody was found, from the surest step to the least sure one."""

    EXACT = "exact"
    NORMALISED = "normalised"
    NAME_BIRTH_PLACE = "name_birth_place"
    PROBABLE = "probable"


@dataclass(frozen=True, slots=True)
class Pair:
    """Somebody of the left list who is, as far as one can say, somebody of the right one.

    Attributes:
        left, right: Their places in the lists, from 0.
        certain: Number and name agree and the number is nobody else's.
        probability: Of being one person; 0 to 1.
        step: How they were found.
    """

    left: int
    right: int
    certain: bool
    probability: float
    step: Step


def pairs_of(left: Sequence[Person], right: Sequence[Person]) -> list[Pair]:
    """Pair two lists one to one, each pair with the step that found it, the surest first.

    Args:
        left: People, each once.
        right: As well.
    """
    found = match(left, right)
    of_pairs = (found.left, found.right, found.certain, found.probability)
    of_levels = (getattr(found.levels, field) for field in ("number", "name", "birth", "place"))
    columns = zip(*(column.tolist() for column in (*of_pairs, *of_levels)), strict=True)
    return [
        Pair(row, other, certain, chance, _step(left[row], right[other], levels, certain=certain))
        for row, other, certain, chance, *levels in columns
    ]


def _step(one: Person, other: Person, levels: Sequence[int], *, certain: bool) -> Step:
    number, name, birth, place = levels
    if certain:
        same = one.resident_id == other.resident_id
        return Step.EXACT if same else Step.NORMALISED
    agrees = name in ALIKE and birth == Birth.SAME and place in (Place.SAME, Place.WITHIN)
    if agrees and number in (Number.MISSING, Number.SLIP):
        return Step.NAME_BIRTH_PLACE
    return Step.PROBABLE

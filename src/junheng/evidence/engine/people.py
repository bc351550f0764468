"""Who is compared: what a family states of somebody, or what a register says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from junheng.evidence.engine.names import PLACEHOLDER, clean_name, clean_place, syllables_of
from junheng.evidence.engine.numbers import NO_DAY, Numbers, read_numbers

Ints = npt.NDArray[np.int64]
UNKNOWN = -1
WIDTH = 12
"""Characters of a name that are compared one by one; longer names are compared as a whole too."""
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name, identity number, day of birth and place; "" and None are unknown.

    Attributes:
        name: As written.
        resident_id: As written: 18 or 15 characters, full-width, lower-case x, mistyped.
        born_on: The day of birth, if it was told apart from the number.
        place: Village, block or address, as a code or in words.
    """

    name: str
    resident_id: str = ""
    born_on: date | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Many people as columns of whole numbers, ready to be compared.

    Attributes:
        numbers: Identity numbers, read.
        name: The same figure for the same cleaned name.
        sound: The same figure for names that sound alike; placeholders sound like nothing.
        surname: The first syllable; `UNKNOWN` where it is a placeholder or there is no name.
        characters, syllables: Position by position, 0 where the name has ended.
        born: Days since 1970, from the date or else from a number that is sound; `NO_DAY`.
        place: The same figure for the same place; `UNKNOWN`.
        homes: The cleaned places.
    """

    numbers: Numbers
    name: Ints
    sound: Ints
    surname: Ints
    characters: Ints
    syllables: Ints
    born: Ints
    place: Ints
    homes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.name)


class Words:
    """Gives every word a figure; two registers that are compared share one."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def figure(self, word: str) -> int:
        """The figure of a word; `UNKNOWN` for no word."""
        return self._known.setdefault(word, len(self._known) + 1) if word else UNKNOWN

    def figures(self, words: Iterable[str]) -> Ints:
        """The figures of many."""
        return np.fromiter((self.figure(word) for word in words), np.int64)


def prepare(people: Sequence[Person], words: Words) -> People:
    """Read everything once, so that pairs are compared by whole numbers only.

    Args:
        people: One register, or those somebody asks for.
        words: The same for both sides of a comparison.
    """
    names = [clean_name(person.name) for person in people]
    sounds = [syllables_of(name) for name in names]
    numbers = read_numbers([person.resident_id for person in people])
    told = np.fromiter(
        (p.born_on.toordinal() - EPOCH if p.born_on else NO_DAY for p in people),
        np.int64,
        len(people),
    )
    homes = tuple(clean_place(person.place) for person in people)
    return People(
        numbers=numbers,
        name=words.figures(names),
        sound=words.figures(_as_one(sound) for sound in sounds),
        surname=words.figures(_surname(sound) for sound in sounds),
        characters=_grid([list(map(ord, name)) for name in names]),
        syllables=_grid([[words.figure(part) for part in sound] for sound in sounds]),
        born=np.where(told == NO_DAY, numbers.born, told),
        place=words.figures(homes),
        homes=homes,
    )


def _as_one(sound: Sequence[str]) -> str:
    return "" if PLACEHOLDER in sound else " ".join(sound)


def _surname(sound: Sequence[str]) -> str:
    first = sound[0] if sound else ""
    return "" if first == PLACEHOLDER else f"{first} …"


def _grid(rows: Sequence[Sequence[int]]) -> Ints:
    padded = [(*row[:WIDTH], *(0,) * (WIDTH - len(row))) for row in rows]
    return np.array(padded, np.int64).reshape(len(rows), WIDTH)

"""Who is compared: what a family states of somebody, or what a register says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from junheng.evidence.engine.names import clean_place
from junheng.evidence.engine.numbers import NO_DAY, Numbers, read_numbers
from junheng.evidence.engine.written import UNKNOWN, Names, read_names

Ints = npt.NDArray[np.int64]
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
        names: Names, read.
        born: Days since 1970, from the date or else from a number that is sound; `NO_DAY`.
        place: The same figure for the same place; `UNKNOWN`.
        homes: The cleaned places.
    """

    numbers: Numbers
    names: Names
    born: Ints
    place: Ints
    homes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.born)


class Words:
    """Gives every word a figure; two registers that are compared share one."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def figure(self, word: str) -> int:
        """The figure of a word; `UNKNOWN` for no word."""
        return self._known.setdefault(word, len(self._known) + 1) if word else UNKNOWN


def prepare(people: Sequence[Person], words: Words) -> People:
    """Read everything once, so that pairs are compared by whole numbers only.

    Args:
        people: One register, or those somebody asks for.
        words: The same for both sides of a comparison.
    """
    numbers = read_numbers([person.resident_id for person in people])
    told = np.fromiter(
        (p.born_on.toordinal() - EPOCH if p.born_on else NO_DAY for p in people),
        np.int64,
        len(people),
    )
    places = [person.place for person in people]
    homes = {place: clean_place(place) for place in set(places)}
    figures = {place: words.figure(home) for place, home in homes.items()}
    return People(
        numbers=numbers,
        names=read_names([person.name for person in people]),
        born=np.where(told == NO_DAY, numbers.born, told),
        place=np.fromiter((figures[place] for place in places), np.int64, len(people)),
        homes=tuple(homes[place] for place in places),
    )

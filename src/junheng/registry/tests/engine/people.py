"""Invented people as columns of figures, with names and numbers as unevenly spread as in life."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
NONE = -1
SURNAMES, CHARACTERS, SYLLABLES, AREAS = 400, 1_500, 380, 30
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECKS = np.array([1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2])
SOUND, FAULTY, MISSING = 0, 1, 2
STATES = np.array(["sound", "faulty", "missing"], dtype=object)


@dataclass
class People:
    """Figures of many people; `digits` are their numbers' characters, 10 for X."""

    surname: Ints
    first: Ints
    rest: Ints
    born: Ints
    male: Ints
    digits: Ints
    state: Ints

    def __len__(self) -> int:
        return len(self.surname)

    def at(self, rows: Ints) -> Self:
        """Copies of some of them."""
        return type(self)(*(getattr(self, part.name)[rows].copy() for part in fields(self)))

    def with_(self, more: Self) -> Self:
        """These, and others behind them."""
        parts = (part.name for part in fields(self))
        return type(self)(
            *(np.concatenate([getattr(self, part), getattr(more, part)]) for part in parts)
        )


def draw_people(chance: np.random.Generator, born: Ints, *, offset: int = 0) -> People:
    """People with these birthdays, and sound numbers that nobody has twice.

    Args:
        chance: Where everything is drawn from.
        born: Days since 1970.
        offset: Keeps the numbers apart from those drawn with another offset; 0 to 3.
    """
    count = len(born)
    rest = uneven(chance, CHARACTERS, count)
    rest[chance.random(count) < 0.12] = NONE
    male = (chance.random(count) < 0.52).astype(np.int64)
    people = People(
        uneven(chance, SURNAMES, count),
        uneven(chance, CHARACTERS, count),
        rest,
        born,
        male,
        np.zeros((count, 18), np.int64),
        np.full(count, SOUND),
    )
    people.digits = numbers(uneven(chance, AREAS, count) + AREAS * offset, born, male)
    return people


def uneven(chance: np.random.Generator, kinds: int, count: int) -> Ints:
    """Draw kinds of which the first are common and the last are rare."""
    return np.minimum((kinds * chance.random(count) ** 1.8).astype(np.int64), kinds - 1)


def numbers(area: Ints, born: Ints, male: Ints) -> Ints:
    """Sound numbers: area, birthday, and an order that goes up within both, odd for boys."""
    order = np.lexsort((born, area))
    same = (np.diff(area[order], prepend=-1) == 0) & (np.diff(born[order], prepend=-1) == 0)
    place = np.arange(len(born))
    rank = np.empty(len(born), np.int64)
    rank[order] = place - np.maximum.accumulate(np.where(same, 0, place))
    order_code = (rank + born * 31 + area * 7) % 500 * 2 + male
    days = born.astype("datetime64[D]")
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    month = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    figure = (((990_000 + area) * 10_000 + year) * 100 + month) * 100 + day
    return checked((figure * 1_000 + order_code)[:, None] // 10 ** np.arange(16, -1, -1) % 10)


def checked(digits: Ints) -> Ints:
    """Seventeen digits each with the check character that fits."""
    return np.concatenate([digits, CHECKS[digits @ WEIGHTS % 11][:, None]], axis=1)


def slip(chance: np.random.Generator, people: People) -> None:
    """One wrong digit, or two neighbours changed about, in every number; none fits any more."""
    for row in range(len(people)):
        at = int(chance.integers(0, 17))
        digits = people.digits[row]
        if chance.random() < 0.3 and digits[at] != digits[at + 1] and digits[at + 1] < 10:
            digits[at], digits[at + 1] = digits[at + 1], digits[at]
        else:
            digits[at] = (digits[at] + chance.integers(1, 10)) % 10
    people.state[:] = FAULTY


def without_numbers(people: People, rows: npt.NDArray[np.bool_]) -> None:
    """Leave the numbers of some unwritten."""
    people.state[rows] = MISSING


def _sounds() -> tuple[Ints, Ints]:
    chance = np.random.default_rng(7)
    return chance.integers(0, SYLLABLES, SURNAMES), chance.integers(0, SYLLABLES, CHARACTERS)


SURNAME_SOUNDS, SOUNDS = _sounds()


def homophone(chance: np.random.Generator, character: Ints) -> Ints:
    """For each character another that sounds alike, where there is one."""
    written = [np.flatnonzero(sound == SOUNDS) for sound in range(SYLLABLES)]
    return np.array([chance.choice(written[SOUNDS[one]]) for one in character.tolist()], np.int64)


def columns(people: People) -> dict[str, Any]:
    """What a snapshot has of them, with figures in the place of blind indexes; `NONE` is null."""
    known = people.state != MISSING
    sounds = SURNAME_SOUNDS[people.surname], SOUNDS[people.first]
    last = np.where(people.rest == NONE, NONE, SOUNDS[people.rest])
    digits = people.digits
    return {
        "name_key": (people.surname * CHARACTERS + people.first) * CHARACTERS + people.rest + 1,
        "sound_key": (sounds[0] * 400 + sounds[1]) * 400 + last + 1,
        "sound_1": sounds[0],
        "sound_2": sounds[1],
        "sound_3": last,
        **{
            f"id_{name}": np.where(known, _figure(digits[:, kept]), NONE)
            for name, kept in KEPT.items()
        },
        "id_state": STATES[people.state],
        "id_born": np.where(people.state == SOUND, _born(digits), NONE),
        "id_sex": np.where(people.state == SOUND, np.where(digits[:, 16] % 2, 1, 2), NONE),
        "born_on": people.born,
        "sex": np.where(people.male == 1, 1, 2),
    }


KEPT = {
    "key": list(range(18)),
    "but_area": list(range(6, 18)),
    "but_birth": [*range(6), *range(14, 18)],
    "but_order": [*range(14), 16, 17],
    "but_end": list(range(15)),
}


def _figure(digits: Ints) -> Ints:
    width = digits.shape[1]
    figure: Ints = digits[:, :-1] @ 10 ** np.arange(width - 2, -1, -1) * 11 + digits[:, -1]
    return figure


def _born(digits: Ints) -> Ints:
    part = digits[:, 6:14] @ 10 ** np.arange(7, -1, -1)
    part = np.where(digits[:, 6] > 0, part, 20_000_101)
    months = (part // 10_000 - 1970) * 12 + part // 100 % 100 - 1
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + part % 100 - 1

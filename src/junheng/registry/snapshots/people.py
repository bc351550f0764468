"""From names and numbers in the clear to what a snapshot may carry of them.

Here, and nowhere below, they are read in the clear: whether the number is sound, the date and sex
in it, and blind indexes of the whole and its parts. The indexes of names have purposes of their
own, so that nobody can look a name up in another table by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from junheng.commons.sealing import blind_index
from junheng.evidence.facade import (
    NumberState,
    clean_name,
    comparable,
    number_index,
    read_numbers,
    syllables_of,
)

NAME, SOUND, PART, PHONE = (f"registry.integrity.{of}" for of in ("name", "sound", "part", "phone"))
STATES = {
    NumberState.MISSING: "missing",
    NumberState.SOUND: "sound",
    NumberState.OLD: "old",
    NumberState.LOST_TAIL: "lost_tail",
    NumberState.FAULTY: "faulty",
}
WITHOUT = {
    "id_but_area": slice(0, 6),
    "id_but_birth": slice(6, 14),
    "id_but_order": slice(14, 16),
    "id_but_end": slice(15, 18),
}
FIRST = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody in the clear, for as long as this is looked at."""

    name: str
    resident_id: str
    born_on: date | None = None
    sex: str = ""
    key: str = ""


def columns_of(people: Sequence[Told]) -> dict[str, list[Any]]:
    """What the tables of a snapshot have of each person, by column."""
    numbers = read_numbers([one.resident_id for one in people])
    states = [STATES[NumberState(state)] for state in numbers.state.tolist()]
    columns = _names(one.name for one in people)
    columns |= {"id_state": states, "id_key": [_key(one) for one in people]}
    columns["id_born"] = [
        FIRST + timedelta(days=days) if state in {"sound", "old"} else None
        for state, days in zip(states, numbers.born.tolist(), strict=True)
    ]
    columns["id_sex"] = [
        ("1" if digit % 2 else "2") if state in {"sound", "old"} else None
        for state, digit in zip(states, numbers.digits[:, 16].tolist(), strict=True)
    ]
    for column, gone in WITHOUT.items():
        columns[column] = [_without(one.resident_id, gone) for one in people]
    columns["born_on"] = [one.born_on for one in people]
    columns["sex"] = [one.sex or None for one in people]
    return columns


def phone_key(phone: str) -> str | None:
    """The blind index of a telephone, for this comparison only."""
    return blind_index(phone, PHONE) if phone.strip() else None


def _key(one: Told) -> str | None:
    return one.key or number_index(one.resident_id) or None


def _without(number: str, gone: slice) -> str | None:
    written = comparable(number)
    if len(written) != 18:
        return None
    kept = "".join("*" if at in range(*gone.indices(18)) else c for at, c in enumerate(written))
    return blind_index(kept, PART)


def _names(names: Iterable[str]) -> dict[str, list[Any]]:
    rows = [_sounds(clean_name(name)) for name in names]
    titles = ("name_key", "sound_key", "sound_1", "sound_2", "sound_3")
    return {title: [row[at] for row in rows] for at, title in enumerate(titles)}


@lru_cache(maxsize=100_000)
def _sounds(name: str) -> tuple[str | None, ...]:
    if not name:
        return (None,) * 5
    heard = syllables_of(name)
    parts = [_part(1, heard[:1]), _part(2, heard[1:2]), _part(3, heard[2:])]
    return (blind_index(name, NAME), blind_index(" ".join(heard), SOUND), *parts)


@lru_cache(maxsize=10_000)
def _part(place: int, heard: tuple[str, ...]) -> str | None:
    return blind_index(" ".join(heard), f"{SOUND}.{place}") if heard else None

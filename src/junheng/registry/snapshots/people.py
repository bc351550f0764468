"""From names and numbers in the clear to what a snapshot may carry of them.

Here, and nowhere below, they are read in the clear: whether the number is sound, the date and sex
in it, and blind indexes of the whole and its parts. Only the index of the whole number is the one
that other tables have; those of names, parts and telephones are made with a key derived for this
alone, so that nobody can look them up elsewhere. They are BLAKE2b with a key (RFC 7693) of the
standard library, many times as fast as the installation's index: a district has a million of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
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
from junheng.registry.engine.id_numbers import other_paper, sound

NAME, SOUND, PART, PHONE = "name", "sound", "part", "phone"
BYTES = 15
STATES = {
    NumberState.MISSING: "missing",
    NumberState.SOUND: "sound",
    NumberState.OLD: "old",
    NumberState.LOST_TAIL: "lost_tail",
    NumberState.FAULTY: "faulty",
}
OTHER = "other"
WITHOUT = {
    "id_but_area": slice(0, 6),
    "id_but_birth": slice(6, 14),
    "id_but_order": slice(14, 16),
    "id_but_end": slice(15, 18),
}
KNOWN = frozenset({"sound", "old"})
"""States of a number that says when somebody was born."""
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
    secret = _secret()
    columns = _names(secret, (one.name for one in people)) | numbers_of(people)
    written = [comparable(one.resident_id) for one in people]
    for column, gone in WITHOUT.items():
        columns[column] = [_without(secret, number, gone) for number in written]
    columns["born_on"] = [one.born_on for one in people]
    columns["sex"] = [one.sex or None for one in people]
    return columns


def numbers_of(people: Sequence[Told]) -> dict[str, list[Any]]:
    """What is known of each person's number: its index, whether it is sound, what it says.

    A number that ends in three zeros may have lost its tail in a spreadsheet; where its check
    character fits all the same, it is somebody's number and nothing can be said against it.
    """
    texts = [one.resident_id for one in people]
    numbers = read_numbers(texts)
    states = [STATES[NumberState(state)] for state in numbers.state.tolist()]
    born = [
        FIRST + timedelta(days=days) if state in KNOWN else None
        for state, days in zip(states, numbers.born.tolist(), strict=True)
    ]
    short = [n for n, state in enumerate(states) if state == STATES[NumberState.LOST_TAIL]]
    whole = [comparable(texts[n]) for n in short]
    for n, text, fits in zip(short, whole, sound(whole).tolist(), strict=True):
        if fits:
            states[n], born[n] = STATES[NumberState.SOUND], date.fromisoformat(text[6:14])
    for n, state in enumerate(states):
        if state == STATES[NumberState.FAULTY] and other_paper(comparable(texts[n])):
            states[n] = OTHER
    return {
        "id_state": states,
        "id_key": [_key(one) for one in people],
        "id_born": born,
        "id_sex": [
            ("1" if digit % 2 else "2") if state in KNOWN else None
            for state, digit in zip(states, numbers.digits[:, 16].tolist(), strict=True)
        ],
    }


def phone_keys(phones: Iterable[str]) -> list[str | None]:
    """Indexes of telephones, for this comparison only."""
    secret = _secret()
    return [_index(secret, PHONE, phone.strip()) if phone.strip() else None for phone in phones]


def _secret() -> bytes:
    """The key of these indexes, from the installation's."""
    return blind_index("", "registry.integrity").encode()


def _index(secret: bytes, purpose: str, text: str) -> str:
    return blake2b(f"{purpose}\0{text}".encode(), digest_size=BYTES, key=secret).hexdigest()


def _key(one: Told) -> str | None:
    return one.key or number_index(one.resident_id) or None


def _without(secret: bytes, number: str, gone: slice) -> str | None:
    if len(number) != 18:
        return None
    return _index(secret, f"{PART} {gone.start}", f"{number[: gone.start]}*{number[gone.stop :]}")


def _names(secret: bytes, names: Iterable[str]) -> dict[str, list[Any]]:
    rows = [_sounds(secret, clean_name(name)) for name in names]
    titles = ("name_key", "sound_key", "sound_1", "sound_2", "sound_3")
    return {title: [row[at] for row in rows] for at, title in enumerate(titles)}


@lru_cache(maxsize=20_000)
def _sounds(secret: bytes, name: str) -> tuple[str | None, ...]:
    if not name:
        return (None,) * 5
    heard = syllables_of(name)
    parts = [" ".join(part) for part in (heard[:1], heard[1:2], heard[2:])]
    indexed = [
        _index(secret, f"{SOUND} {n}", part) if part else None for n, part in enumerate(parts)
    ]
    return (_index(secret, NAME, name), _index(secret, SOUND, " ".join(heard)), *indexed)

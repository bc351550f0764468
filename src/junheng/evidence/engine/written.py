"""Names by the million: cleaned, and how they sound, as columns of whole numbers.

The rules are those of `names`, character by character. A name in which a character vanishes or
becomes several when it is cleaned is read by `names` itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count

import numpy as np
import numpy.typing as npt

from junheng.evidence.engine.names import PLACEHOLDER, clean_name, syllables_of

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
UNKNOWN = -1
WIDTH = 12
"""Characters of a name that are compared one by one; longer names are compared as a whole too."""
_POINTS = 0x110000
_NOT_READ, _BY_ITSELF = -1, -2
_UNWRITTEN = 1
"""The figure of the syllable that could not be written; 0 is where a name has ended."""


@dataclass(frozen=True, slots=True)
class Names:
    """A column of names.

    Attributes:
        whole: The same figure for the same cleaned name; `UNKNOWN` for none.
        sound: The same figure for names that sound alike; placeholders sound like nothing.
        surname: How the first character sounds; `UNKNOWN` for a placeholder or no name.
        characters, syllables: Position by position, 0 where the name has ended.
    """

    whole: Ints
    sound: Ints
    surname: Ints
    characters: Codes
    syllables: Codes


class _Characters:
    """What each character becomes and how it sounds; learned as they are met."""

    def __init__(self) -> None:
        self.cleaned = np.full(_POINTS, _NOT_READ, np.int32)
        self.sound = np.zeros(_POINTS, np.int32)
        self.first = np.zeros(_POINTS, np.int32)
        self._next = count(_UNWRITTEN + 1)
        self._figures: dict[str, int] = {PLACEHOLDER: _UNWRITTEN}
        self.cleaned[0] = 0

    def meet(self, codes: Codes) -> None:
        """Learn those that were not met before."""
        for code in np.unique(codes[self.cleaned[codes] == _NOT_READ]).tolist():
            plain = _plain(chr(code))
            self._hear(plain)
            self.cleaned[code] = ord(plain) if plain else _BY_ITSELF

    def _hear(self, text: str) -> None:
        for character in text:
            code = ord(character)
            self.sound[code] = self._figure(syllables_of(f" {character}")[1])
            self.first[code] = self._figure(syllables_of(character)[0])

    def spell(self, text: str) -> list[int]:
        """A cleaned name, its characters learned."""
        self._hear(text)
        return [ord(character) for character in text]

    def _figure(self, syllable: str) -> int:
        return self._figures.setdefault(syllable, next(self._next))


_met = _Characters()


def _plain(character: str) -> str:
    """What a character becomes, if it becomes one whatever stands beside it; else ""."""
    if unicodedata.category(character)[0] == "M" or "\u1100" <= character <= "\u11ff":
        return ""
    plain = clean_name(character)
    return plain if len(plain) == 1 else ""


def read_names(texts: Sequence[str]) -> Names:
    """Clean and hear a column.

    Args:
        texts: As written; "" is missing.
    """
    codes = codes_of(texts, WIDTH + 1)
    _met.meet(codes)
    characters = _met.cleaned[codes[:, :WIDTH]]
    rest = np.zeros((2, len(texts)), np.uint64)
    special = (characters == _BY_ITSELF).any(axis=1) | (codes[:, WIDTH] != 0)
    for row in np.flatnonzero(special).tolist():
        name = clean_name(texts[row])
        spelt = _met.spell(name)[:WIDTH]
        characters[row] = [*spelt, *(0,) * (WIDTH - len(spelt))]
        rest[:, row] = _rest(name)
    syllables = _met.sound[characters]
    syllables[:, 0] = _met.first[characters[:, 0]]
    heard = (syllables[:, 0] != 0) & ~_unwritten(syllables, rest[1])
    first = syllables[:, 0].astype(np.int64)
    return Names(
        np.where(characters[:, 0] == 0, UNKNOWN, mixed(characters, rest[0])),
        np.where(heard, mixed(syllables, rest[1]), UNKNOWN),
        np.where(first > _UNWRITTEN, first, UNKNOWN),
        characters,
        syllables,
    )


def codes_of(texts: Sequence[str], width: int) -> Codes:
    """The characters of a column, 0 where a text has ended; what is longer is cut."""
    column = np.array(texts, f"U{width}") if len(texts) else np.zeros(0, f"U{width}")
    return column.view(np.int32).reshape(len(texts), width)


_ENDLESS = np.uint64(2**64 - 1)


def _unwritten(syllables: Codes, rest: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (syllables == _UNWRITTEN).any(axis=1) | (rest == _ENDLESS)
    return found


def _rest(name: str) -> tuple[int, int]:
    """Figures of what stands behind the compared characters, as written and as heard."""
    sounds = syllables_of(name)[WIDTH:]
    heard = int(_ENDLESS) if PLACEHOLDER in sounds else _digest(" ".join(sounds))
    return _digest(name[WIDTH:]), heard


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 1 if text else 0


_FACTORS = np.random.default_rng(20261127).integers(2**62, 2**63, 32).astype(np.uint64) * 2 + 1


def mixed(columns: npt.NDArray[np.integer], more: npt.NDArray[np.uint64] | int = 0) -> Ints:
    """One figure of 63 bits per row: the same for the same row, another for another.

    Among a million rows two different ones share a figure once in ten million times; nobody is
    certain by a name alone.
    """
    total = np.zeros(len(columns), np.uint64) + np.uint64(more) * _FACTORS[-1]
    for place in range(columns.shape[1]):
        total += columns[:, place].astype(np.uint64) * _FACTORS[place]
    total ^= total >> np.uint64(29)
    figures: Ints = (total >> np.uint64(1)).astype(np.int64)
    return figures

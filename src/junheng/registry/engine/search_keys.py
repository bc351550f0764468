"""Under what a pupil is found: the beginnings of the name, and of its pinyin initials.

Plain text in, plain text out: whoever stores these makes tokens of them with a key, since a name
is sealed wherever it is stored.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

LONGEST = 4
"""Characters or letters of the longest beginning; what is longer is compared after opening."""
BY_NAME, BY_INITIALS = "n", "i"
_BETWEEN = re.compile(r"[\s\u00b7\u2022\u2027\u30fb\uff0e.'\-]+")
_LETTERS = re.compile(r"[a-z]+")


class Key(NamedTuple):
    """A beginning of a name, or of its initials."""

    kind: str
    text: str

    @property
    def part(self) -> int:
        """Which of a pupil's keys it is, by kind and length: 1 to 4 by name, 11 to 14 by initials.

        A surname that is read in two ways has a second row of initials: 21 to 24.
        """
        return len(self.text) + (0 if self.kind == BY_NAME else 10)


def plain_name(name: str) -> str:
    """A name as it is compared: no blanks, no dots between its parts, letters in lower case."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", name)).lower()


def keys_of(name: str) -> dict[int, Key]:
    """Every key under which somebody of this name is found, by its part.

    >>> [key.text for key in keys_of("\u66fe\u4e00\u8bfa").values()]
    ['\u66fe', '\u66fe\u4e00', '\u66fe\u4e00\u8bfa', 'z', 'zy', 'zyn']
    """
    plain = plain_name(name)
    found = {key.part: key for key in _beginnings(BY_NAME, plain)}
    for turn, letters in enumerate(initials_of(plain)[:2]):
        found |= {key.part + 10 * turn: key for key in _beginnings(BY_INITIALS, letters)}
    return found


def asked(query: str) -> Key | None:
    """The key that a search is about; None where nothing was asked.

    Letters mean initials, everything else a name. No more than `LONGEST` of it becomes a key.
    """
    plain = plain_name(query)
    if not plain:
        return None
    kind = BY_INITIALS if _LETTERS.fullmatch(plain) else BY_NAME
    return Key(kind, plain[:LONGEST])


def is_found_by(name: str, query: str) -> bool:
    """Whether a name begins as it was asked, over the whole length of the question."""
    plain, wanted = plain_name(name), plain_name(query)
    if _LETTERS.fullmatch(wanted):
        return any(letters.startswith(wanted) for letters in initials_of(plain))
    return plain.startswith(wanted)


def initials_of(plain: str) -> list[str]:
    """The first letters of a name's characters; more than one row where it is read in two ways."""
    surname, rest = _surname(plain)
    letters = "".join(map(_letter, rest))
    return [first + letters for first in surname]


def _surname(plain: str) -> tuple[list[str], str]:
    compound = _table()["compound"].get(plain[:2])
    if compound is not None:
        return [compound], plain[2:]
    return list(_table()["single"].get(plain[:1]) or map(_letter, plain[:1])) or [""], plain[1:]


def _beginnings(kind: str, text: str) -> Iterator[Key]:
    return (Key(kind, text[:length]) for length in range(1, min(len(text), LONGEST) + 1))


@cache
def _letter(character: str) -> str:
    from pypinyin import Style, pinyin  # a dictionary that few processes open

    return pinyin(character, style=Style.NORMAL)[0][0][:1].lower()


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files(__package__).joinpath("surnames.toml").read_text("utf-8"))

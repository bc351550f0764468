"""Names and places as offices write them, made comparable."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

PLACEHOLDER = "?"
"""Stands for a character that a register could not write."""

SURNAMES = {
    "\u5355": "shan",
    "\u66fe": "zeng",
    "\u4ec7": "qiu",
    "\u89e3": "xie",
    "\u67e5": "zha",
    "\u533a": "ou",
    "\u76d6": "ge",
    "\u8983": "qin",
}
"""First characters that sound otherwise as surnames (Shan, Zeng, Qiu, Xie, Zha, Ou, Ge, Qin)."""

_PLACEHOLDERS = re.compile("[\uff1f\u25a1\u25cb\u2606\u2605\ufffd\ue000-\uf8ff*]")
_BETWEEN = re.compile("[\\s\u00b7\u2022\u2027\u30fb\u2219.\\-]+")
_IN_PLACES = re.compile("[\\s\u00b7,\u3001\u3002#()\\-]+")


def clean_name(text: str) -> str:
    """A name without blanks and dots, variants replaced, what could not be written as "?".

    >>> clean_name(" Ann-Mary · W\u25a1ng ")
    'ANNMARYW?NG'
    """
    plain = _PLACEHOLDERS.sub(PLACEHOLDER, unicodedata.normalize("NFKC", text))
    return _BETWEEN.sub("", plain).upper().translate(_variants())


def clean_place(text: str) -> str:
    """A place or address without blanks and punctuation, full-width digits made plain."""
    return _IN_PLACES.sub("", unicodedata.normalize("NFKC", text)).upper()


def syllables_of(name: str) -> tuple[str, ...]:
    """How each character of a cleaned name sounds, without tones.

    Every character is read by itself: what matters is that both sides are read alike.

    >>> syllables_of("\u5355\u5c0f?")
    ('shan', 'xiao', '?')
    """
    sound = [_syllable(character) for character in name]
    if name[:1] in SURNAMES:
        sound[0] = SURNAMES[name[0]]
    return tuple(sound)


@cache
def _syllable(character: str) -> str:
    from pypinyin import lazy_pinyin  # a dictionary that few processes open

    return lazy_pinyin(character)[0]


@cache
def _variants() -> dict[int, str]:
    lines = files(__package__).joinpath("variants.txt").read_text("utf-8").splitlines()
    return {ord(line[0]): line[1] for line in lines if line and not line.startswith("#")}

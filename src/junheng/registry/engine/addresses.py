"""Addresses as families write them: one plain form, and the numbers that stand in it.

Words of the written language stand here as escapes; each line says what they mean. Source: GB/T
2260 for divisions, DB standards of address plates for the units (plate, lane, building).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LARGEST = 99_999
"""The largest number of a plate; longer figures in an address are something else."""

_SIGNS = (
    "\u96f6",
    "\u4e00",
    "\u4e8c",
    "\u4e09",
    "\u56db",
    "\u4e94",
    "\u516d",
    "\u4e03",
    "\u516b",
    "\u4e5d",
)
_DIGITS = {sign: value for value, sign in enumerate(_SIGNS)} | {"\u3007": 0, "\u4e24": 2}
"""Written figures 0 to 9, with both forms of zero and of two."""
_TENS = {"\u5341": 10, "\u767e": 100, "\u5343": 1000}
"""Ten, hundred, thousand."""
_WRITTEN = "".join([*_DIGITS, *_TENS])
_BUILDING = "\u53f7\u697c|\u680b|\u5e62|\u5ea7"
"""Building: four ways to write it; the first begins with the sign of a plate."""
_DOOR = "\u53f7|\u5f04|\u5df7"
"""Plate, lane, alley: what is counted along a street."""
_BEHIND = "(?:[-\u4e4b\u9644][0-9]{1,5})*"
"""A plate behind a plate, such as 12-3: the first number is the one along the street."""
_PART = re.compile(
    rf"(?:([0-9]+){_BEHIND}({_BUILDING}|{_DOOR})?|([{_WRITTEN}]+)({_BUILDING}|{_DOOR}))"
)
_NOISE = re.compile(r"[^0-9A-Za-z\u2e80-\ufaff-]+")


@dataclass(frozen=True, slots=True)
class Numbers:
    """What an address counts after the name of its street or estate.

    Attributes:
        door: Number of the plate or lane, 1 to 99,999; None if there is none.
        building: Number of the building, likewise.
        at_once: Whether the first of them follows the name at once, or nothing follows at all.
    """

    door: int | None = None
    building: int | None = None
    at_once: bool = True


def plain(text: str) -> str:
    """An address in one form: half-width, without blanks and punctuation, hyphens kept.

    >>> plain("12 - 3, Mill Lane")
    '12-3MillLane'
    """
    folded = unicodedata.normalize("NFKC", text)
    folded = re.sub("[\u2010-\u2015\u2212]", "-", folded)
    return _NOISE.sub("", folded)


def number_of(words: str) -> int | None:
    """A number in figures or in written signs; None if it is none or out of range.

    Args:
        words: Figures ("120"), signs one by one, or with tens and hundreds.

    Returns:
        1 to 99,999.
    """
    number = int(words) if words.isascii() and words.isdigit() else _written(words)
    return number if number is not None and 1 <= number <= LARGEST else None


def _written(words: str) -> int | None:
    if not words or any(sign not in _DIGITS and sign not in _TENS for sign in words):
        return None
    if not any(sign in _TENS for sign in words):
        return int("".join(str(_DIGITS[sign]) for sign in words))
    whole, pending = 0, 0
    for sign in words:
        if sign in _TENS:
            whole += (pending or 1) * _TENS[sign]
            pending = 0
        else:
            pending = _DIGITS[sign]
    return whole + pending


def numbers_after(tail: str) -> Numbers:
    """The numbers of plate and building in what follows the name of a street.

    Args:
        tail: Plain text, as `plain` gives it.
    """
    door, building = None, None
    first = _PART.match(tail)
    for part in _PART.finditer(tail):
        figures, unit, written, written_unit = part.groups()
        kind, number = unit or written_unit or "", number_of(figures or written)
        if re.fullmatch(_BUILDING, kind):
            building = number if building is None else building
        elif door is None and (kind or part is first or part.start() == 0):
            door = number
    return Numbers(door, building, at_once=not tail or first is not None)

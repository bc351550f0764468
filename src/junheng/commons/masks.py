"""What is shown of a person's data to those who need no more: pages, API and Excel alike.

A mask never shows more than its pattern says, whatever comes in: what is not understood is
hidden altogether. The full value is shown on request only, with a reason, and the read log
keeps who asked (accounts).
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

STAR = "*"
HIDDEN = STAR * 3
DOTS = "·•・‧"
"""Between the parts of names that come from other languages of China."""
_CHINESE = re.compile(rf"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff{DOTS}]+")
_COUNTRY = re.compile(r"(?:\+|00)86[\s-]*")


def mask_name(name: str) -> str:
    """A name with its surname, and its last character where it has three or more.

    Two characters show one, three show two, a surname of two characters counts as one; a
    name in Latin letters shows the initials.
    """
    name = name.strip()
    if not _CHINESE.fullmatch(name):
        return " ".join(f"{word[0]}{HIDDEN}" for word in name.split())
    if any(dot in name for dot in DOTS):
        parts = re.split(f"[{DOTS}]", name)
        return DOTS[0].join(part[:1] + STAR * (len(part) - 1) for part in parts)
    surname = 2 if len(name) > 2 and name[:2] in _surnames() else 1
    given = name[surname:]
    if not given:
        return STAR * len(name)
    return name[:surname] + STAR * max(1, len(given) - 1) + given[1:][-1:]


def mask_id(number: str) -> str:
    """An identity number with four characters at each end; shorter documents show less."""
    number = number.strip()
    if len(number) >= 15:
        return _ends(number, 4, 4)
    return _ends(number, 2, 2) if len(number) >= 8 else STAR * len(number)


def mask_number(number: str) -> str:
    """A number of an examination with its last four characters; short ones show two."""
    number = number.strip()
    return (
        _ends(number, 0, 4 if len(number) >= 8 else 2) if len(number) >= 4 else STAR * len(number)
    )


def mask_phone(phone: str) -> str:
    """A mobile number with three digits in front and four at the end; others show two."""
    digits = re.sub(r"[\s()-]", "", _COUNTRY.sub("", phone.strip()))
    if len(digits) == 11 and digits[:1] == "1":
        return _ends(digits, 3, 4)
    return _ends(digits, 0, 2) if len(digits) >= 7 else STAR * len(digits)


def mask_address(address: str) -> str:
    """An address as far as its township or street office, or at least its county."""
    address = address.strip()
    for endings in ("township_endings", "county_endings"):
        if found := re.match(f".{{2,}}?(?:{'|'.join(_words()[endings])})", address):
            return found[0] + HIDDEN if found.end() < len(address) else address
    return HIDDEN if address else ""


def _ends(text: str, front: int, back: int) -> str:
    return text[:front] + STAR * (len(text) - front - back) + text[-back:]


@cache
def _words() -> dict[str, list[str]]:
    known: dict[str, list[str]] = tomllib.loads(
        files("junheng.commons").joinpath("masks.toml").read_text(encoding="utf-8")
    )
    return known


@cache
def _surnames() -> frozenset[str]:
    return frozenset(_words()["compound_surnames"])

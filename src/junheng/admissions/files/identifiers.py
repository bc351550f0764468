"""What may name a school, a zone or a child."""

from __future__ import annotations

import re
from datetime import date

LONGEST = 64
RESIDENT_ID_LENGTH = 18
FORBIDDEN = re.compile(r'[,"|]')

_RESIDENT_ID = re.compile(r"[1-9][0-9]{16}[0-9Xx]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def is_identifier(text: str) -> bool:
    """True for 1 to 64 printable characters without comma, quote or `|`.

    Source: the format page, "Canonical form".
    """
    return 1 <= len(text) <= LONGEST and text.isprintable() and not FORBIDDEN.search(text)


def all_identifiers(texts: list[str]) -> bool:
    """True if every text is an identifier; much quicker than asking one by one."""
    if not texts:
        return True
    together = "".join(texts)
    return (
        together.isprintable()
        and not FORBIDDEN.search(together)
        and max(map(len, texts)) <= LONGEST
        and all(texts)
    )


def is_resident_id(text: str) -> bool:
    """True for a resident identity number whose date and check character are right.

    Source: GB 11643-1999, check character after ISO 7064 MOD 11-2.
    """
    if len(text) != RESIDENT_ID_LENGTH or not _RESIDENT_ID.fullmatch(text):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11] == text[17].upper()

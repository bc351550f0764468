"""Identity numbers by the hundred thousand: normalised, checked, never repaired.

The rule for one number is `kernel.resident_id`; this is the same for a whole column at once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from junheng.evidence.engine.written import Codes, codes_of

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Digits = npt.NDArray[np.int8]

LENGTH, OLD_LENGTH = 18, 15
UNKNOWN = -1
NO_DAY = -1_000_000
"""No day of birth; the days themselves count from 1970 and may be negative."""
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], np.int64)
"""GB 11643-1999, of the 17 digits before the check character."""
CHECKS = np.array([1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2], np.int64)
"""The check character by the weighted sum modulo 11; 10 is written X."""
PLACES = 10 ** np.arange(16, -1, -1, dtype=np.int64)


class State(IntEnum):
    """What a number is good for."""

    MISSING = 0
    SOUND = 1
    OLD = 2
    LOST_TAIL = 3
    FAULTY = 4


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of identity numbers.

    Attributes:
        state: A `State` each.
        key: The 17 digits before the check character; `UNKNOWN` unless sound or old.
        born: Days since 1970 of the birth date; `NO_DAY` unless sound or old.
        written: The same, of faulty ones too whose date can be read.
        digits: The characters, one by one (X is 10), old ones lengthened; all `UNKNOWN` for
            what is not 18 or 15 characters long.
    """

    state: Ints
    key: Ints
    born: Ints
    written: Ints
    digits: Digits


def clean_number(text: str) -> str:
    """A number without blanks, full-width characters made plain, x as X."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return plain.replace(" ", "").upper()


def comparable(text: str) -> str:
    """The form under which a number is found: 18 characters where it can be, else as it is."""
    plain = clean_number(text)
    if len(plain) != OLD_LENGTH:
        return plain
    read = read_numbers([plain])
    if read.state[0] != State.OLD:
        return plain
    return "".join("X" if digit == 10 else str(digit) for digit in read.digits[0])


def read_numbers(texts: Sequence[str]) -> Numbers:
    """Normalise and check a column.

    Args:
        texts: As written; "" is missing.

    Returns:
        As many as there are texts. A number is sound or old only with a birth date that exists
        and, of 18 characters, a check character that fits.
    """
    codes, length = _codes(texts)
    digits = _digits(codes, length)
    readable: Flags = np.all((digits[:, :17] >= 0) & (digits[:, :17] < 10), axis=1)
    old = (length == OLD_LENGTH) & readable
    check = CHECKS[(np.where(readable[:, None], digits[:, :17], 0) @ WEIGHTS) % 11]
    digits[old, 17] = check[old]
    born = _births(digits, readable)
    fits = readable & (born != NO_DAY)
    sound = fits & ~old & (digits[:, 17] == check)
    lost = (length == LENGTH) & (digits[:, 15:] == 0).all(axis=1)
    state = np.select(
        [length == 0, lost, sound, fits & old],
        [State.MISSING, State.LOST_TAIL, State.SOUND, State.OLD],
        State.FAULTY,
    ).astype(np.int64)
    good = (state == State.SOUND) | (state == State.OLD)
    key = np.where(good, np.where(good[:, None], digits[:, :17], 0) @ PLACES, UNKNOWN)
    return Numbers(state, key, np.where(good, born, NO_DAY), born, digits)


def _codes(texts: Sequence[str]) -> tuple[Codes, Ints]:
    """Characters of the cleaned numbers, 0 where one has ended, and how many each has."""
    codes = codes_of(texts, LENGTH + 1)
    upper = np.where(codes == ord("x"), ord("X"), codes)
    plain = (upper == 0) | (upper >= ord("0")) & (upper <= ord("9")) | (upper == ord("X"))
    odd = np.flatnonzero(~plain.all(axis=1))
    if len(odd):
        upper[odd] = codes_of([clean_number(texts[row]) for row in odd.tolist()], LENGTH + 1)
    return upper, (upper != 0).sum(axis=1)


def _digits(codes: Codes, length: Ints) -> Digits:
    """Characters as figures, old numbers lengthened, `UNKNOWN` for what no number contains."""
    figures = np.where((codes >= ord("0")) & (codes <= ord("9")), codes - ord("0"), UNKNOWN)
    figures[:, 17] = np.where(codes[:, 17] == ord("X"), 10, figures[:, 17])
    old = length == OLD_LENGTH
    figures[old, 8:17] = figures[old, 6:15]
    figures[old, 6], figures[old, 7], figures[old, 17] = 1, 9, 0
    figures[(length != LENGTH) & ~old] = UNKNOWN
    return figures[:, :LENGTH].astype(np.int8)


def _births(digits: Digits, readable: Flags) -> Ints:
    """Days since 1970, `NO_DAY` where the date does not exist."""
    part = np.where(readable[:, None], digits, 0)
    year = part[:, 6:10] @ np.array([1000, 100, 10, 1])
    month = part[:, 10:12] @ np.array([10, 1])
    day = part[:, 12:14] @ np.array([10, 1])
    possible = readable & (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(possible, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    length = (months + 1).astype("datetime64[D]").astype(np.int64) - first
    return np.where(possible & (day <= length), first + day - 1, NO_DAY)

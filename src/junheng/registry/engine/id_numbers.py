"""Identity numbers by the hundred thousand: which cannot be, by arithmetic on arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

LENGTH = 18
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def other_paper(number: str) -> bool:
    """Whether a number is that of a passport or travel permit: it begins with a letter.

    A resident ID number never does, however it was mistyped; residence permits for Hong Kong,
    Macao and Taiwan have numbers of its form.

    Args:
        number: Any text.
    """
    return number[:1].isascii() and number[:1].isalpha()


def sound(numbers: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which numbers have 18 characters, a birthday that exists, and the right check character.

    Whatever is not sound is to be looked at one by one, so that it can be said what is wrong.

    Args:
        numbers: Any texts; an X may be small.

    Returns:
        One truth value for each.

    Source:
        GB 11643-1999; the check character is ISO 7064 MOD 11-2.
    """
    fits = np.array([len(one) == LENGTH and one.isascii() for one in numbers], dtype=bool)
    text = "".join(one if fit else "0" * LENGTH for one, fit in zip(numbers, fits, strict=True))
    signs = np.frombuffer(text.upper().encode("ascii"), dtype=np.uint8).reshape(-1, LENGTH)
    digits = signs[:, :17].astype(np.int64) - ord("0")
    fits &= ((digits >= 0) & (digits <= 9)).all(axis=1)
    fits &= _born(digits)
    fits &= _CHECKS[(digits @ _WEIGHTS) % 11] == signs[:, 17]
    return fits


def _born(digits: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether digits 7 to 14 are a day of the calendar."""
    year = digits[:, 6:10] @ np.array([1000, 100, 10, 1])
    month, day = digits[:, 10:12] @ np.array([10, 1]), digits[:, 12:14] @ np.array([10, 1])
    leap = (year % 4 == 0) & (year % 100 != 0) | (year % 400 == 0)
    last = _DAYS[np.where((month >= 1) & (month <= 12), month, 0)]
    last = np.where((month == 2) & ~leap, 28, last)
    exists: npt.NDArray[np.bool_] = (year >= 1) & (day >= 1) & (day <= last)
    return exists

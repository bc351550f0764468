"""How large a class may be: one rule for every way by which a class can grow.

The database refuses the same things (`models/guards.py`); this says it beforehand, in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

CLASS_CAP = 55
"""Pupils per class that no admission, transfer, move, edit or import may exceed (REG-3)."""

VERY_LARGE = 66
"""From here on a class counts as very large; a large one begins one above the cap."""

NEAR = 5
"""So many pupils below the cap a class begins to be watched."""

STANDARD = {"primary": 45, "lower_secondary": 50}
"""Pupils per class that the national standard sets, by level."""

LARGEST_KNOWN = 200
"""Above this a figure is a mistake of typing, not a class."""


@dataclass(frozen=True, slots=True)
class Count:
    """What is known of a class: its pupils, when they were counted, what was inherited."""

    size: int
    counted_on: date
    inherited_on: date | None = None
    inherited_size: int | None = None


def most(
    counted_on: date,
    *,
    known: Count | None = None,
    year_before: Count | None = None,
    opening: bool = False,
) -> int:
    """The largest size that a class may be given.

    Args:
        counted_on: The day of the new count.
        known: What is known of this class.
        year_before: What is known of the same class a year ago, one grade lower.
        opening: Whether the opening count of its county is open.

    Returns:
        Pupils. The cap; but a class that was above it before this system began may keep its size
        or shrink, this year and as the same class in the next. A count of the same day or of an
        earlier one puts a mistake right and may go back up to what was inherited.

    Source:
        REG-3, design 6.1: no class above the cap comes about.
    """
    if opening:
        return LARGEST_KNOWN
    if known is None:
        inherited = year_before is not None and year_before.inherited_size is not None
        return max(CLASS_CAP, year_before.size) if inherited and year_before else CLASS_CAP
    if known.inherited_size is None:
        return CLASS_CAP
    return max(CLASS_CAP, known.size) if counted_on > known.counted_on else known.inherited_size


def most_by_exemption(day: date, *, size: int | None, until: date | None) -> int:
    """The most pupils of a class on a day, by the exemption that two people signed for it.

    Args:
        day: The day on which somebody would come.
        size: Pupils that the exemption allows, None without one.
        until: Its last day, None without one.

    Returns:
        Pupils: what was signed while it lasts, else the cap.
    """
    return size if size is not None and until is not None and day <= until else CLASS_CAP


def most_entrants(classes: int) -> int:
    """The most pupils that so many entry classes take, unit pupils (REG-3)."""
    return classes * CLASS_CAP


def band_of(size: int) -> str:
    """What a class of this size counts as: `very_large`, `large`, `near` or `fine`."""
    if size >= VERY_LARGE:
        return "very_large"
    if size > CLASS_CAP:
        return "large"
    return "near" if size > CLASS_CAP - NEAR else "fine"

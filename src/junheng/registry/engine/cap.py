"""How large a class may be, and where a large one begins."""

from __future__ import annotations

CLASS_CAP = 55
"""Pupils per class that no admission, transfer, move, edit or import may exceed (REG-3)."""

VERY_LARGE = 66
"""From here on a class counts as very large; a large one begins one above the cap."""

STANDARD = {"primary": 45, "lower_secondary": 50}
"""Pupils per class that the national standard sets, by level."""

LARGEST_KNOWN = 200
"""Above this a figure is a mistake of typing, not a class."""

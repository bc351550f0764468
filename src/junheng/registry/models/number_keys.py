"""By which sealed numbers of the register are found; the same person, the same key everywhere."""

from __future__ import annotations

from typing import Any

from junheng.commons.sealing import blind_index
from junheng.evidence.facade import number_index

NATIONAL, HOUSEHOLD = "national pupil number", "household number"


def resident_id_key(text: str) -> str:
    """The key of a resident ID number, as other departments' registers have it; "" for none."""
    return number_index(text)


def national_number_key(text: str) -> str:
    """The key of a national pupil number; "" for none."""
    return blind_index(text, NATIONAL) if text.strip() else ""


def household_key(text: str) -> str:
    """The key of a household's number; "" for none."""
    return blind_index(text, HOUSEHOLD) if text.strip() else ""


def from_row(field: str, make: Any) -> Any:
    """How a key is made again from its row."""

    def made_from(row: Any) -> str:
        return str(make(getattr(row, field) or ""))

    return made_from

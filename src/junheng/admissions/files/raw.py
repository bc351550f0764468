"""The rules of a round as they were written, before anybody asks what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RawRules:
    """The rules as they were written.

    Attributes:
        file: File or `workbook.xlsx/round`, for messages.
        values: Value by section and key.
        rows: Line or row of each (section, key) that was found.
    """

    file: str
    values: Mapping[str, Mapping[str, object]]
    rows: Mapping[tuple[str, str], int]

    def with_seed(self, seed: str) -> RawRules:
        """The same rules with a seed that was given elsewhere, such as on the command line."""
        values = {
            **self.values,
            "lottery": {**self.values.get("lottery", {}), "seed": seed.strip()},
        }
        rows = {place: row for place, row in self.rows.items() if place != ("lottery", "seed")}
        return RawRules(self.file, values, rows)

"""Names that point into another table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import repeat

import numpy as np

from junheng.admissions.engine.types import NONE, Ints
from junheng.admissions.files.cells import Cells
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _


class Index:
    """Identifiers in the order of their UTF-8 bytes, each with its place.

    Attributes:
        ids: Distinct identifiers, ordered; Python orders text by code point, which is the
            order of its UTF-8 bytes.
        order: For each place, the first entry that bears the identifier.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        count = len(texts)
        first = dict(zip(reversed(texts), range(count - 1, -1, -1), strict=True))
        self.ids = tuple(sorted(first))
        self.order = np.array([first[text] for text in self.ids], dtype=np.int64)
        self.place = dict(zip(self.ids, range(len(self.ids)), strict=True))

    def find(self, texts: Sequence[str]) -> Ints:
        """Place of each text, NONE where it is blank or unknown."""
        found = map(self.place.get, texts, repeat(NONE))
        return np.fromiter(found, dtype=np.int64, count=len(texts))


_TABLE_OF = {
    "school_id": "schools",
    "sibling_school_id": "schools",
    "host_id": "schools",
    "zone_id": "zones",
    "applicant_id": "applicants",
}
_MOST_GUESSES = 20


def lookup(cells: Cells, column: str, index: Index) -> tuple[Ints, list[Fault]]:
    """Place of each name in a column, and a fault for each name that is not in the index."""
    texts = cells.columns[column]
    found = index.find(texts)
    unknown = [entry for entry in np.flatnonzero(found == NONE).tolist() if texts[entry]]
    guesses = _guesses({texts[entry] for entry in unknown}, index)
    return found, [_unknown(cells, entry, column, guesses) for entry in unknown]


def _guesses(names: set[str], index: Index) -> dict[str, str]:
    """What was probably meant; looked for only while there are few, as it takes time."""
    if len(names) > _MOST_GUESSES:
        return {}
    near = {name: get_close_matches(name, index.ids[:5000], n=1, cutoff=0.8) for name in names}
    return {name: found[0] for name, found in near.items() if found}


def _unknown(cells: Cells, entry: int, column: str, guesses: dict[str, str]) -> Fault:
    shown = cells.columns[column][entry]
    if shown in guesses:
        return cells.fault(
            entry,
            column,
            _("“%(shown)s” is not in the table %(table)s."),
            _("Correct it (“%(guess)s”?), or add the row that is missing there."),
            shown=shown,
            table=_TABLE_OF[column],
            guess=guesses[shown],
        )
    return cells.fault(
        entry,
        column,
        _("“%(shown)s” is not in the table %(table)s."),
        _("Correct it, or add the row that is missing there."),
        shown=shown,
        table=_TABLE_OF[column],
    )


def moves_to_itself(cells: Cells) -> Iterator[Fault]:
    """A fault for every row in which a school's grade would move to the school itself."""
    pairs = zip(cells.columns["school_id"], cells.columns["host_id"], strict=True)
    for entry, (school, host) in enumerate(pairs):
        if school and school == host:
            yield cells.fault(
                entry,
                "host_id",
                _("The grade of “%(school)s” cannot move to “%(school)s” itself."),
                _("Name another school, or delete the row."),
                school=school,
            )

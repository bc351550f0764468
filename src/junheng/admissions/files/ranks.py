"""Tables in which someone ranks schools: a family its choices, a zone its schools."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from junheng.admissions.engine.types import NONE, Bools, Ints
from junheng.admissions.files.cells import Cells
from junheng.admissions.files.references import Index, lookup
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Ranked:
    """Schools by owner and rank.

    Schools of owner o, rank 1 first: `school[start[o]:start[o + 1]]`; `owner` and `entry`
    (which row it was) stand beside `school`.
    """

    start: Ints
    school: Ints
    owner: Ints
    entry: Ints


def read_ranked(cells: Cells, owners: Index, schools: Index) -> tuple[Ranked, list[Fault]]:
    """Order a table by owner and rank, with a fault for every gap and every school named twice."""
    column = cells.layout.key_columns[0]
    owner, faults = lookup(cells, column, owners)
    school, more = lookup(cells, "school_id", schools)
    faults += more
    rank = np.array([text or "0" for text in cells.columns["rank"]], dtype=np.int64)
    usable = np.flatnonzero((owner != NONE) & (rank > 0))
    entry = usable[np.lexsort((usable, rank[usable], owner[usable]))]
    start = np.searchsorted(owner[entry], np.arange(len(owners.ids) + 1))
    doubtful = set(owner[rank == 0].tolist())
    gaps = _gaps(cells, owner[entry], rank[entry], start, entry)
    faults += [gap for whose, gap in gaps if whose not in doubtful]
    faults += _repeats(cells, owner[entry], school[entry], entry)
    return Ranked(start, school[entry], owner[entry], entry), faults


def _gaps(
    cells: Cells, owner: Ints, rank: Ints, start: Ints, entry: Ints
) -> Iterator[tuple[int, Fault]]:
    """An owner and a fault for each step of more than one from rank to rank, from 1."""
    first = np.zeros(len(rank), dtype=bool)
    first[start[:-1][start[:-1] < start[1:]]] = True
    before = np.where(first, 0, np.roll(rank, 1))
    for place in np.flatnonzero(rank > before + 1).tolist():
        yield (
            int(owner[place]),
            cells.fault(
                int(entry[place]),
                "rank",
                _("Rank %(rank)s has no rank %(wanted)s before it for “%(owner)s”."),
                _("Number the ranks 1, 2, 3 and so on without gaps."),
                rank=int(rank[place]),
                wanted=int(rank[place]) - 1,
                owner=cells.columns[cells.layout.key_columns[0]][int(entry[place])],
            ),
        )


def _repeats(cells: Cells, owner: Ints, school: Ints, entry: Ints) -> Iterator[Fault]:
    order = np.lexsort((entry, school, owner))
    same: Bools = np.zeros(len(order), dtype=bool)
    o, s = owner[order], school[order]
    same[1:] = (o[1:] == o[:-1]) & (s[1:] == s[:-1]) & (s[1:] != NONE)
    for place in order[same].tolist():
        row = int(entry[place])
        yield cells.fault(
            row,
            "school_id",
            _("“%(owner)s” names the school “%(school)s” more than once."),
            _("Keep it once, at the rank that counts, and number the ranks again."),
            owner=cells.columns[cells.layout.key_columns[0]][row],
            school=cells.columns["school_id"][row],
        )

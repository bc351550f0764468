"""Children who must stay together ask together: a group's members must ask for the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from junheng.admissions.engine.types import NONE, Applicants, Ints, Ranking
from junheng.admissions.files.cells import Cells
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _

_SAME = {
    "zone_id": _("The members of a group have different zones; the first has “%(first)s”."),
    "tier": _("The members of a group have different tiers; the first has “%(first)s”."),
    "sibling_school_id": _(
        "The members of a group have different sibling schools; the first has “%(first)s”."
    ),
}


def check_groups(applicants: Applicants, cells: Cells, order: Ints) -> Iterator[Fault]:
    """A fault for every member who differs from the first of its group.

    Args:
        applicants: The children, by identifier.
        cells: Their table as sent in.
        order: Entry in `cells` of each child.
    """
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for child in np.flatnonzero(applicants.group != NONE).tolist():
        groups[int(applicants.group[child])].append(child)
    for members in groups.values():
        first = int(order[members[0]])
        for child in members[1:]:
            entry = int(order[child])
            yield from _differences(cells, first, entry)
            if not np.array_equal(_choices(applicants, members[0]), _choices(applicants, child)):
                yield cells.fault(
                    entry,
                    "group_id",
                    _("The members of a group have different choices; compare “%(first)s”."),
                    _GIVE_THE_SAME,
                    first=cells.columns["applicant_id"][first],
                )


_RANKED_APART = {
    "offers": _("The members of a group are offered different schools; compare “%(first)s”."),
    "offer_choices": _(
        "The members of a group rank the offered schools differently; compare “%(first)s”."
    ),
}


def check_rankings(
    ranking: Ranking, name: str, applicants: Applicants, cells: Cells, order: Ints
) -> Iterator[Fault]:
    """A fault for every member of a group whose ranking is not that of the first.

    Args:
        ranking: Schools by child.
        name: Table it comes from.
        applicants: The children, by identifier.
        cells: Their table as sent in.
        order: Entry in `cells` of each child.
    """
    first: dict[int, int] = {}
    for child in np.flatnonzero(applicants.group != NONE).tolist():
        lead = first.setdefault(int(applicants.group[child]), child)
        if ranking.of(child) != ranking.of(lead):
            yield cells.fault(
                int(order[child]),
                "group_id",
                _RANKED_APART[name],
                _GIVE_THE_SAME,
                first=applicants.ids[lead],
            )


_GIVE_THE_SAME = _("Give all members the same, or clear their group_id.")


def _differences(cells: Cells, first: int, entry: int) -> Iterator[Fault]:
    for column, message in _SAME.items():
        values = cells.columns[column]
        doubtful = cells.is_told(first, column) or cells.is_told(entry, column)
        if values[first] != values[entry] and not doubtful:
            yield cells.fault(entry, column, message, _GIVE_THE_SAME, first=values[first])


def _choices(applicants: Applicants, child: int) -> Ints:
    start = applicants.choice_start
    return applicants.choice[start[child] : start[child + 1]]

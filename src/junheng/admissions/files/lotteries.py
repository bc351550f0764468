"""Schools open by lottery: which tables may name them, and in which version of the format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from junheng.admissions.files.cells import Cells
from junheng.admissions.files.layout import GRADE_MOVES, OFFERS, SCHOOLS, ZONES
from junheng.admissions.files.raw import RawRules
from junheng.kernel.faults import Fault, fault
from junheng.kernel.faults import gettext_noop as _

VERSION = 3
"""The first version of the format that has them."""
_SECTION, _KEY = "lottery", "by_lottery"

_SAYS = {
    (ZONES.name, "school_id"): (
        _("“%(school)s” is open by lottery and lies in no zone."),
        _("Delete the row and number the ranks again, or take the school out of by_lottery."),
    ),
    (OFFERS.name, "school_id"): (
        _("“%(school)s” is open by lottery and is offered to nobody who did not name it."),
        _("Delete the row and number the ranks again, or take the school out of by_lottery."),
    ),
    (GRADE_MOVES.name, "school_id"): (
        _("“%(school)s” is open by lottery, so its grade moves nowhere."),
        _("Delete the row, or take the school out of by_lottery."),
    ),
    (GRADE_MOVES.name, "host_id"): (
        _("“%(school)s” is open by lottery, so no grade moves there."),
        _("Delete the row, or take the school out of by_lottery."),
    ),
}


def version_faults(raw: RawRules, values: Mapping[str, Any]) -> Iterator[Fault]:
    """A fault where a version that has no schools open by lottery names some.

    Args:
        raw: The rules as written.
        values: Those that could be read.
    """
    if _KEY in raw.values.get(_SECTION, {}) and values.get("version", VERSION) < VERSION:
        yield _of(
            raw,
            _("Schools open by lottery belong to version 3 of the format."),
            _("Write version = 3 under [round]."),
        )


def lottery_faults(
    raw: RawRules, values: Mapping[str, Any], cells: Mapping[str, Cells]
) -> Iterator[Fault]:
    """Schools that do not exist, and rows in which a school open by lottery must not stand.

    Args:
        raw: The rules as written.
        values: Those that could be read.
        cells: The tables that were given.
    """
    named = frozenset(values.get(_KEY, ()))
    if SCHOOLS.name in cells:
        for school in sorted(named.difference(cells[SCHOOLS.name].columns["school_id"])):
            yield _of(
                raw,
                _("“%(shown)s” is not in the table %(table)s."),
                _("Correct it, or add the row that is missing there."),
                shown=school,
                table=SCHOOLS.name,
            )
    for (table, column), (message, fix) in _SAYS.items():
        if named and table in cells:
            for entry, school in enumerate(cells[table].columns[column]):
                if school in named:
                    yield cells[table].fault(entry, column, message, fix, school=school)


def _of(raw: RawRules, message: str, fix: str, **figures: object) -> Fault:
    return fault(raw.file, raw.rows.get((_SECTION, _KEY)), _KEY, message, fix, **figures)

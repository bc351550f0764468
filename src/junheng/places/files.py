"""A file of divisions: one row a place, its code, name, level and the code of what it lies in."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from junheng.commons.spreadsheet import read_tables
from junheng.commons.tabular import Table, missing, texts
from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _

COLUMNS = ("code", "name", "level", "parent_code")
LEVELS = ("province", "prefecture", "county", "township", "village", "grid")
CODE = re.compile(r"[0-9A-Za-z]{1,32}")
NAME_LENGTH = 100

KnownLevels = Callable[[Collection[str]], Mapping[str, str]]
"""Asks the register which level some codes have there; unknown codes are left out."""


@dataclass(frozen=True, slots=True)
class Division:
    """One row of the file.

    Attributes:
        row: As a spreadsheet counts.
        code: Official code; it never changes.
        name: Official name.
        level: One of `LEVELS`.
        parent: Code of the place it lies in, or "".
    """

    row: int
    code: str
    name: str
    level: str
    parent: str

    @property
    def depth(self) -> int:
        """0 for a province, 5 for a grid cell."""
        return LEVELS.index(self.level)


def read_divisions(data: bytes, name: str, known_levels: KnownLevels) -> list[Division]:
    """The divisions of a CSV file or of a workbook with one sheet, upper levels first.

    Args:
        data: The file.
        name: Its name, for messages.
        known_levels: Asked for codes that the file mentions, to find parents outside of it.

    Raises:
        Refused: With every fault found; then nothing of the file should be used.
    """
    tables = read_tables(data, name)
    if len(tables) != 1:
        raise Refused([_not_one_table(name, len(tables))])
    (table,) = tables.values()
    if absent := missing(table, COLUMNS):
        raise Refused([*table.faults, *absent])
    if not len(table):
        raise Refused([*table.faults, fault(table.name, None, "", _("The file has no entry."))])
    read, faults = _rows(table)
    known = known_levels({code for row in read for code in (row.code, row.parent)})
    spoilt = {(found.row, found.column) for found in faults}
    judged = (*_each(table.name, read), *_together(table.name, read, known))
    faults += [found for found in judged if (found.row, found.column) not in spoilt]
    if faults or table.faults:
        raise Refused(sorted([*table.faults, *faults], key=lambda found: found.row or 0))
    return sorted(read, key=lambda row: row.depth)


def _not_one_table(name: str, count: int) -> Fault:
    return fault(
        name,
        None,
        "",
        _("The workbook has %(count)s sheets with content; it needs exactly one."),
        _("Keep the sheet with the divisions and delete the others."),
        count=count,
    )


def _rows(table: Table) -> tuple[list[Division], list[Fault]]:
    columns, faults = [], []
    for column in COLUMNS:
        values, wrong = texts(table, column, identifier=column in ("code", "parent_code"))
        columns.append(values)
        faults += wrong
    rows = zip(table.numbers, *columns, strict=True)
    return [Division(*row) for row in rows], faults


def _each(name: str, rows: list[Division]) -> Iterator[Fault]:
    """What is wrong with a row, whatever the others say."""
    for row in rows:
        if not CODE.fullmatch(row.code):
            yield _at(
                row,
                name,
                "code",
                _("“%(code)s” is no code of a division."),
                _("Write the digits of the official code, at most 32."),
                code=row.code,
            )
        if not row.name:
            yield _at(row, name, "name", _("The name is missing."))
        elif len(row.name) > NAME_LENGTH:
            yield _at(
                row,
                name,
                "name",
                _("The name has %(length)s characters; %(limit)s are the limit."),
                length=len(row.name),
                limit=NAME_LENGTH,
            )
        if row.level not in LEVELS:
            yield _at(
                row,
                name,
                "level",
                _("“%(level)s” is no level."),
                _("Use one of: %(levels)s."),
                level=row.level,
                levels=", ".join(LEVELS),
            )


def _together(name: str, rows: list[Division], known: Mapping[str, str]) -> Iterator[Fault]:
    """What is wrong with a row beside the others and beside what the register knows."""
    first: dict[str, Division] = {}
    for row in rows:
        if (twin := first.setdefault(row.code, row)) is not row:
            yield _at(
                row,
                name,
                "code",
                _("The code %(code)s stands in row %(earlier)s already."),
                _("Keep one of the two rows."),
                code=row.code,
                earlier=twin.row,
            )
        elif known.get(row.code, row.level) != row.level and row.level in LEVELS:
            yield _at(
                row,
                name,
                "level",
                _("%(code)s is registered as %(known)s; a place keeps its level."),
                _("A place of another level needs a code of its own."),
                code=row.code,
                known=known[row.code],
            )
    levels = {**known, **{row.code: row.level for row in rows}}
    highest = min((LEVELS.index(row.level) for row in rows if row.level in LEVELS), default=0)
    for row in rows:
        if wrong := _parent_fault(name, row, levels, known, LEVELS[highest]):
            yield wrong


def _parent_fault(
    name: str,
    row: Division,
    levels: Mapping[str, str],
    known: Mapping[str, str],
    highest: str,
) -> Fault | None:
    if row.level not in LEVELS:
        return None
    if not row.parent:
        if row.level == highest or row.code in known:
            return None
        return _at(
            row,
            name,
            "parent_code",
            _("Only a %(highest)s may be without a parent here."),
            _("Write the code of the place it lies in."),
            highest=highest,
        )
    above = levels.get(row.parent)
    if above is None:
        return _at(
            row,
            name,
            "parent_code",
            _("The place %(parent)s is neither in the file nor in the register."),
            _("Add a row for it, or correct the code."),
            parent=row.parent,
        )
    if above in LEVELS and LEVELS.index(above) >= row.depth:
        return _at(
            row,
            name,
            "parent_code",
            _("%(parent)s is a %(above)s; a %(level)s cannot lie in it."),
            _("Correct the level or the code."),
            parent=row.parent,
            above=above,
            level=row.level,
        )
    return None


def _at(
    row: Division, name: str, column: str, message: str, fix: str = "", **figures: object
) -> Fault:
    return fault(name, row.row, column, message, fix, **figures)

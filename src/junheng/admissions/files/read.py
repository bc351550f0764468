"""From a folder, a workbook or uploaded files to raw tables, and what could not be read.

A round is a folder of CSV files with `round.toml`, or one `.xlsx` whose sheets bear the
files' names without ending and whose rules stand on a sheet `round` (columns `key` and
`value`), or a folder or upload of both kinds mixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from junheng.admissions.files.cells import Cells, read_cells
from junheng.admissions.files.layout import LAYOUTS, RULES, Layout
from junheng.admissions.files.raw import RawRules
from junheng.admissions.files.rules import read_sheet, read_toml
from junheng.commons.spreadsheet import open_xlsx, read_tables
from junheng.commons.tabular import Limits, Table, texts, too_big
from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _

LIMITS = Limits(file_bytes=150 * 2**20)
_WORKBOOK = ".xlsx"
_TOML = f"{RULES}.toml"


@dataclass
class Inputs:
    """What was handed in, as text, with what could not be read.

    Attributes:
        rules: The rules as written, or None if they are missing or unreadable.
        tables: Tables by name: schools, zones, applicants and so on.
        faults: Why something is missing here.
    """

    rules: RawRules | None = None
    tables: dict[str, Table] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @cached_property
    def _read(self) -> tuple[dict[str, Cells], list[Fault]]:
        cells, faults = {}, []
        for name, layout in LAYOUTS.items():
            if name in self.tables:
                cells[name], more = read_cells(self.tables[name], layout)
                faults += more
        return cells, faults

    @property
    def cells(self) -> dict[str, Cells]:
        """Tables in canonical spelling, by name."""
        return self._read[0]

    @property
    def cell_faults(self) -> list[Fault]:
        """What is wrong with single cells, columns and keys."""
        return self._read[1]

    @property
    def unknown_columns(self) -> dict[str, tuple[str, ...]]:
        """Headers that are ignored, by table, for the preview."""
        return {name: cells.unknown for name, cells in self.cells.items() if cells.unknown}

    def as_toml(self) -> dict[str, Any]:
        """The rules as `tomllib` gives them, whichever way they came."""
        return {name: dict(keys) for name, keys in self.rules.values.items()} if self.rules else {}

    def as_rows(self) -> dict[str, list[dict[str, str]]]:
        """Raw rows of text by table, for whoever checks a result without this module's rules."""
        return {name: _rows(table) for name, table in self.tables.items()}


def _rows(table: Table) -> list[dict[str, str]]:
    columns = {title: texts(table, title)[0] for title in table.columns}
    titles = tuple(columns)
    return [dict(zip(titles, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def read_inputs(source: Path | Mapping[str, bytes], *, limits: Limits = LIMITS) -> Inputs:
    """Read a round from a folder, a workbook, or uploaded files by their names.

    Never raises for what is wrong inside the files: that is in `Inputs.faults`.

    Raises:
        FileNotFoundError: If the path does not exist.
    """
    inputs = Inputs()
    files = _on_disk(source, inputs, limits) if isinstance(source, Path) else dict(source)
    for name in sorted(files):
        _take(inputs, name, files[name], limits)
    _report_missing(inputs, {*files, *(f.file for f in inputs.faults)})
    return inputs


def _on_disk(path: Path, inputs: Inputs, limits: Limits) -> dict[str, bytes]:
    """The files that concern a round; one that is too big is not even opened."""
    if not path.exists():
        raise FileNotFoundError(path)
    paths = [path] if path.is_file() else sorted(p for p in path.iterdir() if _concerns(p))
    files = {}
    for file in paths:
        if oversize := too_big(file.name, file.stat().st_size, limits):
            inputs.faults.append(oversize)
        else:
            files[file.name] = file.read_bytes()
    return files


def _concerns(path: Path) -> bool:
    if path.name.startswith((".", "~$")) or not path.is_file():
        return False
    return path.name == _TOML or path.suffix == _WORKBOOK or path.name in _CSV_NAMES


_CSV_NAMES = frozenset(f"{name}.csv" for name in LAYOUTS)


def _take(inputs: Inputs, name: str, data: bytes, limits: Limits) -> None:
    try:
        if name == _TOML:
            _put_rules(inputs, read_toml(data, name))
        elif name.lower().endswith(_WORKBOOK):
            _take_workbook(inputs, name, data, limits)
        elif name in _CSV_NAMES:
            for table in read_tables(data, name, limits=limits).values():
                _put_table(inputs, name.removesuffix(".csv"), table)
        else:
            inputs.faults.append(_unknown_file(name))
    except Refused as refused:
        inputs.faults += refused.faults


def _take_workbook(inputs: Inputs, name: str, data: bytes, limits: Limits) -> None:
    tables, faults = open_xlsx(data, name, wanted={*LAYOUTS, RULES}, limits=limits)
    inputs.faults += faults
    for sheet, table in tables.items():
        if sheet == RULES:
            rules, faults = read_sheet(table)
            inputs.faults += faults
            _put_rules(inputs, rules)
        else:
            _put_table(inputs, sheet, table)


def _put_rules(inputs: Inputs, rules: RawRules | None) -> None:
    if rules is None:
        return
    if inputs.rules is None:
        inputs.rules = rules
    else:
        inputs.faults.append(_given_twice(rules.file, inputs.rules.file))


def _put_table(inputs: Inputs, name: str, table: Table) -> None:
    if name in inputs.tables:
        inputs.faults.append(_given_twice(table.name, inputs.tables[name].name))
    elif len(table) or _counts_without_rows(LAYOUTS[name]):
        inputs.tables[name] = table


def _counts_without_rows(layout: Layout) -> bool:
    """Whether a table without rows is there all the same, as a fault or as a statement."""
    return layout.says_by_being or not layout.optional or not layout.may_be_empty


# ---------------------------------------------------------------------------- what to say


def _report_missing(inputs: Inputs, names: set[str]) -> None:
    workbook = next((name for name in sorted(names) if name.lower().endswith(_WORKBOOK)), None)
    told = {f.file for f in inputs.faults}
    if workbook in told:
        return  # its sheets are not missing, they could not be read
    if inputs.rules is None and not told.intersection(_aliases(RULES, workbook)):
        inputs.faults.append(_missing(RULES, workbook))
    for name, layout in LAYOUTS.items():
        known = name in inputs.tables or told.intersection(_aliases(name, workbook))
        if not layout.optional and not known:
            inputs.faults.append(_missing(name, workbook))


def _aliases(name: str, workbook: str | None) -> set[str]:
    return {_TOML if name == RULES else f"{name}.csv", f"{workbook}/{name}"}


def _missing(name: str, workbook: str | None) -> Fault:
    if workbook:
        return fault(
            f"{workbook}/{name}",
            None,
            "",
            _("The sheet is missing."),
            _("Add a sheet that is named “%(name)s”."),
            name=name,
        )
    file = _TOML if name == RULES else f"{name}.csv"
    return fault(
        file, None, "", _("The file is missing."), _("Put “%(name)s” beside the others."), name=file
    )


def _unknown_file(name: str) -> Fault:
    return fault(
        name,
        None,
        "",
        _("A round has no file of this name."),
        _("Rename it to one of %(names)s, or send one .xlsx workbook."),
        names=", ".join((_TOML, *sorted(_CSV_NAMES))),
    )


def _given_twice(file: str, earlier: str) -> Fault:
    return fault(
        file,
        None,
        "",
        _("The same table was already given in %(earlier)s."),
        _("Leave one of the two out."),
        earlier=earlier,
    )

"""The national register's workbooks: which column is what, by version, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from junheng.kernel.codes import keys

FIELDS = (
    *("school_code", "name", "sex", "born_on", "ethnicity", "id_kind", "resident_id"),
    *("national_number", "grade", "class_number", "entered_on", "household", "boarder"),
    *("left_behind", "migrant", "orphan", "registered_poor", "disabled"),
    *(f"guardian{n}_{what}" for n in (1, 2) for what in ("name", "relation", "phone")),
    *(f"guardian{n}_{what}" for n in (1, 2) for what in ("resident_id", "is")),
)
"""What a column may be here."""
KINDS = ("text", "identifier", "date", "month", "code", "words", "yes_no")


class BadMapping(ValueError):
    """A mapping file that says what cannot be."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A column of the workbook.

    Attributes:
        header, also: How the workbook spells it.
        name: What it is here; "" for a column that is known and left alone.
        required: Whether it must be there and filled in.
        kind: How its cells are read; one of `KINDS`.
        table: Key of the table of standards that its codes are of; "" for none.
        words: What each word stands for.
        other: What every other word stands for; None where there is no other word.
    """

    header: str
    also: tuple[str, ...] = ()
    name: str = ""
    required: bool = False
    kind: str = "text"
    table: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """The columns of one year's workbooks.

    Attributes:
        name: As people call it.
        since: The year from which it was in use.
        source: What the mapping rests on.
        columns: In the workbook's order.
    """

    name: str
    since: int
    source: str
    columns: tuple[Mapped, ...]

    @property
    def read(self) -> tuple[Mapped, ...]:
        """The columns that are taken over."""
        return tuple(column for column in self.columns if column.name)

    def fits(self, headers: Collection[str]) -> bool:
        """Whether a table has every required column."""
        return all(
            any(known in headers for known in (column.header, *column.also))
            for column in self.read
            if column.required
        )


def version_for(headers: Collection[str], own: str = "") -> Version:
    """The newest version that a table can be read by; the newest of all where none fits.

    Args:
        headers: What stands in the table's first row.
        own: Path of a bureau's own mapping file, "" for none.
    """
    known = versions(own)
    return next((one for one in known if one.fits(headers)), known[0])


@cache
def versions(own: str = "") -> tuple[Version, ...]:
    """Every version, newest first; a bureau's own before ours of the same year.

    Raises:
        BadMapping: If a file names a field or kind that there is not.
    """
    ours = files(__package__).joinpath("national.toml").read_text("utf-8")
    texts = [Path(own).read_text("utf-8"), ours] if own else [ours]
    found = [_version(raw) for text in texts for raw in tomllib.loads(text)["version"]]
    return tuple(sorted(found, key=lambda one: -one.since))


def _version(raw: Mapping[str, Any]) -> Version:
    columns = tuple(map(_mapped, raw["columns"]))
    twice = _repeated([column.name for column in columns if column.name])
    if twice:
        raise BadMapping(f"version {raw['name']} has more than one column for {twice}")
    return Version(str(raw["name"]), int(raw["since"]), str(raw["source"]), columns)


def _mapped(raw: Mapping[str, Any]) -> Mapped:
    known = {key: value for key, value in raw.items() if key not in ("also", "field")}
    column = Mapped(also=tuple(raw.get("also", ())), name=raw.get("field", ""), **known)
    if column.name and (column.name not in FIELDS or column.kind not in KINDS):
        raise BadMapping(f"{column.header}: there is no {column.name} of kind {column.kind}")
    if column.table and column.table not in keys():
        raise BadMapping(f"{column.header}: there is no table {column.table}")
    return column


def _repeated(fields: Sequence[str]) -> str:
    return next((name for name in fields if fields.count(name) > 1), "")

"""Layouts of files to and from the bank, which are data: see `bank_layouts.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils.translation import get_language

from junheng.kernel.money import Fen

CURRENT = "cards-2026"
"""The layout that new files are made by where nobody chooses another one."""
ENDINGS = {"csv": "csv", "xlsx": "xlsx", "fixed": "txt"}
MEDIA = {
    "csv": "text/csv; charset=gb18030",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "fixed": "text/plain; charset=gb18030",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a layout.

    Attributes:
        key: What the program calls it.
        title: What its file does.
        also: Other spellings that are read.
        width: Its bytes in a line of fixed width; 0 elsewhere.
    """

    key: str
    title: str
    also: tuple[str, ...] = ()
    width: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """What a code of the bank means.

    Attributes:
        code: As the bank writes it; `also` are other spellings.
        outcome: "paid", "partly" or "returned".
        mend: What has to be put right before the amount goes out again: "account" or "".
    """

    code: str
    also: tuple[str, ...]
    outcome: str
    mend: str
    titles: Mapping[str, str]

    @property
    def title(self) -> str:
        """In the reader's language."""
        return _in_language(self.titles)


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout of files."""

    name: str
    titles: Mapping[str, str]
    format: str
    encoding: str
    total: str
    out: tuple[Heading, ...]
    result: tuple[Heading, ...]
    codes: tuple[Code, ...]

    @property
    def title(self) -> str:
        """In the reader's language."""
        return _in_language(self.titles)

    @property
    def ending(self) -> str:
        """Of the file's name."""
        return ENDINGS[self.format]

    @property
    def media(self) -> str:
        """The media type of the file."""
        return MEDIA[self.format]

    def code_of(self, written: str) -> Code | None:
        """The code behind what stands in a row, however it is spelled."""
        found = (one for one in self.codes if written == one.code or written in one.also)
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Payment:
    """A line as it goes to the bank."""

    number: int
    holder: str
    account: str
    holder_id: str
    fen: int
    reference: str


@cache
def layout(name: str = CURRENT) -> Layout:
    """A layout by its name.

    Raises:
        KeyError: If there is none of this name.
    """
    table = _tables()[name]
    if "like" in table:
        table = _tables()[table["like"]] | table
    widths = table.get("widths", {})
    return Layout(
        name=name,
        titles=table["title"],
        format=table.get("format", "csv"),
        encoding=table["encoding"],
        total=table["total"],
        out=_headings(table["out"], widths),
        result=_headings(table["result"], widths),
        codes=tuple(_code(row) for row in table["code"]),
    )


@cache
def layouts() -> tuple[Layout, ...]:
    """Every layout, the usual one first."""
    return tuple(layout(name) for name in sorted(_tables(), key=lambda name: name != CURRENT))


@cache
def result_headings() -> tuple[Heading, ...]:
    """The columns of a result file by any layout: what the bank sends names its columns itself."""
    found: dict[str, Heading] = {}
    for each in layouts():
        for one in each.result:
            known = found.setdefault(one.key, one)
            also = dict.fromkeys((*known.also, one.title, *one.also))
            found[one.key] = Heading(one.key, known.title, tuple(also))
    return tuple(found.values())


@cache
def _tables() -> dict[str, Any]:
    text = files(__package__).joinpath("bank_layouts.toml").read_text("utf-8")
    tables: dict[str, Any] = tomllib.loads(text)["layout"]
    return tables


def _headings(rows: Iterable[Mapping[str, Any]], widths: Mapping[str, int]) -> tuple[Heading, ...]:
    return tuple(
        Heading(row["key"], row["title"], tuple(row.get("also", ())), widths.get(row["key"], 0))
        for row in rows
    )


def _code(row: Mapping[str, Any]) -> Code:
    return Code(
        row["code"], tuple(row.get("also", ())), row["outcome"], row.get("mend", ""), row["title"]
    )


def _in_language(titles: Mapping[str, str]) -> str:
    return titles["zh" if (get_language() or "").startswith("zh") else "en"]


def yuan(fen: int) -> str:
    """An amount as banks write it: no separators, two decimals."""
    return str(Fen(fen)).replace(",", "")

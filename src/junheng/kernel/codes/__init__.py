"""Codes of official standards as tables with versions: read them, never list them in code."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """What one code stands for, in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class CodeTable:
    """One version of a standard's table.

    Attributes:
        key: How programs name it: `sex`, `ethnicity`, `relation`.
        standard: Number and year of the standard, as `GB/T 3304-1991`.
        since: The year from which this version holds.
        entries: By code, in the order of the standard.
        source: What it was written down from.
    """

    key: str
    standard: str
    since: int
    entries: Mapping[str, Entry]
    source: str

    def read(self, text: str) -> str | None:
        """The code that somebody meant: by code, by name, or `51-name` as offices write both.

        >>> table("sex").read("1"), table("sex").read("2-\u5973"), table("sex").read("?")
        ('1', '2', None)
        """
        known = _spellings(self.key, self.since)
        return known.get(text) or known.get(text.partition("-")[0].strip())

    def name(self, code: str, language: str = "zh") -> str:
        """The name of a code; the code itself where the table does not know it."""
        entry = self.entries.get(code)
        if entry is None:
            return code
        return entry.en if language.startswith("en") else entry.zh


def table(key: str, year: int | None = None) -> CodeTable:
    """A table as it stood in a year; the newest where none is named.

    Raises:
        KeyError: If there is no such table, or none so early.
    """
    fitting = [one for one in _tables()[key] if year is None or one.since <= year]
    if not fitting:
        raise KeyError(f"no version of {key} in {year}")
    return fitting[-1]


def keys() -> tuple[str, ...]:
    """What tables there are."""
    return tuple(_tables())


@cache
def _tables() -> Mapping[str, list[CodeTable]]:
    """All versions by key, oldest first."""
    found: dict[str, list[CodeTable]] = {}
    raw = tomllib.loads(files(__package__).joinpath("tables.toml").read_text("utf-8"))
    for one in sorted(raw["table"], key=lambda each: int(each["since"])):
        entries = _entries(one)
        read = CodeTable(one["key"], one["standard"], one["since"], entries, one["source"])
        found.setdefault(read.key, []).append(read)
    return found


def _entries(one: Mapping[str, Any]) -> dict[str, Entry]:
    """The codes of a version: beside it, or in a file of lines that say in which versions."""
    if "file" not in one:
        return {code: Entry(zh, en) for code, (zh, en) in one["entries"].items()}
    lines = files(__package__).joinpath(one["file"]).read_text("utf-8").splitlines()
    return {
        row["code"]: Entry(row["name"], row["name"])
        for row in csv.DictReader(lines)
        if int(row["from"]) <= int(one["since"]) <= int(row["to"])
    }


@cache
def _spellings(key: str, since: int) -> Mapping[str, str]:
    entries = table(key, since).entries
    known: dict[str, str] = {}
    for code, entry in entries.items():
        for spelling in (code, code.lstrip("0") or "0", entry.zh, entry.en, *_longer(key, entry)):
            known.setdefault(spelling, code)
    return known


def _longer(key: str, entry: Entry) -> tuple[str, ...]:
    """Ethnic groups are written with and without the word for group."""
    return (f"{entry.zh}\u65cf",) if key == "ethnicity" else ()

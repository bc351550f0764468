"""Files to and from the bank, by layouts that are data: see `bank_layouts.toml`."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from django.utils.translation import get_language

from junheng.commons.workbooks import safe
from junheng.kernel.money import Fen

CURRENT = "cards-2026"
"""The layout that new files are made by."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a layout: what the program calls it, what its file does, and other spellings."""

    key: str
    title: str
    also: tuple[str, ...] = ()


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
        return self.titles["zh" if (get_language() or "").startswith("zh") else "en"]


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout of files."""

    name: str
    encoding: str
    total: str
    out: tuple[Heading, ...]
    result: tuple[Heading, ...]
    codes: tuple[Code, ...]

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
    text = files(__package__).joinpath("bank_layouts.toml").read_text("utf-8")
    table = tomllib.loads(text)["layout"][name]
    return Layout(
        name=name,
        encoding=table["encoding"],
        total=table["total"],
        out=_headings(table["out"]),
        result=_headings(table["result"]),
        codes=tuple(_code(row) for row in table["code"]),
    )


def _headings(rows: Iterable[Mapping[str, Any]]) -> tuple[Heading, ...]:
    return tuple(Heading(row["key"], row["title"], tuple(row.get("also", ()))) for row in rows)


def _code(row: Mapping[str, Any]) -> Code:
    return Code(
        row["code"], tuple(row.get("also", ())), row["outcome"], row.get("mend", ""), row["title"]
    )


def written(payments: Iterable[Payment], by: Layout) -> bytes:
    """The file for the bank: a header, a row for each payment, a totals line.

    The same payments give the same bytes. Account and identity numbers are text: each is led by a
    tabulator where a spreadsheet would else read a number and lose digits.

    Args:
        payments: In the order of their numbers.
        by: The layout.
    """
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow([heading.title for heading in by.out])
    total, count = Fen(0), 0
    for payment in payments:
        writer.writerow([_cell(payment, heading.key) for heading in by.out])
        total, count = total + Fen(payment.fen), count + 1
    keys = [heading.key for heading in by.out]
    last = {"number": by.total, "holder": str(count), "yuan": yuan(total.amount)}
    writer.writerow([last.get(key, "") for key in keys])
    return output.getvalue().encode(by.encoding)


def _cell(payment: Payment, key: str) -> str:
    match key:
        case "yuan":
            return yuan(payment.fen)
        case "account" | "holder_id":
            number: str = getattr(payment, key)
            return f"\t{number}" if number else ""
        case _:
            return safe(str(getattr(payment, key)))


def yuan(fen: int) -> str:
    """An amount as banks write it: no separators, two decimals."""
    return str(Fen(fen)).replace(",", "")

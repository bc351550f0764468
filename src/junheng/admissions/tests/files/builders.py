"""A small valid round as text tables, and every way in which it can be sent."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl

from junheng.admissions.files.canonical import write_csv

Row = tuple[str, ...]
Tables = dict[str, list[Row]]

TOML = """\
[round]
ref = "2026-g1"
year = 2026
level = "primary"
class_cap = 55
priority = ["tier", "sibling", "ticket"]
bbox = [115.7, 36.3, 116.2, 36.7]
[lottery]
method = "hmac-sha256"
seed = "trial"
[diversion]
mode = "zone"
"""

RULES_SHEET = [
    ("key", "value"),
    ("ref", "2026-g1"),
    ("year", "2026"),
    ("level", "primary"),
    ("class_cap", "55"),
    ("priority", "tier, sibling, ticket"),
    ("bbox", "115.7, 36.3, 116.2, 36.7"),
    ("method", "hmac-sha256"),
    ("seed", "trial"),
    ("diversion.mode", "zone"),
]


def tables() -> Tables:
    """Three schools, two zones, five children of whom two are twins and one must be diverted."""
    return {
        "schools": [
            (
                "school_id",
                "name",
                "township",
                "lon",
                "lat",
                "classes",
                "class_size",
                "continuing",
                "reserved",
            ),
            ("S1", "城关一小", "城关镇", "115.98", "36.45", "1", "3", "", "1"),
            ("S2", "城关二小", "城关镇", "115.99", "36.46", "1", "2", "0", "0"),
            ("S3", "柳河小学", "柳河乡", "116.01", "36.47", "1", "60", "10", ""),
        ],
        "zones": [
            ("zone_id", "rank", "school_id", "name"),
            ("Z1", "1", "S1", "幸福里"),
            ("Z1", "2", "S2", ""),
            ("Z2", "1", "S3", "柳河村"),
        ],
        "applicants": [
            ("applicant_id", "zone_id", "lon", "lat", "tier", "sibling_school_id", "group_id"),
            ("a1", "Z1", "115.981", "36.451", "1", "", "twins"),
            ("a2", "Z1", "115.981", "36.451", "1", "", "twins"),
            ("b1", "Z1", "115.982", "36.452", "1", "S2", ""),
            ("b2", "Z1", "115.983", "36.453", "2", "", ""),
            ("c1", "Z1", "115.984", "36.454", "2", "", ""),
            ("d1", "Z2", "116.011", "36.471", "1", "", ""),
        ],
        "choices": [
            ("applicant_id", "rank", "school_id"),
            ("b2", "1", "S2"),
            ("b2", "2", "S1"),
        ],
    }


def csv_files(
    given: Mapping[str, Sequence[Row]], *, encoding: str = "utf-8", toml: str = TOML
) -> dict[str, bytes]:
    """The round as CSV files in an encoding."""
    files = {
        f"{name}.csv": write_csv(rows[0], rows[1:]).decode().encode(encoding)
        for name, rows in given.items()
    }
    return {"round.toml": toml.encode(), **files}


def xlsx_file(
    given: Mapping[str, Sequence[Sequence[Any]]],
    *,
    rules: Sequence[Sequence[Any]] = RULES_SHEET,
    change: Callable[[openpyxl.Workbook], None] | None = None,
) -> dict[str, bytes]:
    """The round as one workbook; numbers and texts are stored as given."""
    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]
    for name, rows in {"round": rules, **given}.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([cell if cell != "" else None for cell in row])
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return {"round.xlsx": out.getvalue()}


def as_numbers(given: Tables) -> dict[str, list[tuple[Any, ...]]]:
    """The same tables with numbers stored as numbers, as a spreadsheet does."""
    numeric = {"rank", "lon", "lat", "tier", "classes", "class_size", "continuing", "reserved"}
    return {
        name: [
            rows[0],
            *(
                tuple(
                    float(cell) if cell and title in numeric else cell
                    for title, cell in zip(rows[0], row, strict=True)
                )
                for row in rows[1:]
            ),
        ]
        for name, rows in given.items()
    }


def with_cell(given: Tables, name: str, row: int, column: str, value: str) -> Tables:
    """The tables with one cell replaced; `row` as a spreadsheet shows it."""
    rows = list(given[name])
    at = rows[0].index(column)
    cells = list(rows[row - 1])
    cells[at] = value
    rows[row - 1] = tuple(cells)
    return {**given, name: rows}

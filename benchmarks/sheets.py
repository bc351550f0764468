"""100,000 rows of a workbook, read and checked, beside openpyxl reading the same file.

    python -m benchmarks.sheets [ROWS]

Ours is guards, reading and every check of eleven declared columns; the peer only reads the
cells, in its fastest mode. Then the other ways: CSV in, a faulty file with its error workbook,
and a list written as a workbook.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.site.settings")

import django

django.setup()

import openpyxl  # noqa: E402  # after django.setup()
from stdnum.iso7064 import mod_11_2  # noqa: E402  # after django.setup()

from junheng.commons.sheets import (  # noqa: E402  # after django.setup()
    Column,
    Wrong,
    check_rows,
    error_workbook,
    read_table_file,
    workbook,
)

BAR_SECONDS = 10.0
ROWS = 100_000
"""At most 336,000: there are no more numbers of one county and year."""


def valid_number(text: str) -> Wrong | None:
    return (
        None
        if len(text) == 18 and mod_11_2.is_valid(text)
        else Wrong("“%(n)s” is no identity number.", "", {"n": text})
    )


COLUMNS = (
    Column("applicant_id", "applicant_id", required=True, kind="identifier", unique=True),
    Column("name", "name", required=True),
    Column("number", "number", required=True, kind="identifier", unique=True, check=valid_number),
    Column("born", "born", required=True, kind="date"),
    Column("girl", "girl", kind="yes_no"),
    Column("class", "class", kind="integer"),
    Column("zone_id", "zone_id", required=True, kind="identifier"),
    Column("tier", "tier", required=True, kind="choice", choices={"1": 1, "2": 2, "3": 3}),
    Column("lon", "lon"),
    Column("lat", "lat"),
    Column("note", "note"),
)


def made_up(rows: int) -> Iterator[list[str]]:
    for row in range(rows):
        number = f"990100{2020}{row % 12 + 1:02}{row // 12 % 28 + 1:02}{row // 336:03}"
        yield [
            f"A{row:07}",
            f"Child {row}",
            number + mod_11_2.calc_check_digit(number),
            f"2020-{row % 12 + 1:02}-{row // 12 % 28 + 1:02}",
            "yes" if row % 2 else "no",
            str(row % 9 + 1),
            f"Z{row % 400:04}",
            str(row % 3 + 1),
            f"118.{row % 1_000_000:06}",
            f"29.{row % 1_000_000:06}",
            "",
        ]


def a_workbook(rows: int) -> bytes:
    import xlsxwriter

    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("applicants")
        for number, row in enumerate([[c.name for c in COLUMNS], *made_up(rows)]):
            for place, text in enumerate(row):
                if text:
                    sheet.write_string(number, place, text)
    return output.getvalue()


class Took(NamedTuple):
    """Wall seconds, and seconds of the processor: apart on a machine with other work."""

    wall: float
    cpu: float


def timed(work: Callable[[], Any]) -> tuple[Took, Any]:
    began, used = time.perf_counter(), time.process_time()
    result = work()
    took = Took(time.perf_counter() - began, time.process_time() - used)
    return took, result


def read_and_check(data: bytes, name: str) -> Any:
    (table,) = read_table_file(data, name=name).values()
    return table, *check_rows(COLUMNS, table)


def peer(data: bytes) -> int:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    return sum(1 for _row in book.active.iter_rows(values_only=True))


def main(rows: int) -> int:
    data = a_workbook(rows)
    print(f"{rows:,} rows x {len(COLUMNS)} columns, workbook of {len(data) / 1e6:.1f} MB\n")
    ours, (_table, values, faults) = timed(lambda: read_and_check(data, "applicants.xlsx"))
    assert (len(values), faults) == (rows, [])
    theirs, count = timed(lambda: peer(data))
    assert count == rows + 1
    text = "\n".join(",".join(row) for row in [[c.name for c in COLUMNS], *made_up(rows)])
    csv, _result = timed(lambda: read_and_check(text.encode("gb18030"), "applicants.csv"))
    spoilt = text.replace("yes", "perhaps").encode()
    bad, (table, _values, faults) = timed(lambda: read_and_check(spoilt, "applicants.csv"))
    report, _book = timed(lambda: error_workbook(COLUMNS, table, faults))
    names = [column.name for column in COLUMNS]
    out, _book = timed(lambda: workbook("List", names, made_up(rows), watermark="Li 2026"))
    print(f"{'':52} {'wall s':>8} {'cpu s':>8}")
    for what, took in [
        ("xlsx read and checked (bar 10 s)", ours),
        ("xlsx only read by openpyxl, read-only mode", theirs),
        ("csv in GB18030 read and checked", csv),
        (f"csv with {len(faults):,} faults read and checked", bad),
        ("its error workbook written", report),
        ("a list written as a workbook", out),
    ]:
        print(f"{what:52} {took.wall:8.2f} {took.cpu:8.2f}")
    print(f"\nopenpyxl / ours: {theirs.wall / ours.wall:.1f}")
    return 0 if ours.wall < BAR_SECONDS * rows / ROWS else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))

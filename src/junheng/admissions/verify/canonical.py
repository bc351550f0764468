"""The canonical form of the input tables and its hash, written a second time from the format page.

The program that admits has its own; that two of them agree is what makes a hash mean the
table and not the file it came in.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from junheng.admissions.verify.lines import Unreadable
from junheng.kernel.faults import gettext_noop

Rows = Iterable[Mapping[str, str]]

_WHOLE = re.compile(r"[0-9]{1,9}")
_MICRODEGREE = Decimal("0.000001")


def text(value: str) -> str:
    """Text as it stands, without white space around it."""
    return value.strip()


def whole(value: str) -> str:
    """A whole number without leading zeros."""
    digits = value.strip()
    if not _WHOLE.fullmatch(digits):
        raise Unreadable(gettext_noop("“%(value)s” is not a whole number"), value=digits)
    return str(int(digits))


def whole_or_zero(value: str) -> str:
    """A whole number for which blank means 0."""
    return whole(value.strip() or "0")


def degrees(value: str) -> str:
    """Degrees rounded half up to six places, all six written; blank stays blank."""
    digits = value.strip()
    if not digits:
        return ""
    try:
        exact = Decimal(digits).quantize(_MICRODEGREE, ROUND_HALF_UP)
    except InvalidOperation:
        exact = Decimal("NaN")
    if exact.is_nan():
        raise Unreadable(gettext_noop("“%(value)s” is not a coordinate"), value=digits)
    return f"{exact + 0:f}"


Row = tuple[str, ...]


def by_name(row: Row) -> tuple[str, int]:
    """Order of tables whose key is one identifier: by its bytes, the same as by code point."""
    return row[0], 0


def by_name_and_rank(row: Row) -> tuple[str, int]:
    """Order of ranked tables: ranks are numbers, so 2 comes before 10."""
    return row[0], int(row[1])


def by_two_names(row: Row) -> tuple[str, str]:
    """Order of tables whose key is two identifiers."""
    return row[0], row[1]


@dataclass(frozen=True, slots=True)
class Table:
    """A documented table: how each column is written, what its key is and how it is ordered."""

    columns: Mapping[str, Callable[[str], str]]
    key: int
    order: Callable[[Row], tuple[object, ...]]


TABLES = {
    "schools": Table(
        {
            "school_id": text,
            "name": text,
            "township": text,
            "lon": degrees,
            "lat": degrees,
            "classes": whole,
            "class_size": whole,
            "continuing": whole_or_zero,
            "reserved": whole_or_zero,
        },
        key=1,
        order=by_name,
    ),
    "zones": Table(
        {"zone_id": text, "rank": whole, "school_id": text, "name": text},
        key=2,
        order=by_name_and_rank,
    ),
    "applicants": Table(
        {
            "applicant_id": text,
            "zone_id": text,
            "lon": degrees,
            "lat": degrees,
            "tier": whole,
            "sibling_school_id": text,
            "group_id": text,
        },
        key=1,
        order=by_name,
    ),
    "choices": Table(
        {"applicant_id": text, "rank": whole, "school_id": text}, key=2, order=by_name_and_rank
    ),
    "distances": Table(
        {"applicant_id": text, "school_id": text, "metres": whole}, key=2, order=by_two_names
    ),
    "offers": Table(
        {"applicant_id": text, "rank": whole, "school_id": text}, key=2, order=by_name_and_rank
    ),
    "offer_choices": Table(
        {"applicant_id": text, "rank": whole, "school_id": text}, key=2, order=by_name_and_rank
    ),
    "grade_moves": Table({"school_id": text, "host_id": text}, key=2, order=by_two_names),
}


def canonical_rows(name: str, rows: Rows) -> list[Row]:
    """The rows of a table as they are hashed: documented columns, one spelling, in key order.

    Raises:
        Unreadable: If a column is missing or a number is none.
    """
    table, rows = TABLES[name], list(rows)
    try:
        written = [[write(row[column]) for row in rows] for column, write in table.columns.items()]
    except KeyError as missing:
        raise Unreadable(
            gettext_noop("%(table)s has no column %(column)s"), table=name, column=missing.args[0]
        ) from None
    return sorted(zip(*written, strict=True), key=table.order)


def table_hash(name: str, rows: Iterable[Row]) -> str:
    """SHA-256 of a table in its canonical form, lower-case hexadecimal."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(TABLES[name].columns)
    writer.writerows(rows)
    return hashlib.sha256(out.getvalue().encode()).hexdigest()

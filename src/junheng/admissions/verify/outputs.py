"""The result of a round as the verifier reads it: strictly, since a program wrote it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from junheng.admissions.verify.lines import Unreadable
from junheng.kernel.faults import gettext_noop

PLACEMENTS = ("applicant_id", "school_id", "how", "list_rank", "tier", "ticket", "distance_m")
SCHOOLS = (
    "school_id",
    "seats",
    "placed_by_list",
    "diverted_in",
    "free",
    "last_key",
    "price_m",
)
OFFERS = ("applicant_id", "rank", "school_id", "distance_m", "free")
GRADES = ("school_id", "children", "without_seat", "host_id", "reason", "distance_m")
FILES = ("placements.csv", "schools_result.csv", "receipt.json", "explanations.jsonl")

Row = TypeVar("Row", "Placement", "SchoolRow", tuple[str, ...])
TWO, THREE = 2, 3
"""The versions of the format in which grades can move, and in which schools draw lots."""
MORE = {TWO: ("moved_out",), THREE: ("moved_out", "drawn")}
"""Columns that the table of schools has besides, by version."""

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})")


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_no_number)


@dataclass(frozen=True, slots=True)
class Placement:
    """One line of `placements.csv`; a blank number is None."""

    child: str
    school: str
    how: str
    list_rank: int | None
    tier: int | None
    ticket: str
    distance_m: int | None


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """One line of `schools_result.csv`; a blank number is None."""

    school: str
    seats: int | None
    placed_by_list: int | None
    diverted_in: int | None
    free: int | None
    last_key: str
    price_m: int | None
    moved_out: int | None = None
    drawn: int | None = None


Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outputs:
    """What `admit` wrote, read but not yet believed; explanations are read one by one later.

    `offers` and `grades` are the lines of the files of those names, None without the file.
    """

    placements: tuple[Placement, ...]
    schools: tuple[SchoolRow, ...]
    receipt: Mapping[str, Any]
    explanations: tuple[bytes, ...]
    placements_bytes: bytes
    receipt_bytes: bytes
    offers: tuple[Texts, ...] | None = None
    grades: tuple[Texts, ...] | None = None
    hashes: Mapping[str, str] = field(default_factory=dict)


def read_outputs(files: Mapping[str, bytes]) -> Outputs:
    """Read the files of a result.

    Raises:
        Unreadable: If one is missing or has not the documented form.
    """
    for name in FILES:
        if name not in files:
            raise Unreadable(gettext_noop("%(file)s is missing"), file=name)
    placements, schools, receipt, explanations = (files[name] for name in FILES)
    said = read_object(FILES[2], receipt)
    version = said.get("format")
    columns = (*SCHOOLS, *MORE.get(version if isinstance(version, int) else 1, ()))
    return Outputs(
        placements=tuple(_table(FILES[0], placements, PLACEMENTS, _placement)),
        schools=tuple(_table(FILES[1], schools, columns, _school)),
        receipt=said,
        explanations=tuple(explanations.splitlines()),
        placements_bytes=placements,
        receipt_bytes=receipt,
        offers=_texts(files, "offers.csv", OFFERS),
        grades=_texts(files, "grades.csv", GRADES),
        hashes={name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    )


def _texts(files: Mapping[str, bytes], name: str, columns: Texts) -> tuple[Texts, ...] | None:
    """The lines of a file that is not in every result."""
    if name not in files:
        return None
    return tuple(_table(name, files[name], columns, lambda *cells: cells))


def _table(
    name: str, content: bytes, columns: tuple[str, ...], read: Callable[..., Row]
) -> Iterator[Row]:
    lines = csv.reader(io.StringIO(_decoded(name, content), newline=""), strict=True)
    if tuple(next(lines, ())) != columns:
        raise Unreadable(gettext_noop("%(file)s has other columns than it should"), file=name)
    try:
        for line in lines:
            yield read(*line)
    except (TypeError, ValueError, csv.Error):
        raise _odd_line(name) from None


def _placement(
    child: str, school: str, how: str, rank: str, tier: str, ticket: str, metres: str
) -> Placement:
    return Placement(child, school, how, _whole(rank), _whole(tier), ticket, _whole(metres))


def _school(
    school: str,
    seats: str,
    by_list: str,
    diverted: str,
    free: str,
    last_key: str,
    price: str,
    *more: str,
) -> SchoolRow:
    return SchoolRow(
        school,
        _whole(seats),
        _whole(by_list),
        _whole(diverted),
        _whole(free),
        last_key,
        _whole(price),
        *map(_whole, more),
    )


def _whole(written: str) -> int | None:
    if written and not _WHOLE.fullmatch(written):
        raise ValueError(written)
    return int(written) if written else None


def read_object(name: str, content: bytes) -> Mapping[str, Any]:
    """Read a JSON object.

    Raises:
        Unreadable: If it is none.
    """
    try:
        value = _JSON.decode(content.decode())
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise _odd_line(name)
    return value


def _odd_line(name: str) -> Unreadable:
    return Unreadable(gettext_noop("%(file)s has a line that cannot be read"), file=name)


def _decoded(name: str, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Unreadable(gettext_noop("%(file)s is not UTF-8"), file=name) from None

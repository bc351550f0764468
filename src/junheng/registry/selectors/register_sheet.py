"""The register as a workbook of the national register's columns, in masks or in full."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Prefetch

from junheng.accounts.facade import User
from junheng.commons.dated import current_on
from junheng.commons.masks import mask_id, mask_name, mask_phone
from junheng.kernel.codes import table
from junheng.registry.files.national import Mapped, versions
from junheng.registry.models import Guardian, PupilTag, Standing, Tag

SEVERAL = 1_000
TAGS = frozenset(str(tag) for tag in Tag)
Values = Mapping[str, str]


def sheet_headers() -> list[str]:
    """The headers of the newest version, of the columns that are kept here."""
    return [column.header for column in _columns()]


def sheet_rows(user: User, on: date, *, masked: bool) -> Iterator[list[str]]:
    """Everybody on the roll within somebody's scope, school by school.

    Args:
        user: Who takes the list.
        on: The day whose guardians and tags are written.
        masked: Whether names and numbers are masked; in full it can be imported again.
    """
    columns = _columns()
    writers = [_writer(column) for column in columns]
    rows = Standing.objects.for_user(user).open().at_school()
    rows = rows.select_related("pupil", "organisation", "school_class").prefetch_related(
        Prefetch("pupil__guardians", Guardian.objects.filter(current_on(on)), to_attr="now"),
        Prefetch("pupil__tags", PupilTag.objects.filter(current_on(on)), to_attr="tagged"),
    )
    ordered = rows.order_by("organisation", "grade", "school_class", "pk")
    for row in ordered.iterator(chunk_size=SEVERAL):
        values = _values(row, masked=masked)
        yield [
            write(values.get(column.name, ""))
            for column, write in zip(columns, writers, strict=True)
        ]


def _columns() -> tuple[Mapped, ...]:
    return versions(settings.NATIONAL_REGISTER)[0].read


def _values(row: Standing, *, masked: bool) -> dict[str, str]:
    """What stands under each field, as the import reads it."""
    pupil: Any = row.pupil
    hide_name, hide_id, hide_phone = (mask_name, mask_id, mask_phone) if masked else (str, str, str)
    resident_id = str(pupil.resident_id or "")
    values = {
        "school_code": row.organisation.code,
        "name": hide_name(str(pupil.name)),
        "sex": pupil.sex,
        "born_on": _born(pupil.born_on, masked=masked),
        "ethnicity": pupil.ethnicity,
        "id_kind": "" if not resident_id else _kind(resident_id),
        "resident_id": hide_id(resident_id),
        "national_number": hide_id(str(pupil.national_number or "")),
        "grade": str(row.grade),
        "class_number": str(row.school_class.number) if row.school_class else "",
        "entered_on": f"{pupil.entered_on:%Y%m}",
        "household": "" if masked else str(pupil.household_number or ""),
    }
    values |= {tag.tag: tag.tag for tag in pupil.tagged if tag.tag in TAGS}
    for place, guardian in enumerate(pupil.now[:2], start=1):
        values |= {
            f"guardian{place}_name": hide_name(str(guardian.name or "")),
            f"guardian{place}_relation": guardian.relation,
            f"guardian{place}_phone": hide_phone(str(guardian.phone or "")),
            f"guardian{place}_resident_id": hide_id(str(guardian.resident_id or "")),
            f"guardian{place}_is": "yes",
        }
    return values


def _born(day: date | None, *, masked: bool) -> str:
    if day is None:
        return ""
    return f"{day:%Y}" if masked else f"{day:%Y%m%d}"


def _kind(number: str) -> str:
    return "resident" if len(number) == 18 else "foreign"


def _writer(column: Mapped) -> Callable[[str], str]:
    """How a value of a column is written: codes and words by the names that offices use."""
    if column.kind == "code":
        codes = table(column.table)
        return lambda value: codes.name(value) if value else ""
    if column.kind == "words":
        return _words(column)
    if column.kind == "yes_no":
        return lambda value: "\u662f" if value else ""
    return str


def _words(column: Mapped) -> Callable[[str], str]:
    """The word that stands for a value: its code's name, where only one code means it.

    Of several codes one says more than we know; then, and without codes, it is the plain word.
    """
    spellings: dict[str, list[str]] = {}
    for code, value in column.words.items():
        spellings.setdefault(value, []).append(code)
    known = {} if column.other is None else {column.other: "\u5176\u4ed6"}
    for value, several in spellings.items():
        codes = [one for one in several if one.isdigit()]
        plain = [one for one in several if not one.isdigit()]
        if column.table and (len(codes) == 1 or not plain):
            known[value] = table(column.table).name(codes[0])
        elif plain:
            known[value] = max(plain, key=len)
    return lambda value: known.get(value, value)

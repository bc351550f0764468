"""Identity numbers of a register's workbook, and who of its rows is known already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection

from junheng.commons.sealing import steady_keys
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.resident_id import NotResidentId, ResidentId
from junheng.registry.engine.id_numbers import LENGTH, sound
from junheng.registry.services.importing.rows import Batch, Values
from junheng.registry.services.keys import national_number_key, resident_id_key

OLD_LENGTH = 15
ID_COLUMNS = ("resident_id", "guardian1_resident_id", "guardian2_resident_id")


class Known(NamedTuple):
    """A pupil of the register, found by number."""

    number: str
    organisation: int
    left_on: date | None


def lengthened(values: Values, column: str) -> str:
    """A number with 18 characters where it can be one; other papers' numbers as they are."""
    text = str(values[column] or "").strip().upper()
    if len(text) == OLD_LENGTH and text.isdigit():
        try:
            return ResidentId.from_old(text).number
        except NotResidentId:
            return text
    return text


def is_resident(values: Values, column: str) -> bool:
    """Whether a number has to be a resident ID number: unless another paper is named."""
    if column == "resident_id":
        return values.get("id_kind") != "foreign"
    return len(str(values[column])) in (OLD_LENGTH, LENGTH)


def wrong_numbers(batch: Batch) -> list[Fault]:
    """Numbers that cannot be, and those that say another birthday or sex than the row."""
    faults: list[Fault] = []
    for column in ID_COLUMNS:
        given = [(row, each) for row, each in batch if each[column] and is_resident(each, column)]
        texts = [lengthened(each, column) for _row, each in given]
        for (row, each), text, fine in zip(given, texts, sound(texts), strict=True):
            if not fine:
                faults.append(_wrong(batch, row, column, text))
            elif column == "resident_id" and (other := _contradiction(each, text)):
                faults.append(batch.fault(row, other, *_CONTRADICTIONS[other]))
    return faults


_CONTRADICTIONS = {
    "born_on": (
        _("The birthday is not that of the identity number."),
        _("Correct whichever is wrong."),
    ),
    "sex": (_("The sex is not that of the identity number."), _("Correct whichever is wrong.")),
}


def _contradiction(values: Values, number: str) -> str:
    """The column that says something else than the number, "" for none."""
    born: date = values["born_on"]
    if number[6:14] != f"{born.year:04d}{born.month:02d}{born.day:02d}":
        return "born_on"
    if values["sex"] in ("1", "2") and int(number[16]) % 2 != int(values["sex"]) % 2:
        return "sex"
    return ""


def _wrong(batch: Batch, row: int, column: str, text: str) -> Fault:
    fix = _("Compare it with the paper; for another kind of paper, name the kind.")
    try:
        ResidentId.parse(text)
    except NotResidentId as no:
        message = str(getattr(type(no), "message", no))
        return batch.fault(row, column, message, fix, length=len(text))
    raise AssertionError("only for numbers that are not sound")


def twice_in_the_file(batch: Batch) -> list[Fault]:
    """Numbers of pupils that stand in two rows."""
    faults: list[Fault] = []
    for column in ("resident_id", "national_number"):
        first: dict[str, int] = {}
        for row, values in batch:
            text = lengthened(values, column)
            if text and (earlier := first.setdefault(text, row)) != row:
                faults.append(
                    batch.fault(
                        row,
                        column,
                        _("The same number stands in row %(earlier)s already."),
                        _("Delete one of the two rows, or correct it."),
                        earlier=earlier,
                    )
                )
    return faults


def known_pupils(batch: Iterable[tuple[int, Values]]) -> Mapping[int, Known]:
    """Rows whose pupil is in the register already, by either number."""
    rows = list(batch)
    found: dict[int, Known] = {}
    for column, field, key in (
        ("national_number", "national_number_key", national_number_key),
        ("resident_id", "resident_id_key", resident_id_key),
    ):
        with steady_keys():
            keys = {row: key(lengthened(values, column)) for row, values in rows}
        there = _there(field, [each for each in keys.values() if each])
        found |= {row: there[each] for row, each in keys.items() if each in there}
    return found


def _there(field: str, keys: Sequence[str]) -> dict[str, Known]:
    """Pupils by a key.

    The keys come as one value, since so many take longer to be read than to be found; and without
    the condition the index, which leaves blank keys out, would not serve.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT wanted.key, pupil.number, pupil.organisation_id, pupil.left_on "  # noqa: S608 -- names of ours
            f"FROM unnest(%s::text[]) AS wanted (key) "
            f"JOIN registry_pupil pupil ON pupil.{field} = wanted.key WHERE pupil.{field} <> ''",
            [list(keys)],
        )
        return {key: Known(*known) for key, *known in cursor.fetchall()}

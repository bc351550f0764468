"""Entrants by school and year: what a row says replaces what was known of that school and year."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from junheng.commons.sheet_columns import Choices
from junheng.commons.sheets import Column, Wrong
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.levels import Level
from junheng.places.facade import Organisation
from junheng.registry.models import LEVELS, Entrants
from junheng.registry.services.importing.rows import Batch, ChangedSince, Done, Outcome

FIRST_YEAR, LAST_YEAR, MOST = 1986, 2100, 5_000


def _year(value: int) -> Wrong | None:
    if FIRST_YEAR <= value <= LAST_YEAR:
        return None
    return Wrong(_("%(n)s is no year."), "", {"n": value})


def _number(value: int) -> Wrong | None:
    if 0 <= value <= MOST:
        return None
    return Wrong(_("%(n)s entrants of one school: that cannot be."), "", {"n": value})


COLUMNS = (
    Column(
        "school_code",
        gettext_lazy("School code"),
        required=True,
        kind="identifier",
        example="3199000007",
    ),
    Column(
        "level", gettext_lazy("Level"), required=True, kind="choice", choices=Choices(dict(LEVELS))
    ),
    Column(
        "year", gettext_lazy("Year"), required=True, kind="integer", check=_year, example="2020"
    ),
    Column(
        "entrants",
        gettext_lazy("Entrants"),
        required=True,
        kind="integer",
        check=_number,
        note=gettext_lazy("Pupils of the entry grade in September of that year."),
        example="146",
    ),
)
Key = tuple[int, int, int]


def judge(batch: Batch) -> list[Fault]:
    """What is wrong with the rows, beside what the columns tell by themselves."""
    schools, seen, faults = _schools(batch), dict[Any, int](), list[Fault]()
    for row, values in batch:
        if values["school_code"] not in schools:
            message = _("There is no school %(code)s in your area.")
            faults.append(batch.fault(row, "school_code", message, code=values["school_code"]))
        key = (values["school_code"], values["year"], values["level"])
        if (earlier := seen.setdefault(key, row)) != row:
            message = _("Row %(earlier)s has this school and year already.")
            faults.append(batch.fault(row, "year", message, earlier=earlier))
    return faults


def _schools(batch: Batch) -> dict[str, int]:
    codes = batch.said("school_code")
    rows = Organisation.objects.filter(code__in=codes, path__startswith=batch.path)
    return dict(rows.values_list("code", "pk"))


def apply(batch: Batch) -> Outcome:
    """Take the rows over."""
    schools = _schools(batch)
    done: list[Done] = []
    with transaction.atomic():
        known = {
            (row.organisation_id, row.year, row.grade): row
            for row in Entrants.objects.select_for_update().filter(
                organisation__in=schools.values()
            )
        }
        for _row, values in batch:
            grade = Level(values["level"]).entry_grade.number
            key = (schools[values["school_code"]], values["year"], grade)
            done += _write(key, values["entrants"], known.get(key))
    changed = sum(entry["before"] is not None for entry in done)
    return Outcome(len(done) - changed, changed, len(batch.rows) - len(done), tuple(done))


def _write(key: Key, number: int, row: Entrants | None) -> list[Done]:
    if row is None:
        made = Entrants.objects.create(
            organisation_id=key[0], year=key[1], grade=key[2], number=number
        )
        return [{"pk": made.pk, "before": None, "after": number}]
    if row.number == number:
        return []
    before, row.number = row.number, number
    row.save(update_fields=["number"])
    return [{"pk": row.pk, "before": before, "after": number}]


def undo(done: Iterable[Done]) -> None:
    """Put back what was known before.

    Raises:
        ChangedSince: If a figure was changed since; then nothing is undone.
    """
    with transaction.atomic():
        for entry in done:
            row = Entrants.objects.filter(pk=entry["pk"], number=entry["after"]).first()
            if row is None:
                raise ChangedSince(gettext("Entrants were changed since; take that back first."))
            if entry["before"] is None:
                row.delete()
            else:
                row.number = entry["before"]
                row.save(update_fields=["number"])

"""What schools have, from a table: a row that says something new begins the next version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from junheng.commons.sheet_columns import Choices
from junheng.commons.sheets import Column, Wrong
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.places.facade import Organisation
from junheng.registry.models import LEVELS, Resources
from junheng.registry.services.importing.rows import (
    Batch,
    ChangedSince,
    Done,
    Outcome,
    Values,
)

MOST = 100_000_000
"""Above this a figure is a mistake of typing, not a school."""
FEN_A_YUAN = 100


def _figure(value: int) -> Wrong | None:
    if 0 <= value <= MOST:
        return None
    return Wrong(_("%(value)s cannot be; %(least)s to %(most)s can."), "", _told(value))


def _rooms(value: int) -> Wrong | None:
    return None if 0 <= value <= 1_000 else Wrong(_("%(value)s rooms cannot be."), "", _told(value))


def _told(value: int) -> dict[str, object]:
    return {"value": value, "least": 0, "most": MOST}


def _number(name: str, title: Any, example: str, check: Any = _figure) -> Column:
    return Column(name, title, kind="integer", check=check, example=example)


FIGURES = (
    _number("building_m2", gettext_lazy("Building area, m²"), "5200"),
    _number("teaching_m2", gettext_lazy("Teaching and auxiliary area, m²"), "3400"),
    _number("sports_m2", gettext_lazy("Sports area, m²"), "6100"),
    _number("books", gettext_lazy("Books"), "9200"),
    _number("equipment_yuan", gettext_lazy("Value of equipment, yuan"), "1500000"),
    _number("equipment_sets", gettext_lazy("Sets of equipment"), "800"),
    _number("equipment_used", gettext_lazy("Sets in use"), "784"),
    _number("multimedia_rooms", gettext_lazy("Multimedia classrooms"), "18", _rooms),
    _number("lessons_planned", gettext_lazy("Laboratory lessons planned"), "120"),
    _number("lessons_given", gettext_lazy("Laboratory lessons given"), "118"),
)
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
    *FIGURES,
    Column("valid_from", gettext_lazy("Valid from"), kind="date"),
)
PARTS = (
    ("teaching_m2", "building_m2"),
    ("equipment_used", "equipment_sets"),
    ("lessons_given", "lessons_planned"),
)
"""What cannot be more than the other."""
Key = tuple[str, str]


def judge(batch: Batch) -> list[Fault]:
    """What is wrong with the rows, beside what the columns tell by themselves."""
    schools, latest, faults = _schools(batch), _latest(batch), list[Fault]()
    seen: dict[Key, int] = {}
    for row, values in batch:
        key = (values["school_code"], values["level"])
        if key[0] not in schools:
            message = _("There is no school %(code)s in your area.")
            faults.append(batch.fault(row, "school_code", message, code=key[0]))
        if (earlier := seen.setdefault(key, row)) != row:
            message = _("Row %(earlier)s has this school and level already.")
            faults.append(batch.fault(row, "school_code", message, earlier=earlier))
        faults += _parts(batch, row, values)
        known = latest.get(key)
        if known and _figures(values) != _kept(known) and _start(batch, values) <= known.valid_from:
            message = _("Figures since %(day)s are known, which is not before these.")
            faults.append(batch.fault(row, "valid_from", message, day=str(known.valid_from)))
    return faults


def _parts(batch: Batch, row: int, values: Values) -> list[Fault]:
    return [
        batch.fault(
            row, part, _("More than %(whole)s, of which it is a part."), whole=values[whole]
        )
        for part, whole in PARTS
        if values.get(part) is not None
        and values.get(whole) is not None
        and values[part] > values[whole]
    ]


def apply(batch: Batch) -> Outcome:
    """Take the rows over; they have been judged without a fault."""
    schools, done = _schools(batch), list[Done]()
    fresh: list[tuple[Resources, int | None]] = []
    with transaction.atomic():
        latest = _latest(batch, lock=True)
        for _row, values in batch:
            known = latest.get((values["school_code"], values["level"]))
            figures, start = _figures(values), _start(batch, values)
            if known is not None and _kept(known) == figures:
                continue
            if known is not None:
                known.valid_to = start
                known.save(update_fields=["valid_to"])
            school = schools[values["school_code"]]
            made = Resources(
                organisation=school, level=values["level"], valid_from=start, **figures
            )
            fresh.append((made, known.pk if known else None))
        Resources.objects.bulk_create([row for row, _before in fresh], batch_size=500)
        done = [{"pk": row.pk, "before": before} for row, before in fresh]
    changed = sum(entry["before"] is not None for entry in done)
    return Outcome(len(done) - changed, changed, len(batch.rows) - len(done), tuple(done))


def undo(done: Iterable[Done]) -> None:
    """Take the figures back that came with a table, and open those before.

    Raises:
        ChangedSince: If newer figures came since; then nothing is undone.
    """
    with transaction.atomic():
        for entry in done:
            row = Resources.objects.filter(pk=entry["pk"], valid_to=None).first()
            if row is None:
                raise ChangedSince(gettext("Newer figures came since; take those back first."))
            row.delete()
            Resources.objects.filter(pk=entry["before"]).update(valid_to=None)


def _schools(batch: Batch) -> dict[str, Organisation]:
    codes = batch.said("school_code")
    inside = Organisation.objects.filter(code__in=codes, path__startswith=batch.path)
    return {school.code: school for school in inside}


def _latest(batch: Batch, *, lock: bool = False) -> dict[Key, Resources]:
    rows = Resources.objects.filter(
        organisation__code__in=batch.said("school_code"),
        organisation__path__startswith=batch.path,
        valid_to=None,
    ).select_related("organisation")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    return {(row.organisation.code, row.level): row for row in rows}


def _figures(values: Values) -> dict[str, int | None]:
    told = {column.name: values.get(column.name) for column in FIGURES}
    yuan = told.pop("equipment_yuan")
    return told | {"equipment_fen": None if yuan is None else yuan * FEN_A_YUAN}


def _kept(row: Resources) -> dict[str, int | None]:
    return {name: getattr(row, name) for name in _figures({})}


def _start(batch: Batch, values: Values) -> date:
    day: date = values.get("valid_from") or batch.today
    return day

"""The register of a place, and all it is compared with, as the tables of the integrity engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model

from junheng.commons.sealing import Sealed, steady_keys
from junheng.evidence.facade import Register, entries_of
from junheng.kernel.school_year import SchoolYear
from junheng.registry.engine.integrity.tables import Snapshot, connect, fill
from junheng.registry.files.integrity_limits import limits_on
from junheng.registry.models import (
    AttendanceMark,
    Guardian,
    Pupil,
    RollCall,
    Standing,
    State,
)
from junheng.registry.snapshots.people import Told, columns_of, numbers_of, phone_keys

if TYPE_CHECKING:
    from junheng.registry.engine.integrity.tables import Engine

Row = TypeVar("Row")
Entry = tuple[str, dict[str, str]]
"""A row of a delivery: its reference, and what stands in it."""
AT_ONCE = 5_000
STANDS = (
    *("pupil_id", "organisation_id", "grade", "school_class_id", "state", "valid_from", "batch"),
    *("school_class__organisation_id", "school_class__grade"),
    *("pupil__entered_on", "pupil__household_key", "pupil__resident_id_key", "pupil__born_on"),
    *("pupil__sex", "pupil__name", "pupil__resident_id"),
)
TIES = ("id", "pupil_id", "relation", "phone", "resident_id", "resident_id_key")
"""What is read of standings with their pupils, and of guardians."""
THERE = frozenset({State.STUDYING, State.SUSPENDED})
DAYS_BACK = 60
"""Calendar days of attendance that are looked at."""
EXCUSED = {"ill": "excused", "leave": "excused"}
STATUS = {
    "\u6b7b\u4ea1": "died", "died": "died",
    "\u8fc1\u51fa": "moved", "moved": "moved", "moved away": "moved",
    "\u6ce8\u9500": "cancelled", "cancelled": "cancelled",
}  # fmt: skip
"""What civil registration writes of an entry that is not living."""


def tables_of(path: str, on: date) -> tuple[Engine, Snapshot]:
    """Everything that the checks need of a place, as on a day; close the engine afterwards."""
    engine = connect()
    with steady_keys():
        _pupils(engine, path, on)
        _guardians(engine, path, on)
        delivered = {
            "attendance": _attendance(engine, path, on),
            "civil": _civil(engine, path),
            "elsewhere": _elsewhere(engine, path),
        }
    there = {name: day for name, day in delivered.items() if day is not None}
    return engine, Snapshot(
        on=on,
        school_year=SchoolYear.of(on).start,
        delivered=frozenset(there),
        limits=limits_on(on),
        as_of=tuple(sorted(there.items())),
    )


def _pupils(engine: Engine, path: str, on: date) -> None:
    rows = Standing.objects.on(on).filter(organisation__path__startswith=path).order_by("pupil")
    for some in _some_at_once(_several(rows, STANDS)):
        fill(engine, "pupils", _stands(some) | columns_of([_who(row) for row in some]))


def _several(rows: Any, fields: Sequence[str]) -> Iterator[Any]:
    """Rows as they come, without a model for each: there are hundreds of thousands."""
    found: Iterator[Any] = rows.values_list(*fields, named=True).iterator(AT_ONCE)
    return found


def _who(row: Any) -> Told:
    """A pupil; of one who is gone it is enough to know the name and the index of the number."""
    number = row.pupil__resident_id if row.state in THERE else None
    return Told(
        _opened(Pupil, "name", row.pupil_id, row.pupil__name),
        _opened(Pupil, "resident_id", row.pupil_id, number),
        row.pupil__born_on,
        row.pupil__sex,
        row.pupil__resident_id_key,
    )


def _opened(model: type[Model], name: str, row: object, value: Sealed | None) -> str:
    field: Any = model._meta.get_field(name)
    text: str = field.opened(row, value)
    return text


def _stands(rows: tuple[Any, ...]) -> dict[str, list[Any]]:
    return {
        "pupil": [str(row.pupil_id) for row in rows],
        "school": [str(row.organisation_id) for row in rows],
        "grade": [row.grade for row in rows],
        "class": [_text(row.school_class_id) for row in rows],
        "class_school": [_text(row.school_class__organisation_id) for row in rows],
        "class_grade": [row.school_class__grade for row in rows],
        "state": [row.state for row in rows],
        "since": [row.valid_from for row in rows],
        "entered_on": [row.pupil__entered_on for row in rows],
        "batch": [_text(row.batch) for row in rows],
        "household_key": [row.pupil__household_key or None for row in rows],
    }


def _some_at_once(rows: Iterable[Row]) -> Iterator[tuple[Row, ...]]:
    going = iter(rows)
    while some := tuple(islice(going, AT_ONCE)):
        yield some


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _guardians(engine: Engine, path: str, on: date) -> None:
    rows = Guardian.objects.on(on).filter(pupil__organisation__path__startswith=path)
    for some in _some_at_once(_several(rows.order_by("id"), TIES)):
        people = [
            Told("", _opened(Guardian, "resident_id", row.id, row.resident_id), key=key)
            for row in some
            for key in (row.resident_id_key,)
        ]
        known = numbers_of(people)
        columns: dict[str, list[Any]] = {
            "pupil": [str(row.pupil_id) for row in some],
            "relation": [row.relation for row in some],
            "phone_key": phone_keys(_opened(Guardian, "phone", row.id, row.phone) for row in some),
        }
        fill(engine, "guardians", columns | {name: known[name] for name in ("id_key", "id_born")})


def _attendance(engine: Engine, path: str, on: date) -> date | None:
    """Roll calls of the last weeks; the last day of them, None if there are none."""
    calls = RollCall.objects.filter(
        organisation__path__startswith=path, day__lte=on, day__gt=on - timedelta(days=DAYS_BACK)
    )
    rows = list(calls.order_by("pk").values_list("school_class_id", "organisation_id", "day"))
    if not rows:
        return None
    classes, schools, days = zip(*rows, strict=True)
    columns = {"class": list(map(str, classes)), "school": list(map(str, schools))}
    fill(engine, "calls", columns | {"day": list(days)})
    marks = AttendanceMark.objects.filter(call__in=calls).select_related("call").order_by("id")
    for some in _some_at_once(marks.iterator(AT_ONCE)):
        people = [
            Told(str(row.name or ""), str(row.resident_id or ""), key=row.resident_id_key)
            for row in some
        ]
        fill(engine, "marks", _marked(some) | columns_of(people))
    last: date = max(days)
    return last


def _marked(rows: tuple[AttendanceMark, ...]) -> dict[str, list[Any]]:
    return {
        "entry": [str(row.pk) for row in rows],
        "class": [str(row.call.school_class_id) for row in rows],
        "school": [str(row.call.organisation_id) for row in rows],
        "day": [row.call.day for row in rows],
        "mark": [EXCUSED.get(row.mark, row.mark) for row in rows],
        "pupil": [_text(row.pupil_id) for row in rows],
    }


def _civil(engine: Engine, path: str) -> date | None:
    entries = entries_of(Register.HOUSEHOLD, path)
    if entries is None:
        return None
    for some in _some_at_once(entries):
        people = columns_of(list(_told(some)))
        columns: dict[str, list[Any]] = {
            "entry": _entries(some, people),
            "status": [STATUS.get(f.get("status", "").strip(), "living") for _ref, f in some],
            "status_on": [_day(facts.get("status_on")) for _ref, facts in some],
        }
        fill(engine, "civil", columns | people)
    return entries.as_of


def _elsewhere(engine: Engine, path: str) -> date | None:
    entries = entries_of(Register.ENROLMENT, path)
    if entries is None:
        return None
    for some in _some_at_once(entries):
        guardians = numbers_of([Told("", facts.get("guardian_id", "")) for _ref, facts in some])
        people = columns_of(list(_told(some)))
        columns: dict[str, list[Any]] = {
            "entry": _entries(some, people),
            "district": [facts.get("district") for _ref, facts in some],
            "since": [_day(facts.get("enrolled_on")) for _ref, facts in some],
            "guardian_id_key": guardians["id_key"],
            "guardian_phone_key": phone_keys(f.get("guardian_phone", "") for _ref, f in some),
        }
        fill(engine, "elsewhere", columns | people)
    return entries.as_of


def _entries(rows: tuple[Entry, ...], people: dict[str, list[Any]]) -> list[str]:
    """What each row of a delivery is called: by whom it is about.

    So the same finding is known again in the next delivery, and a false alarm stays silent.
    """
    known = zip(rows, people["id_key"], people["name_key"], people["born_on"], strict=True)
    return [
        id_key or (f"{name_key} {born_on}" if name_key and born_on else ref)
        for (ref, _facts), id_key, name_key, born_on in known
    ]


def _told(rows: tuple[Entry, ...]) -> Iterator[Told]:
    for _ref, facts in rows:
        number = facts.get("resident_id", "")
        born = _day(facts.get("born_on"))
        sex = ("1" if int(number[16]) % 2 else "2") if number[16:17].isdigit() else ""
        yield Told(facts.get("name", ""), number, born, sex)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

"""Attendance as schools deliver it: a row for everybody who was not simply there.

A class in which everybody was there has one row that says so. A day of a class comes once: what is
written of it already stays, so that no file replaces what somebody typed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from junheng.commons.sheet_columns import Choices
from junheng.commons.sheets import Column
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.school_year import SchoolYear
from junheng.registry.models import AttendanceMark, Mark, Pupil, RollCall, SchoolClass, Standing
from junheng.registry.services.importing.rows import Batch, ChangedSince, Done, Outcome
from junheng.registry.services.keys import resident_id_key

EVERYBODY = "everybody"
COLUMNS = (
    Column(
        "school_code",
        gettext_lazy("School code"),
        required=True,
        kind="identifier",
        example="3199000007",
    ),
    Column("grade", gettext_lazy("Grade"), required=True, kind="integer", example="3"),
    Column("class", gettext_lazy("Class number"), required=True, kind="integer", example="1"),
    Column("day", gettext_lazy("Day"), required=True, kind="date", example="2026-11-20"),
    Column(
        "mark",
        gettext_lazy("Attendance"),
        required=True,
        kind="choice",
        choices=Choices({EVERYBODY: gettext_lazy("Everybody was there"), **dict(Mark.choices)}),
        note=gettext_lazy("One row for each child who was not simply there; one row if all were."),
    ),
    Column(
        "pupil_number",
        gettext_lazy("Pupil number"),
        kind="identifier",
        example="PU-2026-7K3M-Q9RTX",
    ),
    Column("name", pgettext_lazy("of a person", "Name"), note=gettext_lazy("Of a guest alone.")),
    Column(
        "resident_id",
        gettext_lazy("Identity number"),
        kind="identifier",
        note=gettext_lazy("Of a guest alone."),
    ),
)
Place = tuple[str, int, int, int]
Key = tuple[Place, date]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wrong:
    """The column in which something is wrong, and what; the number it names, if any."""

    column: str
    message: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows name and what is there: classes, who stands in them, days written already."""

    classes: dict[Place, SchoolClass]
    pupils: dict[str, UUID]
    stands: dict[UUID, list[tuple[int, date, date | None]]]
    written: set[tuple[int, date]]

    def listed(self, pupil: UUID, school_class: int, day: date) -> bool:
        """Whether a pupil stands in a class on a day."""
        return any(
            stood == school_class and begins <= day and (ends is None or day < ends)
            for stood, begins, ends in self.stands.get(pupil, ())
        )


def judge(batch: Batch) -> list[Fault]:
    """What is wrong with the rows, beside what the columns tell by themselves."""
    known, faults = _known(batch), list[Fault]()
    whole: dict[Key, int] = {}
    seen: dict[tuple[Key, str], int] = {}
    for row, values in batch:
        key = _key(values)
        if found := _wrong(values, known, batch.today):
            faults.append(batch.fault(row, found.column, found.message, number=found.number))
        elif values["mark"] == EVERYBODY:
            whole[key] = row
        elif (earlier := seen.setdefault((key, _who(values)), row)) != row:
            message = _("Row %(earlier)s has this child on this day already.")
            faults.append(batch.fault(row, "pupil_number", message, earlier=earlier))
    both = {key for key, _child in seen} & set(whole)
    message = _("Other rows say that somebody of this class was not there on that day.")
    return faults + [batch.fault(whole[key], "mark", message) for key in both]


def _wrong(values: Row, known: _Known, today: date) -> Wrong | None:
    """The column and what is wrong in it."""
    school_class = known.classes.get(_key(values)[0])
    if school_class is None:
        return Wrong(
            "class", _("There is no such class in your area in the school year of that day.")
        )
    if values["day"] > today:
        return Wrong("day", _("This day is yet to come."))
    if (school_class.pk, values["day"]) in known.written:
        return Wrong(
            "day", _("This day of the class is written down already. Change it on its page.")
        )
    number = values["pupil_number"]
    if number and number not in known.pupils:
        return Wrong("pupil_number", _("There is no pupil with the number %(number)s."), number)
    inside = bool(number) and known.listed(known.pupils[number], school_class.pk, values["day"])
    return _wrong_child(values, inside=inside)


def _wrong_child(values: Row, *, inside: bool) -> Wrong | None:
    """Whether a row names whom its mark is for; `inside` is a pupil of the class."""
    named = values["pupil_number"] or values["name"]
    if values["mark"] == EVERYBODY:
        nobody = _("Nobody is named where everybody was there.")
        return Wrong("pupil_number", nobody) if named else None
    if values["mark"] != Mark.GUEST:
        elsewhere = _("This pupil is not in this class on that day.")
        return None if inside else Wrong("pupil_number", elsewhere)
    if inside:
        return Wrong("mark", _("A pupil of the class is no guest."))
    return None if named else Wrong("name", _("Give the guest's pupil number, or its name."))


def apply(batch: Batch, *, by: int) -> Outcome:
    """Write the days down."""
    known = _known(batch)
    calls: dict[Key, list[Row]] = defaultdict(list)
    for _row, values in batch:
        calls[_key(values)].append(values)
    with transaction.atomic():
        made = {
            key: RollCall.objects.create(
                organisation_id=known.classes[key[0]].organisation_id,
                school_class=known.classes[key[0]],
                day=key[1],
                entered_by_id=by,
            )
            for key in calls
        }
        AttendanceMark.objects.bulk_create(
            _mark(made[key], values, known)
            for key, rows in calls.items()
            for values in rows
            if values["mark"] != EVERYBODY
        )
    done: list[Done] = [
        {"pk": call.pk, "at": call.entered_at.isoformat()} for call in made.values()
    ]
    return Outcome(len(done), 0, 0, tuple(done))


def undo(done: Iterable[Done]) -> None:
    """Take the days back.

    Raises:
        ChangedSince: If one was written anew since; then nothing is undone.
    """
    entries = list(done)
    with transaction.atomic():
        calls = {
            call.pk: call
            for call in RollCall.objects.select_for_update().filter(
                pk__in=[entry["pk"] for entry in entries]
            )
        }
        for entry in entries:
            call = calls.get(entry["pk"])
            if call is None or call.entered_at.isoformat() != entry["at"]:
                raise ChangedSince(gettext("A day was written anew on its page since."))
        RollCall.objects.filter(pk__in=calls).delete()


def _mark(call: RollCall, values: Row, known: _Known) -> AttendanceMark:
    pupil = known.pupils.get(values["pupil_number"] or "")
    mark = AttendanceMark(call=call, mark=values["mark"], pupil_id=pupil)
    if pupil is None:
        mark.name, mark.resident_id = values["name"], values["resident_id"] or None
        mark.resident_id_key = resident_id_key(values["resident_id"] or "")
    return mark


def _key(values: Row) -> Key:
    day = values["day"]
    year = SchoolYear.of(day).start
    return (values["school_code"], year, values["grade"], values["class"]), day


def _who(values: Row) -> str:
    return str(values["pupil_number"] or f"{values['name']} {values['resident_id'] or ''}")


def _known(batch: Batch) -> _Known:
    codes = batch.said("school_code")
    years = {SchoolYear.of(day).start for day in batch.said("day")}
    classes = SchoolClass.objects.filter(
        organisation__code__in=codes,
        organisation__path__startswith=batch.path,
        school_year__in=years,
    ).select_related("organisation")
    by_place = {(c.organisation.code, c.school_year, c.grade, c.number): c for c in classes}
    pupils = dict(
        Pupil.objects.filter(number__in=batch.said("pupil_number")).values_list("number", "pk")
    )
    written = RollCall.objects.filter(school_class__in=by_place.values())
    return _Known(
        by_place,
        pupils,
        _stands(set(pupils.values())),
        set(written.values_list("school_class", "day")),
    )


def _stands(pupils: set[UUID]) -> dict[UUID, list[tuple[int, date, date | None]]]:
    rows = Standing.objects.studying().filter(pupil__in=pupils, school_class__isnull=False)
    found: dict[UUID, list[tuple[int, date, date | None]]] = defaultdict(list)
    for row in rows:
        if row.school_class_id is not None:
            found[row.pupil_id].append((row.school_class_id, row.valid_from, row.valid_to))
    return found

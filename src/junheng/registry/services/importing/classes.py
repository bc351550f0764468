"""Classes with their pupils, as schools report them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from junheng.commons.sheets import Column, Wrong
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.levels import LAST
from junheng.places.facade import Organisation
from junheng.registry.engine.cap import CLASS_CAP, LARGEST_KNOWN, most
from junheng.registry.models import OpeningCount, School, SchoolClass
from junheng.registry.services.classes import carry_over, mark_inherited
from junheng.registry.services.importing.rows import Batch, ChangedSince, Done, Outcome, Values

YEAR = re.compile(r"(\d{4})(?:-(\d{4}))?")
Key = tuple[str, int, int, int]
"""School, school year, grade, number."""
FIGURES = ("size", "counted_on", "inherited_on", "inherited_size")


def _year(text: str) -> Wrong | None:
    read = YEAR.fullmatch(text)
    if read and (read[2] is None or int(read[2]) == int(read[1]) + 1):
        return None
    return Wrong(
        _("“%(value)s” is not a school year."),
        _("Write the year in which it begins, such as 2026, or 2026-2027."),
        {"value": text},
    )


def _between(least: int, top: int, message: str) -> Any:
    def check(value: int) -> Wrong | None:
        if least <= value <= top:
            return None
        return Wrong(message, "", {"value": value, "least": least, "most": top})

    return check


COLUMNS = (
    Column(
        "school_code",
        gettext_lazy("School code"),
        required=True,
        kind="identifier",
        example="2199000001",
    ),
    Column(
        "school_year",
        gettext_lazy("School year"),
        required=True,
        check=_year,
        note=gettext_lazy("The year in which it begins, such as 2026."),
        example="2026",
    ),
    Column(
        "grade",
        gettext_lazy("Grade"),
        required=True,
        kind="integer",
        check=_between(1, LAST, _("There is no grade %(value)s; grades count from 1 to 9.")),
        note=gettext_lazy("1 to 9, counted through both levels."),
        example="3",
    ),
    Column(
        "number",
        gettext_lazy("Class number"),
        required=True,
        kind="integer",
        check=_between(1, 99, _("A class has a number from %(least)s to %(most)s.")),
        example="1",
    ),
    Column(
        "size",
        gettext_lazy("Pupils"),
        required=True,
        kind="integer",
        check=_between(
            0, LARGEST_KNOWN, _("%(value)s pupils cannot be; %(least)s to %(most)s can.")
        ),
        example="45",
    ),
    Column(
        "counted_on",
        gettext_lazy("Counted on"),
        kind="date",
        note=gettext_lazy("Blank: the day of the import."),
        example="2026-09-10",
    ),
)


def judge(batch: Batch) -> list[Fault]:
    """What is wrong with the rows, beside what the columns tell by themselves."""
    known = _Known(batch)
    faults: list[Fault] = []
    first: dict[Key, int] = {}
    for row, values in batch:
        key = key_of(values)
        if (earlier := first.setdefault(key, row)) != row:
            faults.append(
                batch.fault(
                    row,
                    "number",
                    _("This class stands in row %(earlier)s already."),
                    _("Delete one of the two rows, or correct it."),
                    earlier=earlier,
                )
            )
            continue
        wrong = _school_fault(batch, row, values, known) or _size_fault(batch, row, values, known)
        faults += [wrong] if wrong else []
    return faults


def _school_fault(batch: Batch, row: int, values: Values, known: _Known) -> Fault | None:
    code = values["school_code"]
    if code not in known.schools:
        return batch.fault(
            row,
            "school_code",
            _("There is no school %(code)s in your area."),
            _("Correct the code, or import the school first."),
            code=code,
        )
    if values["grade"] not in known.grades.get(code, ()):
        return batch.fault(
            row,
            "grade",
            _("%(school)s does not teach grade %(grade)s."),
            _("Correct the grade, or import what the school teaches first."),
            school=known.schools[code].name,
            grade=values["grade"],
        )
    if counted_on(batch, values) > batch.today:
        return batch.fault(row, "counted_on", _("The day of the count is yet to come."))
    return None


def _size_fault(batch: Batch, row: int, values: Values, known: _Known) -> Fault | None:
    there = known.classes.get(key_of(values))
    if there is not None and there.by_register:
        return None if values["size"] == there.size else _known_one_by_one(batch, row, there.size)
    limit = known.most(key_of(values), counted_on(batch, values))
    if values["size"] <= limit:
        return None
    if limit == CLASS_CAP:
        return batch.fault(
            row,
            "size",
            _("%(size)s pupils: a class may have at most %(cap)s."),
            _("Divide the class or place pupils elsewhere."),
            size=values["size"],
            cap=CLASS_CAP,
        )
    return batch.fault(
        row,
        "size",
        _("%(size)s pupils: this class was too large before and may have at most %(limit)s."),
        _("Such a class may only become smaller; the next cap is %(cap)s."),
        size=values["size"],
        limit=limit,
        cap=CLASS_CAP,
    )


def _known_one_by_one(batch: Batch, row: int, size: int) -> Fault:
    return batch.fault(
        row,
        "size",
        _("The register knows the %(size)s pupils of this class one by one."),
        _("Write down at the pupils who came and who left, and delete this row."),
        size=size,
    )


def apply(batch: Batch) -> Outcome:
    """Take the rows over; they have been judged without a fault."""
    with transaction.atomic():
        known = _Known(batch, lock=True)
        fresh: list[SchoolClass] = []
        differing: list[SchoolClass] = []
        done: list[Done] = []
        for _row, values in batch:
            before = known.classes.get(key_of(values))
            if before is None:
                fresh.append(known.new_class(values, counted_on(batch, values)))
                done.append({"key": list(key_of(values)), "before": None})
            elif change := known.change(before, values, counted_on(batch, values)):
                differing.append(before)
                done.append({"key": list(key_of(values)), "before": change})
        SchoolClass.objects.bulk_create(fresh, batch_size=1_000)
        SchoolClass.objects.bulk_update(differing, FIGURES, batch_size=500)
        for entry, row in _with_rows(done, [*fresh, *differing]):
            entry["after"] = figures_of(row)
    same = len(batch.rows) - len(done)
    return Outcome(len(fresh), len(differing), same, tuple(done))


def _with_rows(
    done: Iterable[Done], rows: Iterable[SchoolClass]
) -> Iterable[tuple[Done, SchoolClass]]:
    by_key = {_key(row): row for row in rows}
    return [(entry, by_key[tuple(entry["key"])]) for entry in done]


def undo(done: Iterable[Done]) -> None:
    """Put every class back as it was, and remove those that were not there.

    Raises:
        ChangedSince: If one of them was counted again; then nothing is undone.
    """
    with transaction.atomic():
        entries = {tuple(entry["key"]): entry for entry in done}
        rows = SchoolClass.objects.select_for_update(of=("self",)).select_related("organisation")
        codes = {key[0] for key in entries}
        found = {_key(row): row for row in rows.filter(organisation__code__in=codes)}
        for key, entry in entries.items():
            row = found.get(key)
            if row is None or figures_of(row) != entry["after"]:
                raise ChangedSince(
                    gettext("%(school)s, grade %(grade)d class %(number)d was counted again since.")
                    % {"school": key[0], "grade": key[2], "number": key[3]}
                )
            _put_back(row, entry["before"])


def _put_back(row: SchoolClass, before: Mapping[str, Any] | None) -> None:
    if before is None:
        row.delete()
        return
    row.size, row.inherited_size = before["size"], before["inherited_size"]
    row.counted_on = date.fromisoformat(before["counted_on"])
    row.inherited_on = _day(before["inherited_on"])
    row.save()


def key_of(values: Values) -> Key:
    """Which class a row is about."""
    year = int(str(values["school_year"])[:4])
    return values["school_code"], year, values["grade"], values["number"]


def counted_on(batch: Batch, values: Values) -> date:
    """The day of the count, today where the row names none."""
    day: date = values["counted_on"] or batch.today
    return day


def figures_of(row: SchoolClass) -> dict[str, Any]:
    """What a count says of a class, as plain data."""
    return {
        "size": row.size,
        "counted_on": row.counted_on.isoformat(),
        "inherited_on": row.inherited_on.isoformat() if row.inherited_on else None,
        "inherited_size": row.inherited_size,
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _key(row: SchoolClass) -> Key:
    return row.organisation.code, row.school_year, row.grade, row.number


class _Known:
    """What the register knows about the schools of a batch, in four queries."""

    def __init__(self, batch: Batch, *, lock: bool = False) -> None:
        codes = batch.said("school_code")
        years = {key_of(values)[1] for _row, values in batch}
        inside = Organisation.objects.filter(code__in=codes, path__startswith=batch.path)
        self.schools = {school.code: school for school in inside}
        rows = SchoolClass.objects.select_related("organisation").filter(
            organisation__in=inside, school_year__in=years | {year - 1 for year in years}
        )
        rows = rows.select_for_update(of=("self",)) if lock else rows
        self.classes = {_key(row): row for row in rows}
        self.grades = _grades_taught(codes)
        self.openings = list(OpeningCount.objects.open().select_related("place"))

    def opening(self, code: str) -> OpeningCount | None:
        """The open count that a school falls under."""
        path = self.schools[code].path
        return next((held for held in self.openings if path.startswith(held.place.path)), None)

    def most(self, key: Key, day: date) -> int:
        """The largest size that a class may be given."""
        known, before = self.classes.get(key), self.year_before(key)
        return most(
            day,
            known=known.count if known else None,
            year_before=before.count if before else None,
            opening=self.opening(key[0]) is not None,
        )

    def year_before(self, key: Key) -> SchoolClass | None:
        """The same class a year earlier, one grade lower."""
        code, year, grade, number = key
        return self.classes.get((code, year - 1, grade - 1, number))

    def new_class(self, values: Values, day: date) -> SchoolClass:
        """A class that was not known; not saved."""
        key = key_of(values)
        row = SchoolClass(
            organisation=self.schools[key[0]],
            school_year=key[1],
            grade=key[2],
            number=key[3],
            size=values["size"],
            counted_on=day,
        )
        if opening := self.opening(key[0]):
            mark_inherited(row, opening)
        elif before := self.year_before(key):
            carry_over(row, before.count)
        return row

    def change(self, row: SchoolClass, values: Values, day: date) -> dict[str, Any] | None:
        """Set the new figures; what stood there before, or None if nothing differs."""
        if row.by_register:
            return None
        before = figures_of(row)
        row.size, row.counted_on = values["size"], day
        if opening := self.opening(row.organisation.code):
            mark_inherited(row, opening)
        return before if figures_of(row) != before else None


def _grades_taught(codes: set[str]) -> dict[str, set[int]]:
    """Every grade that a school taught at any time, since old years may be brought in."""
    grades: dict[str, set[int]] = {}
    facts = School.objects.filter(organisation__code__in=codes)
    for code, lowest, highest in facts.values_list(
        "organisation__code", "lowest_grade", "highest_grade"
    ):
        grades.setdefault(code, set()).update(range(lowest, highest + 1))
    return grades

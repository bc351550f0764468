"""Seats and classes: nobody sits on a chair that is not there, and the table of schools says so."""

from __future__ import annotations

from junheng.admissions.verify.case import Case
from junheng.admissions.verify.lines import Breaches, breach
from junheng.admissions.verify.outputs import THREE, TWO
from junheng.kernel.faults import gettext_noop


def seats(case: Case) -> Breaches:
    """No school was given more children than it has seats."""
    for school, free in case.free.items():
        if free < 0:
            yield breach(
                gettext_noop("%(school)s has %(seats)d seats and was given %(given)d children"),
                school=school,
                seats=case.inputs.seats[school],
                given=case.inputs.seats[school] - free,
            )


def class_cap(case: Case) -> Breaches:
    """With those who stay on, no school has more pupils than its classes hold at the cap."""
    cap = case.inputs.rules.class_cap
    for school in case.inputs.schools.values():
        stayed = case.list_count[school.id] - case.moved_out[school.id]
        pupils = school.continuing + stayed + case.diverted_count[school.id]
        if pupils > school.classes * cap:
            yield breach(
                gettext_noop("%(school)s would teach %(pupils)d in %(classes)d classes of %(cap)d"),
                school=school.id,
                pupils=pupils,
                classes=school.classes,
                cap=cap,
            )


def school_table(case: Case) -> Breaches:
    """One line for each school, in order, with the figures that the placements give."""
    rows, version = case.outputs.schools, case.inputs.rules.version
    drawn = {school: len(numbers) for school, numbers in case.drawings.items()}
    if [row.school for row in rows] != list(case.inputs.schools):
        yield breach(gettext_noop("the lines are not the schools of the round in their order"))
    for row in rows:
        if row.school not in case.inputs.schools:
            continue
        found = {
            "seats": case.inputs.seats[row.school],
            "placed_by_list": case.list_count[row.school],
            "diverted_in": case.diverted_count[row.school],
            "free": case.free[row.school],
            **({"moved_out": case.moved_out[row.school]} if version >= TWO else {}),
            **({"drawn": drawn.get(row.school)} if version >= THREE else {}),
            **({"price_m": None} if case.inputs.rules.mode in ("open", "grade") else {}),
        }
        for column, figure in found.items():
            if getattr(row, column) != figure:
                yield breach(
                    gettext_noop("%(school)s: %(column)s is %(found)s, the table says %(said)s"),
                    school=row.school,
                    column=column,
                    found="-" if figure is None else figure,
                    said=getattr(row, column),
                )


def last_keys(case: Case) -> Breaches:
    """The last key is that of the weakest claim seated by list, blank while list seats last."""
    for school, meant in case.last_keys.items():
        row = case.school_rows.get(school)
        said = row.last_key if row else ""
        if said != meant:
            yield breach(
                gettext_noop("%(school)s: the last key is “%(meant)s”, the table says “%(said)s”"),
                school=school,
                meant=meant,
                said=said,
            )

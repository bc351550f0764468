"""Explanations: one a child, and what they say about keys and places is true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from junheng.admissions.verify.case import Case
from junheng.admissions.verify.lines import Breaches, Unreadable, breach
from junheng.admissions.verify.outputs import FILES, read_object
from junheng.admissions.verify.tickets import Unit
from junheng.admissions.verify.told import Told
from junheng.kernel.faults import gettext_noop


def explanations(case: Case) -> Breaches:
    """Each child has its line, in order, and it agrees with the placements and the keys."""
    children, lines = list(case.inputs.children), case.outputs.explanations
    meant = Told(case)
    if len(lines) != len(children):
        yield breach(
            gettext_noop("there are %(lines)d explanations for %(children)d children"),
            lines=len(lines),
            children=len(children),
        )
    for child, line in zip(children, lines, strict=False):
        try:
            told = read_object(FILES[3], line)
        except Unreadable as reason:
            yield reason.breach
            return
        if told.get("applicant_id") != child:
            yield breach(
                gettext_noop("the explanation of %(child)s is not in its place"), child=child
            )
            return
        if not _is_true(case, child, told, meant):
            yield breach(gettext_noop("what %(child)s is told is not what happened"), child=child)


def _is_true(case: Case, child: str, told: Mapping[str, Any], meant: Told) -> bool:
    unit, schools = case.unit_of[child], case.inputs.lists[child]
    listed = told.get("list")
    if told.get("school_id") != case.school[child] or not isinstance(listed, list):
        return False
    elsewhere = (told.get("moved"), told.get("offered"))
    if elsewhere != (meant.moved(child), meant.offered(child)):
        return False
    keys = ("school_id", "own_key", "last_key", "drawing")
    said = [tuple(map(row.get, keys)) for row in listed if isinstance(row, dict)]
    return said == [
        (
            school,
            case.printed_key(unit, school),
            case.last_keys[school],
            _drawing(case, unit, school),
        )
        for school in schools
    ]


def _drawing(case: Case, unit: Unit, school: str) -> dict[str, int | None] | None:
    drawn = case.drawings.get(school)
    return None if drawn is None else {"families": len(drawn), "number": drawn.get(unit.id)}

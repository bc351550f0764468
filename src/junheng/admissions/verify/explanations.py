"""Explanations: one a child, and what they say about keys and places is true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from junheng.admissions.verify.case import Case
from junheng.admissions.verify.lines import Breaches, breach
from junheng.kernel.faults import gettext_noop


def explanations(case: Case) -> Breaches:
    """Each child has its line, in order, and it agrees with the placements and the keys."""
    told = [str(line.get("applicant_id")) for line in case.outputs.explanations]
    if told != list(case.inputs.children):
        missing = sorted(case.inputs.children.keys() - set(told))
        yield breach(
            gettext_noop("there are %(told)d for %(children)d children, %(missing)s has none"),
            told=len(told),
            children=len(case.inputs.children),
            missing=missing[0] if missing else "-",
        )
    for child, line in zip(told, case.outputs.explanations, strict=True):
        if child in case.inputs.children and not _is_true(case, child, line):
            yield breach(gettext_noop("what %(child)s is told is not what happened"), child=child)


def _is_true(case: Case, child: str, line: Mapping[str, Any]) -> bool:
    unit = case.unit_of[child]
    listed = line.get("list")
    schools = case.inputs.lists[child]
    if line.get("school_id") != case.school[child] or not isinstance(listed, list):
        return False
    said = [(row.get("school_id"), row.get("own_key"), row.get("last_key")) for row in listed]
    return said == [
        (school, case.printed_key(unit, school), case.last_keys[school]) for school in schools
    ]

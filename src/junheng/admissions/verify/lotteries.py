"""Schools open by lottery: only those who named them, and of these the smallest tickets.

Tier and sibling are not looked at: whoever gave somebody a seat for them is found out here.
"""

from __future__ import annotations

from collections.abc import Iterator

from junheng.admissions.verify.case import Case
from junheng.admissions.verify.claims import named_kept_out
from junheng.admissions.verify.lines import Breach, Breaches, breach
from junheng.kernel.faults import gettext_noop


def lotteries(case: Case) -> Breaches:
    """Nobody was sent there; numbers are drawn once each; they are served in their order."""
    for school in case.inputs.rules.by_lottery:
        yield from _uninvited(case, school)
        yield from _out_of_order(case, school)


def _uninvited(case: Case, school: str) -> Iterator[Breach]:
    for child, at in sorted(case.school.items()):
        if at == school and school not in case.inputs.choices.get(child, ()):
            yield breach(
                gettext_noop("%(child)s is at %(school)s and never named it"),
                child=child,
                school=school,
            )


def _out_of_order(case: Case, school: str) -> Iterator[Breach]:
    """In the order of the numbers each unit is taken that still fits."""
    room = case.inputs.seats[school]
    units = {unit.id: unit for unit in case.units}
    excused = set(named_kept_out(case))
    for id, number in case.drawings[school].items():
        taken = case.by_list[id] == school
        if not taken and units[id].size <= room and (id, school) not in excused:
            yield breach(
                gettext_noop("%(child)s drew number %(number)d at %(school)s and was passed over"),
                child=id,
                number=number,
                school=school,
            )
        room -= units[id].size if taken else 0

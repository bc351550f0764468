"""Claims to seats given by list: tickets, places on the list, envy, waste, groups."""

from __future__ import annotations

from collections.abc import Iterator

from junheng.admissions.verify.case import Case
from junheng.admissions.verify.lines import Breaches, breach
from junheng.admissions.verify.replay import seats_by_list
from junheng.admissions.verify.tickets import Unit
from junheng.kernel.faults import gettext_noop


def tickets(case: Case) -> Breaches:
    """Every ticket printed is the one that the seed gives the child or its group."""
    for child, line in sorted(case.placements.items()):
        meant = str(case.unit_of[child].ticket)
        if line.ticket != meant:
            yield breach(
                gettext_noop("%(child)s has ticket %(meant)s, the result says %(said)s"),
                child=child,
                meant=meant,
                said=line.ticket,
            )


def list_places(case: Case) -> Breaches:
    """`how`, `list_rank` and `tier` of every line are what the school and the lists make them."""
    for child, line in sorted(case.placements.items()):
        meant = (*_came(case, child), case.inputs.children[child].tier)
        said = (line.how, line.list_rank, line.tier)
        if said != meant:
            yield breach(
                gettext_noop("%(child)s came by %(meant)s, the result says %(said)s"),
                child=child,
                meant=_spaced(meant),
                said=_spaced(said),
            )


def no_envy(case: Case) -> Breaches:
    """No unit had the better claim to a seat it would rather have, but for those kept out."""
    excused = set(named_kept_out(case)) if case.has_groups else set()
    for unit, school, rival in envies(case):
        for child in unit.members:
            if (child, school) not in excused:
                yield breach(
                    gettext_noop("%(child)s had the better claim to %(school)s than %(rival)s"),
                    child=child,
                    school=school,
                    rival=rival.id,
                )


def no_waste(case: Case) -> Breaches:
    """No unit would rather be at a school where enough list seats stay free for it."""
    for unit in case.units:
        for school in case.rather(unit):
            if unit.size <= case.free_after_lists[school]:
                yield breach(
                    gettext_noop("%(child)s would rather have %(school)s, which has %(free)d free"),
                    child=unit.id,
                    school=school,
                    free=case.free_after_lists[school],
                )


def groups_whole(case: Case) -> Breaches:
    """All members of a group are at one school, or all are without one."""
    for unit in case.units:
        if len({case.school[child] for child in unit.members}) > 1:
            yield breach(
                gettext_noop("%(children)s belong together and were separated"),
                children=_spaced(unit.members),
            )


def repeated(case: Case) -> Breaches:
    """Rule 4 gone through once more gives everybody the same seat by list."""
    seats = seats_by_list(case.units, case.inputs.seats, case.standing)
    for unit in case.units:
        for child in unit.members:
            if seats[unit.id] != case.by_list[child]:
                yield breach(
                    gettext_noop("%(child)s gets %(meant)s by list, the result says %(said)s"),
                    child=child,
                    meant=seats[unit.id] or "-",
                    said=case.by_list[child] or "-",
                )


def kept_out(case: Case) -> Breaches:
    """The receipt names whom a group's size kept out of where, all of them and nobody else."""
    named = named_kept_out(case)
    found = {
        (child, unit.wants.index(school), school)
        for unit, school, _rival in (envies(case) if case.has_groups else ())
        for child in unit.members
    }
    meant = [(child, school) for child, _rank, school in sorted(found)]
    for child, school in sorted(set(named) ^ set(meant)):
        yield breach(
            gettext_noop("%(child)s at %(school)s is named in the receipt %(named)d times"),
            child=child,
            school=school,
            named=named.count((child, school)),
        )
    if set(named) == set(meant) and named != meant:
        yield breach(gettext_noop("the names are not in their order, or stand there twice"))


def envies(case: Case) -> Iterator[tuple[Unit, str, Unit]]:
    """Every unit, school it would rather have, and unit with the weakest claim seated there.

    Only where that claim is weaker than the unit's own. Without groups there must be none.
    """
    for unit in case.units:
        for school in case.rather(unit):
            if seated := case.seated.get(school):
                last = seated[-1]
                if case.standing(unit, school) < case.standing(last, school):
                    yield unit, school, last


def named_kept_out(case: Case) -> list[tuple[str, str]]:
    """(child, school) as the receipt lists them."""
    rows = case.outputs.receipt.get("kept_out")
    if not isinstance(rows, list):
        return []
    return [
        (str(row.get("applicant_id")), str(row.get("school_id")))
        for row in rows
        if isinstance(row, dict)
    ]


OTHERWISE = {"none": "diverted", "zone": "diverted", "open": "offered", "grade": "moved"}
"""How a child came to a school that its list did not give it; in mode `none` nobody may."""


def _came(case: Case, child: str) -> tuple[str, int | None]:
    school = case.by_list[child]
    rank = case.inputs.lists[child].index(school) + 1 if school else None
    if child in case.sent:
        return OTHERWISE[case.inputs.rules.mode], rank
    if not school:
        return "unplaced", None
    own = case.inputs.choices.get(child, ())
    return ("choice" if school in own else "zone"), rank


def _spaced(values: tuple[object, ...]) -> str:
    return " ".join("-" if value in (None, "") else str(value) for value in values)

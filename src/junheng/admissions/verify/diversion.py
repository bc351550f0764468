"""The diversion: its limit, groups first, as many as possible, and the proof by prices.

Why prices prove it: give every school a price, and let every child be content, that is at
the school where distance plus price is least for it. Then any other plan costs at least as
many metres, because what a child saves by going elsewhere is paid for by the child who has to
make room; and a seat that nobody needs has no price. This is the duality of linear programming,
and whoever has the two files can check it with a calculator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from junheng.admissions.verify.case import Case
from junheng.admissions.verify.distances import UNKNOWN, Metres, metres, to_own_school
from junheng.admissions.verify.lines import Breaches, breach
from junheng.kernel.faults import gettext_noop

UNPLACED_M = 10_000_000
"""What leaving a child without a seat weighs, in metres (rule 6 of the format page)."""

CHUNK = 4096
"""Children whose distances to all schools are in memory at once."""


def limit(case: Case) -> Breaches:
    """Nobody is diverted where the round has no diversion, or beyond its limit."""
    rules = case.inputs.rules
    sent = sorted(child for child, school in case.diverted.items() if school)
    if rules.mode == "none":
        for child in sent:
            yield breach(
                gettext_noop("%(child)s was diverted, the round diverts nobody"), child=child
            )
    elif rules.max_distance_m is not None:
        for child, far in zip(sent, to_own_school(case, sent).tolist(), strict=True):
            if far > rules.max_distance_m:
                yield breach(
                    gettext_noop("%(child)s was sent %(far)d m, the limit is %(limit)d m"),
                    child=child,
                    far=far,
                    limit=rules.max_distance_m,
                )


def groups_nearest(case: Case) -> Breaches:
    """In ticket order, each group went to the nearest school with room, or nowhere if none has."""
    if case.inputs.rules.mode == "none":
        return
    schools = list(case.open_to_all)
    room = np.array([case.free_after_lists[school] for school in schools])
    groups = [unit for unit in case.units if unit.size > 1 and not case.by_list[unit.id]]
    for group in sorted(groups, key=lambda unit: unit.turn):
        far = _open(case, metres(case.inputs, group.members, schools)).max(axis=0)
        far[room < group.size] = UNKNOWN
        open_to_it = [(metres, at) for at, metres in enumerate(far.tolist()) if metres < UNKNOWN]
        nearest = min(open_to_it)[1] if open_to_it else -1
        meant = schools[nearest] if open_to_it else ""
        said = case.diverted.get(group.id, "")
        if said != meant:
            yield breach(
                gettext_noop("the group of %(child)s is due at %(meant)s and was sent to %(said)s"),
                child=group.id,
                meant=meant or "-",
                said=said or "-",
            )
        if said:
            room[schools.index(said)] -= group.size


def most_seated(case: Case) -> Breaches:
    """No child without a seat could have one, not even if others were sent elsewhere instead.

    From the schools open to those without a seat, go on to the schools open to the children
    who were diverted there, and so on: none of them may have a seat free.
    """
    if case.inputs.rules.mode == "none":
        return
    schools = list(case.open_to_all)
    singles = _singles(case)
    left = [child for child in singles if not case.diverted[child]]
    to_ask, reached = left, np.zeros(len(schools), dtype=bool)
    while to_ask:
        found = np.zeros_like(reached)
        for _, far in _chunks(case, to_ask, schools):
            found |= (far < UNKNOWN).any(axis=0)
        new = {schools[at] for at in np.flatnonzero(found & ~reached)}
        reached |= found
        to_ask = [child for child in singles if case.diverted[child] in new]
    for school in np.array(schools)[reached]:
        if case.free[school] > 0:
            yield breach(
                gettext_noop(
                    "a seat at %(school)s is free, and one of %(left)d children could be seated"
                ),
                school=str(school),
                left=len(left),
            )


def prices(case: Case) -> Breaches:
    """The prices are whole metres, zero where a seat stays free, and leave every child content."""
    yield from _odd_prices(case)
    if case.inputs.rules.mode == "none":
        return
    schools = list(case.open_to_all)
    price = np.array([_price(case, school) for school in schools], dtype=np.int64)
    saving = np.zeros(len(schools), dtype=np.int64)
    for children, far in _chunks(case, _singles(case), schools):
        own = _own_costs(case, children)
        least = (far + price).min(axis=1, initial=UNPLACED_M)
        for at in np.flatnonzero(least < own).tolist():
            yield breach(
                gettext_noop("%(child)s costs %(own)d with the price, elsewhere only %(least)d"),
                child=children[at],
                own=int(own[at]),
                least=int(least[at]),
            )
        saving = np.maximum(saving, (own[:, None] - far).max(axis=0, initial=0))
    yield from _idle_prices(case, dict(zip(schools, saving.tolist(), strict=True)))


def _odd_prices(case: Case) -> Breaches:
    for school, row in sorted(case.school_rows.items()):
        said, blank = row.price_m, _has_no_price(case, school)
        if (said is None) != blank or (said or 0) < 0 or (said and case.free.get(school, 0) > 0):
            yield breach(
                gettext_noop("the price of %(school)s is %(said)s with %(free)d seats free"),
                school=school,
                said="-" if said is None else said,
                free=case.free.get(school, 0),
            )


def _has_no_price(case: Case, school: str) -> bool:
    rules = case.inputs.rules
    return rules.mode == "none" or school in rules.by_lottery


def _idle_prices(case: Case, saving: dict[str, int]) -> Breaches:
    """A school that takes no single child has as its price what one more seat would save."""
    used = {case.diverted[child] for child in _singles(case)}
    for school, meant in saving.items():
        if school not in used and _price(case, school) != meant and case.free[school] <= 0:
            yield breach(
                gettext_noop(
                    "a seat more at %(school)s would save %(meant)d, its price is %(said)d"
                ),
                school=school,
                meant=meant,
                said=_price(case, school),
            )


def _own_costs(case: Case, children: Sequence[str]) -> Metres:
    """Distance plus price of where each child was sent; for one without a seat its weight."""
    costs = np.full(len(children), UNPLACED_M, dtype=np.int64)
    sent = [at for at, child in enumerate(children) if case.diverted[child]]
    seated = [children[at] for at in sent]
    paid = np.array([_price(case, case.diverted[child]) for child in seated], dtype=np.int64)
    costs[sent] = to_own_school(case, seated) + paid
    return costs


def _price(case: Case, school: str) -> int:
    row = case.school_rows.get(school)
    return (row.price_m or 0) if row else 0


def _singles(case: Case) -> list[str]:
    """Children on their own whom no school on their list could seat, in order."""
    return [child for child in sorted(case.diverted) if case.unit_of[child].size == 1]


def _chunks(
    case: Case, children: Sequence[str], schools: Sequence[str]
) -> Iterator[tuple[Sequence[str], Metres]]:
    """Children in manageable parts, with the metres to the schools open to them."""
    for start in range(0, len(children), CHUNK):
        part = children[start : start + CHUNK]
        yield part, _open(case, metres(case.inputs, part, schools))


def _open(case: Case, far: Metres) -> Metres:
    """The same metres, UNKNOWN beyond the limit."""
    limit_m = case.inputs.rules.max_distance_m
    return far if limit_m is None else np.where(far <= limit_m, far, UNKNOWN)

"""Why every child is where it is: codes and figures that anybody can check.

The words are made elsewhere. What would have changed an answer speaks of the placements as
they are: who would have come before the claim that decided. It is not a forecast of a second
round, where the child moved aside might take another seat and set a third in motion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from junheng.admissions.engine.reasons import (
    Change,
    ChangeKind,
    Claim,
    Diverted,
    Drawing,
    Explanation,
    Listed,
    Missed,
    Verdict,
)
from junheng.admissions.engine.reasons_elsewhere import moved_of, offered_of
from junheng.admissions.engine.seating import Seating, seating_of
from junheng.admissions.engine.types import NONE, How, Ints, Key, Result, Round
from junheng.admissions.engine.verdicts import VERDICTS, answers_of, changes_of
from junheng.admissions.engine.ways import ways_of

_KINDS = {
    Key.TIER: ChangeKind.TIER,
    Key.SIBLING: ChangeKind.SIBLING,
    Key.TICKET: ChangeKind.TICKET,
}


def explain(the_round: Round, result: Result, child: int) -> Explanation:
    """Explain one child's placement.

    Args:
        the_round: The round.
        result: What `run` made of it.
        child: Index of the child, 0 to the number of children less one.

    Raises:
        IndexError: If there is no such child.
    """
    if not 0 <= child < len(the_round.applicants.ids):
        raise IndexError(child)
    return next(_explanations(the_round, result, np.array([child])))


def explain_all(the_round: Round, result: Result) -> Iterator[Explanation]:
    """Explain every child's placement, in byte order of `applicant_id`."""
    return _explanations(the_round, result, np.arange(len(the_round.applicants.ids)))


def _explanations(the_round: Round, result: Result, children: Ints) -> Iterator[Explanation]:
    seating = seating_of(the_round, result)
    lists = _Lister(the_round, seating)
    elsewhere = children[result.list_rank[children] == 0]
    ways = ways_of(the_round, result, seating, elsewhere)
    offered = offered_of(the_round, result, seating.units, seating.free_for_others())
    for child in children.tolist():
        diverted, missed = (None, ()) if result.list_rank[child] else next(ways)
        yield replace(
            _explanation(the_round, result, lists, child, diverted, missed),
            offered=offered.get(lists.unit[child]),
            moved=moved_of(the_round, result, child),
        )


def _explanation(
    the_round: Round,
    result: Result,
    lists: _Lister,
    child: int,
    diverted: Diverted | None,
    missed: tuple[Missed, ...],
) -> Explanation:
    school, metres = int(result.school[child]), int(result.distance_m[child])
    unit = lists.unit[child]
    return Explanation(
        applicant_id=the_round.applicants.ids[child],
        how=result.how[child],
        school_id=None if school == NONE else the_round.schools.ids[school],
        list_rank=int(result.list_rank[child]),
        distance_m=None if metres == NONE else metres,
        seats_needed=lists.size[unit],
        listed=lists.of(unit),
        missed=missed,
        diverted=diverted,
    )


class _Lister:
    """Makes `Listed` rows; plain lists, because one value of an array at a time is slow."""

    def __init__(self, the_round: Round, seating: Seating) -> None:
        lists, units = seating.lists, seating.units
        self.ids = the_round.schools.ids
        self.claims, self.last = seating.claims, seating.last
        self.drawn = seating.drawings.units.tolist()
        self.number = seating.drawings.number.tolist()
        self.unit, self.size = units.of.tolist(), units.size.tolist()
        self.start, self.school, self.own = (
            column.tolist() for column in (lists.start, lists.school, lists.own)
        )
        self.seats, self.free = the_round.schools.seats.tolist(), seating.standing.free().tolist()
        answers = answers_of(lists, seating.keys, seating.place, units.size, seating.standing)
        self.verdict, self.left, self.bar = (
            column.tolist() for column in (answers.verdict, answers.left, answers.decided_by)
        )

    def of(self, unit: int) -> tuple[Listed, ...]:
        """Every school on a unit's list, by rank."""
        low, high = self.start[unit], self.start[unit + 1]
        own: dict[tuple[bool, bool], Claim] = {}
        return tuple([self._listed(unit, at, at - low + 1, own) for at in range(low, high)])

    def _listed(
        self, unit: int, entry: int, rank: int, own: dict[tuple[bool, bool], Claim]
    ) -> Listed:
        s = self.school[entry]
        like = self.claims.sibling(unit, s), self.claims.by_lottery(s)
        if like not in own:
            own[like] = self.claims.printed(unit, s)
        verdict = VERDICTS[self.verdict[entry]]
        refused = verdict is Verdict.OUTRANKED or verdict is Verdict.OWN_GROUP
        return Listed(
            school_id=self.ids[s],
            rank=rank,
            source=How.CHOICE if rank <= self.own[unit] else How.ZONE,
            seats=self.seats[s],
            free=self.free[s],
            own=own[like],
            last=self.last[s],
            verdict=verdict,
            changes=self._changes(unit, entry, verdict) if refused else (),
            drawing=Drawing(self.drawn[s], self.number[entry] or None) if like[1] else None,
        )

    def _changes(self, unit: int, entry: int, verdict: Verdict) -> tuple[Change, ...]:
        """What would have put a refused claim in front, or made a group small enough."""
        changes = []
        s, bar = self.school[entry], self.bar[entry]
        if bar != NONE:
            own, decided = self.claims.compared(unit, s), self.claims.compared(bar, s)
            for key, value in changes_of(self.claims.priority(s), own, decided):
                printed = {
                    Key.TIER: str(value),
                    Key.SIBLING: self.ids[s],
                    Key.TICKET: self.claims.ticket(bar),
                }
                changes.append(Change(_KINDS[key], printed[key]))
        if verdict is Verdict.OWN_GROUP:
            changes.append(Change(ChangeKind.GROUP_SIZE, str(self.left[entry])))
        return tuple(changes)

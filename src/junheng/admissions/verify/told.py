"""What a child is told of its offer or of its grade, as it has to be told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from junheng.admissions.verify.case import Case
from junheng.admissions.verify.grades import Intakes, reason
from junheng.admissions.verify.offers import Turn, turns

SHOWN = 10
"""So many schools are named that a family would rather have had, or is offered first."""


@dataclass(frozen=True)
class Told:
    """Everybody's parts `offered` and `moved`; None for whom they do not concern."""

    case: Case

    def offered(self, child: str) -> dict[str, Any] | None:
        """For a child that had to be asked."""
        return self._offered.get(self.case.unit_of[child].id)

    @cached_property
    def _offered(self) -> dict[str, dict[str, Any]]:
        case = self.case
        if case.inputs.rules.mode != "open":
            return {}
        served = enumerate(turns(case), start=1)
        return {turn.unit.id: _told(case, place, turn) for place, turn in served}

    def moved(self, child: str) -> dict[str, Any] | None:
        """For a child that does not sit where its list said, or nowhere."""
        case, intakes = self.case, self._intakes
        if case.inputs.rules.mode != "grade" or (child not in case.sent and case.school[child]):
            return None
        school = intakes.grade_of[child]
        if not school:
            return _grade("not-movable", "", "", 0, 0, None)
        host = self._hosts.get(school, "")
        return _grade(
            reason(intakes, school, host),
            school,
            host,
            intakes.children[school],
            intakes.without_seat[school],
            intakes.ways[school].get(host),
        )

    @cached_property
    def _intakes(self) -> Intakes:
        return Intakes(self.case)

    @cached_property
    def _hosts(self) -> dict[str, str]:
        return {school: host for school, _, _, host, _, _ in self.case.outputs.grades or ()}


def _grade(
    why: str, school: str, host: str, children: int, without: int, metres: int | None
) -> dict[str, Any]:
    return {
        "reason": why,
        "school_id": school,
        "host_id": host,
        "children": children,
        "without_seat": without,
        "distance_m": metres,
    }


def _told(case: Case, place: int, turn: Turn) -> dict[str, Any]:
    answers = case.inputs.answers
    ranked = (answers or {}).get(turn.unit.id, ())
    before = turn.wanted[: turn.wanted.index(turn.given)] if turn.given else turn.wanted
    shown = (*before[:SHOWN], *([turn.given] if turn.given else []))
    if answers is None:
        shown = tuple(school for school, _ in turn.offer[:SHOWN])
    far = dict(turn.offer)
    return {
        "reason": _why(case, turn, asked=answers is not None),
        "turn": place,
        "answered": bool(ranked),
        "offered_count": len(turn.offer),
        "taken_count": len(before),
        "schools": [
            {
                "school_id": school,
                "distance_m": far[school],
                "ranked": school in ranked,
                "left": turn.left[school],
                "verdict": _verdict(school, turn, asked=answers is not None),
            }
            for school in shown
        ],
    }


def _why(case: Case, turn: Turn, *, asked: bool) -> str:
    if not turn.offer:
        return "nothing-offered"
    if not asked:
        return "asked"
    if turn.given:
        return "chosen"
    silent = turn.unit.id not in (case.inputs.answers or {})
    return "declined" if silent and case.inputs.rules.silence == "decline" else "all-taken"


def _verdict(school: str, turn: Turn, *, asked: bool) -> str:
    if not asked:
        return "open"
    return "seated" if school == turn.given else "taken"

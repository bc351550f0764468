"""Entering grades that move whole to a host (mode `grade`): who belongs, and who goes where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from junheng.admissions.verify.case import Case
from junheng.admissions.verify.distances import UNKNOWN, site_metres
from junheng.admissions.verify.lines import Breaches, breach
from junheng.admissions.verify.plans import Grade, TooManyPlans, is_beaten
from junheng.kernel.faults import gettext_noop


@dataclass(frozen=True)
class Intakes:
    """The entering grades of schools over plan, as the lists make them."""

    case: Case

    @cached_property
    def due(self) -> dict[str, str]:
        """For each unit without a seat the first school on its list whose grade may move."""
        moves = self.case.inputs.moves
        return {
            unit.id: next((school for school in unit.wants if moves.get(school)), "")
            for unit in self.case.units
            if not self.case.by_list[unit.id]
        }

    @cached_property
    def over_plan(self) -> list[str]:
        return sorted(set(filter(None, self.due.values())))

    @cached_property
    def grade_of(self) -> dict[str, str]:
        """Each child's school over plan, or blank."""
        return {child: self._of(child) for child in self.case.inputs.children}

    def _of(self, child: str) -> str:
        school = self.case.by_list[child] or self.due[self.case.unit_of[child].id]
        return school if school in self.over_plan else ""

    @cached_property
    def children(self) -> Counter[str]:
        return Counter(filter(None, self.grade_of.values()))

    @cached_property
    def without_seat(self) -> Counter[str]:
        return Counter(
            school for child, school in self.grade_of.items() if not self.case.by_list[child]
        )

    @cached_property
    def roomy(self) -> dict[str, list[str]]:
        """Hosts with seats for a whole grade; a school over plan takes nobody in."""
        free = self.case.free_after_lists
        return {
            school: [
                host
                for host in self.case.inputs.moves[school]
                if host not in self.over_plan and free[host] >= self.children[school]
            ]
            for school in self.over_plan
        }

    @cached_property
    def ways(self) -> dict[str, dict[str, int]]:
        """Metres to each of these hosts that is within the limit."""
        limit = self.case.inputs.rules.max_distance_m
        most = UNKNOWN - 1 if limit is None else limit
        return {
            school: {
                host: far
                for host in hosts
                if (far := site_metres(self.case.inputs, school, host)) <= most
            }
            for school, hosts in self.roomy.items()
        }


def grades(case: Case) -> Breaches:
    """`grades.csv` is what the best plan makes it, and just these children go there."""
    if case.outputs.grades is None:
        yield breach(gettext_noop("%(file)s is missing"), file="grades.csv")
        return
    intakes = Intakes(case)
    said = {school: host for school, _, _, host, _, _ in case.outputs.grades}
    plan = {school: said.get(school, "") for school in intakes.over_plan}
    if odd := sorted(s for s, host in plan.items() if host and host not in intakes.ways[s]):
        yield breach(gettext_noop("the grade of %(school)s may not move there"), school=odd[0])
        return
    yield from _wrong_lines(case, list(lines(intakes, plan)))
    yield from _better_plan(intakes, plan)
    for child, grade in intakes.grade_of.items():
        meant = plan.get(grade, "") or case.by_list[child]
        if case.school[child] != meant:
            yield breach(
                gettext_noop("%(child)s belongs at %(meant)s and was sent to %(said)s"),
                child=child,
                meant=meant or "-",
                said=case.school[child] or "-",
            )


def lines(intakes: Intakes, plan: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """`grades.csv` as it has to be."""
    for school in intakes.over_plan:
        host = plan[school]
        far = str(intakes.ways[school][host]) if host else ""
        figures = (str(intakes.children[school]), str(intakes.without_seat[school]))
        yield school, *figures, host, reason(intakes, school, host), far


def reason(intakes: Intakes, school: str, host: str) -> str:
    """Why a grade went where it went, or stays."""
    if host:
        return "moved"
    if intakes.ways[school]:
        return "host-taken"
    return "too-far" if intakes.roomy[school] else "no-room"


def _wrong_lines(case: Case, meant: list[tuple[str, ...]]) -> Breaches:
    named = case.outputs.grades or ()
    if case.outputs.receipt.get("grades_sha256") != case.outputs.hashes.get("grades.csv"):
        yield breach(gettext_noop("the receipt names other grades than these"))
    said = {row[0]: row for row in named}
    for row in meant:
        if (line := said.get(row[0])) != row:
            yield breach(
                gettext_noop("the grade of %(school)s: “%(meant)s”, the file says “%(said)s”"),
                school=row[0],
                meant=",".join(row[1:]),
                said=",".join(line[1:]) if line else "-",
            )
    if [row[0] for row in meant] != [row[0] for row in named]:
        yield breach(gettext_noop("the lines are not the schools over plan in their order"))


def _better_plan(intakes: Intakes, plan: Mapping[str, str]) -> Breaches:
    grades = [
        Grade(intakes.children[school], intakes.without_seat[school], intakes.ways[school])
        for school in intakes.over_plan
    ]
    try:
        beats = is_beaten(grades, list(plan.values()), intakes.case.free_after_lists)
    except TooManyPlans:
        yield breach(gettext_noop("so many plans are possible that none can be proved the best"))
        return
    if beats:
        yield breach(gettext_noop("another plan gives more children a seat, or nearer ones"))

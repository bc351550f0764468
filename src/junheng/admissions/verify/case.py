"""Input and result side by side, with what every check needs to know about both."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from junheng.admissions.verify.outputs import Outputs, Placement, SchoolRow
from junheng.admissions.verify.tables import Inputs
from junheng.admissions.verify.tickets import Unit, units_of

Standing = tuple[Any, ...]


@dataclass(frozen=True)
class Case:
    """A round and what is claimed to be its result.

    A school is `""` where a child has none. Where the result names a child twice the first
    line counts, and a school that does not exist counts as none: `everyone` reports both.

    Attributes:
        seed: The seed that counts: the round's own, or the receipt's where the round has none.
    """

    inputs: Inputs
    outputs: Outputs
    seed: str

    @cached_property
    def units(self) -> list[Unit]:
        return units_of(self.inputs, seed=self.seed)

    @cached_property
    def unit_of(self) -> dict[str, Unit]:
        """Each child's unit."""
        return {child: unit for unit in self.units for child in unit.members}

    @cached_property
    def placements(self) -> dict[str, Placement]:
        """The line of each child that has one."""
        return {
            line.child: line
            for line in reversed(self.outputs.placements)
            if line.child in self.inputs.children
        }

    @cached_property
    def school_rows(self) -> dict[str, SchoolRow]:
        return {row.school: row for row in self.outputs.schools}

    @cached_property
    def school(self) -> dict[str, str]:
        """Where each child was placed, by list or by diversion."""
        schools = self.inputs.schools
        placed = {child: line.school for child, line in self.placements.items()}
        return {
            child: placed[child] if placed.get(child) in schools else ""
            for child in self.inputs.children
        }

    @cached_property
    def by_list(self) -> dict[str, str]:
        """Where each child was placed by its list; blank without a seat by list.

        A child that moved with its grade says by its rank which school that was.
        """
        if self.inputs.rules.mode == "grade":
            return {child: self._before_moving(child) for child in self.school}
        lists = self.inputs.lists
        return {
            child: school if school in lists[child] else "" for child, school in self.school.items()
        }

    def _before_moving(self, child: str) -> str:
        line, listed = self.placements.get(child), self.inputs.lists[child]
        rank = (line.list_rank or 0) if line else 0
        return listed[rank - 1] if 1 <= rank <= len(listed) else ""

    @cached_property
    def sent(self) -> dict[str, str]:
        """Children who go to another school than their list gave them, and where."""
        return {
            child: school
            for child, school in self.school.items()
            if school and school != self.by_list[child]
        }

    @cached_property
    def moved_out(self) -> Counter[str]:
        """Children whom each school seated by list and who go elsewhere."""
        return Counter(school for child in self.sent if (school := self.by_list[child]))

    @cached_property
    def diverted(self) -> dict[str, str]:
        """Where those without a seat by list were sent; blank if nowhere."""
        return {child: school for child, school in self.school.items() if not self.by_list[child]}

    @cached_property
    def list_count(self) -> Counter[str]:
        """Children seated by list, per school."""
        return Counter(filter(None, self.by_list.values()))

    @cached_property
    def diverted_count(self) -> Counter[str]:
        """Children who go to it from elsewhere, per school."""
        return Counter(self.sent.values())

    @cached_property
    def free_after_lists(self) -> dict[str, int]:
        """Seats that the lists left free; negative if a school was overfilled."""
        return {
            school: seats - self.list_count[school] for school, seats in self.inputs.seats.items()
        }

    @cached_property
    def open_to_all(self) -> dict[str, int]:
        """Seats that the lists left free, of schools that may take children who did not ask."""
        by_lottery = self.inputs.rules.by_lottery
        return {s: free for s, free in self.free_after_lists.items() if s not in by_lottery}

    @cached_property
    def free(self) -> dict[str, int]:
        """Seats that stay free in the end."""
        return {
            school: seats - self.diverted_count[school]
            for school, seats in self.free_after_lists.items()
        }

    @cached_property
    def seated(self) -> dict[str, list[Unit]]:
        """Units seated by list, per school, the weakest claim last."""
        seated: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit in self.units:
            if school := self.by_list[unit.id]:
                seated[school].append(unit)
        for school, units in seated.items():
            units.sort(key=lambda unit: self.standing(unit, school))
        return dict(seated)

    def standing(self, unit: Unit, school: str) -> Standing:
        """A unit's claim at a school; the smaller one comes first."""
        if school in self.inputs.rules.by_lottery:
            return unit.turn
        return self._standings[unit.id][unit.sibling == school]

    def printed_key(self, unit: Unit, school: str) -> str:
        """The values of `priority` as they are printed: sibling 1 or 0; by lottery the ticket."""
        if school in self.inputs.rules.by_lottery:
            return str(unit.ticket)
        return self._printed[unit.id][unit.sibling == school]

    @cached_property
    def _standings(self) -> dict[str, tuple[Standing, Standing]]:
        """Each unit's claim where it has no older child, and where it has one."""
        return {
            unit.id: (
                (*self._values(unit, sibling=1), unit.id),
                (*self._values(unit, sibling=0), unit.id),
            )
            for unit in self.units
        }

    @cached_property
    def _printed(self) -> dict[str, tuple[str, str]]:
        """The same as printed, where a sibling is 1."""
        return {
            unit.id: (
                "|".join(map(str, self._values(unit, sibling=0))),
                "|".join(map(str, self._values(unit, sibling=1))),
            )
            for unit in self.units
        }

    def _values(self, unit: Unit, *, sibling: int) -> list[str | int]:
        values = {"tier": unit.tier, "sibling": sibling, "ticket": unit.ticket}
        return [values[key] for key in self.inputs.rules.priority]

    @cached_property
    def drawings(self) -> dict[str, dict[str, int]]:
        """Who took part in the drawing of each school open by lottery: unit to its number.

        That is whoever named the school and did not get one that it likes better.
        """
        by_ticket = sorted(self.units, key=lambda unit: unit.turn)
        asked = {unit.id: {*self.rather(unit), self.by_list[unit.id]} for unit in by_ticket}
        return {
            school: {
                id: number
                for number, id in enumerate(
                    (unit.id for unit in by_ticket if school in asked[unit.id]), start=1
                )
            }
            for school in self.inputs.rules.by_lottery
        }

    @cached_property
    def last_keys(self) -> dict[str, str]:
        """Printed key of the weakest claim each school seated by list; blank while seats last."""
        return {
            school: self.printed_key(self.seated[school][-1], school)
            if school in self.seated and free <= 0
            else ""
            for school, free in self.free_after_lists.items()
        }

    @cached_property
    def waiting(self) -> list[Unit]:
        """Units without a seat by list, in ticket order."""
        without = [unit for unit in self.units if not self.by_list[unit.id]]
        return sorted(without, key=lambda unit: unit.turn)

    @cached_property
    def has_groups(self) -> bool:
        return any(unit.size > 1 for unit in self.units)

    def rather(self, unit: Unit) -> tuple[str, ...]:
        """Schools that a unit would rather have than what it was given."""
        school = self.by_list[unit.id]
        return unit.wants[: unit.wants.index(school)] if school else unit.wants

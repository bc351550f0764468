"""A school's order as whole numbers: the smaller key comes first (format page, 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from junheng.admissions.engine.types import Bools, Ints, Key, Lists, Round, Schools
from junheng.admissions.engine.units import Units


@dataclass(frozen=True, slots=True)
class Order:
    """How schools put units in order.

    Attributes:
        priority: What a school orders by, most important first; where it does not name the
            ticket, `applicant_id` decides what it leaves open.
        tier: Tier of each unit, 1 is served first.
        sibling_school: School where an older child of each unit is a pupil, or NONE.
        ticket_order: Place of each unit's ticket among all, from 0, no two equal.
        by_lottery: Per school, whether the ticket alone decides there, whatever the priority.
    """

    priority: Sequence[Key]
    tier: Ints
    sibling_school: Ints
    ticket_order: Ints
    by_lottery: Bools

    def keys(self, unit: Ints, school: Ints) -> Ints:
        """The keys of some units.

        Args:
            unit: Units in order of their lowest `applicant_id`, any shape.
            school: Beside them, the school in question.

        Returns:
            Keys from 0, beside `unit`; at one school no two units have the same key.
        """
        units = len(self.tier)
        tiers, dense = np.unique(self.tier, return_inverse=True)
        values = {
            Key.TIER: (len(tiers), dense[unit]),
            Key.SIBLING: (2, self.sibling_school[unit] != school),
            Key.TICKET: (units, self.ticket_order[unit]),
        }
        key: Ints = np.zeros(np.shape(unit), dtype=np.int64)
        for name in self.priority:
            radix, value = values[name]
            key = key * radix + value.astype(np.int64)
        key = key if Key.TICKET in self.priority else key * units + unit
        return np.where(self.by_lottery[school], self.ticket_order[unit], key)

    def list_keys(self, lists: Lists) -> Ints:
        """One key for each place on each unit's list, beside `lists.school`."""
        return self.keys(units_beside(lists), lists.school)


def order_of(the_round: Round, units: Units, ticket_order: Ints) -> Order:
    """How the schools of a round put its units in order; a unit counts as its lead does."""
    return Order(
        priority=the_round.rules.priority,
        tier=the_round.applicants.tier[units.lead],
        sibling_school=the_round.applicants.sibling_school[units.lead],
        ticket_order=ticket_order,
        by_lottery=open_by_lottery(the_round.schools, the_round.rules.by_lottery),
    )


def open_by_lottery(schools: Schools, named: Sequence[str]) -> Bools:
    """Per school, whether it is among those named."""
    names = frozenset(named)
    return np.array([id in names for id in schools.ids], dtype=np.bool_)


def units_beside(lists: Lists) -> Ints:
    """The unit that each place of `lists.school` belongs to."""
    return np.repeat(np.arange(len(lists.own)), np.diff(lists.start))

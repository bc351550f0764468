"""Who asks for seats together: a unit is a child, or a group that must not be parted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from junheng.admissions.engine.errors import GroupsDiffer
from junheng.admissions.engine.types import NONE, Applicants, Ints, Lists, Ranking, Round


@dataclass(frozen=True, slots=True)
class Units:
    """Units in the order of their lowest `applicant_id`.

    Attributes:
        lead: Child with the lowest `applicant_id` of each unit, index of a child, ascending.
        size: Seats each unit needs, at least 1.
        of: Unit of each child.
    """

    lead: Ints
    size: Ints
    of: Ints


def units_of(applicants: Applicants) -> Units:
    """Bind the members of every group into one unit; a group of one is a single child.

    Args:
        applicants: Children in byte order of their ids.

    Returns:
        One unit per single child and per group.
    """
    lead_of = np.arange(len(applicants.ids), dtype=np.int64)
    grouped = np.flatnonzero(applicants.group != NONE)
    _, first, inverse = np.unique(applicants.group[grouped], return_index=True, return_inverse=True)
    lead_of[grouped] = grouped[first][inverse]
    lead, of, size = np.unique(lead_of, return_inverse=True, return_counts=True)
    return Units(lead, size.astype(np.int64), of.astype(np.int64))


def require_alike(the_round: Round, units: Units) -> None:
    """Refuse groups whose members could not be treated as one.

    Raises:
        GroupsDiffer: If a member's zone, tier, sibling school, choices, offers or answers
            are not those of the member with the lowest `applicant_id`.
    """
    applicants = the_round.applicants
    own = Ranking(applicants.choice_start, applicants.choice)
    rankings = [own, *(r for r in (the_round.offers, the_round.answers) if r is not None)]
    lead = units.lead[units.of]
    differs = np.zeros(len(applicants.ids), dtype=np.bool_)
    for column in (applicants.zone, applicants.tier, applicants.sibling_school):
        differs |= column != column[lead]
    for child in np.flatnonzero(units.lead[units.of] != np.arange(len(lead))):
        differs[child] |= any(r.of(int(child)) != r.of(int(lead[child])) for r in rankings)
    if differs.any():
        raise GroupsDiffer(
            "members of a group differ in zone, tier, sibling school, choices, offers or answers",
            children=tuple(np.flatnonzero(differs).tolist()),
        )


def lists_of(units: Units, lists: Lists) -> Lists:
    """Each unit's list, which is that of its lead.

    Returns:
        As `lists`, with one entry per unit instead of one per child.
    """
    if len(units.lead) == len(lists.own):
        return lists
    length = np.diff(lists.start)[units.lead]
    start = np.concatenate(([0], np.cumsum(length)))
    within = np.arange(start[-1]) - np.repeat(start[:-1], length)
    school = lists.school[np.repeat(lists.start[units.lead], length) + within]
    return Lists(start, school, lists.own[units.lead])

"""Who may do what with rounds; which rows somebody sees stands beside the tables."""

from __future__ import annotations

from junheng.accounts.facade import Visitor, holds, paths_of
from junheng.admissions.models import Application, QuotaPlan, Round
from junheng.admissions.models.querysets import COUNTY, OFFICERS, READERS, SCHOOL
from junheng.places.facade import Level, Place, Role

ENTERERS = frozenset({Role.ADMISSIONS_OFFICER, Role.TOWNSHIP_OFFICER, Role.SCHOOL_CLERK})
"""Type in applications for families that come to a counter."""
SETTLERS = frozenset({Role.ADMISSIONS_OFFICER, Role.TOWNSHIP_OFFICER})
"""Settle what registers could not."""
REVIEWERS = SETTLERS | {Role.BUREAU_LEADER, Role.AUDITOR, Role.SCHOOL_CLERK}
"""See applications of their part of the tree."""


def may_read(user: Visitor) -> bool:
    """Whether there is anything about rounds for somebody to see."""
    return holds(user, *READERS)


def may_type_in(user: Visitor) -> bool:
    """Whether somebody types in applications for families anywhere."""
    return holds(user, *ENTERERS)


def may_load(user: Visitor) -> bool:
    """Whether somebody loads rounds anywhere."""
    return holds(user, *OFFICERS)


def reads_texts(user: Visitor) -> bool:
    """Whether somebody reads the versions of the texts that families agree to."""
    return holds(user, *COUNTY)


def sees_whole_quota(user: Visitor, plan: QuotaPlan) -> bool:
    """Whether somebody sees every row of a plan of quota seats, published or not."""
    return holds(user, *COUNTY, at=plan.path)


def may_run(user: Visitor, the_round: Round) -> bool:
    """Whether somebody may load into this round and run it."""
    return holds(user, *OFFICERS, at=the_round.path)


def may_take_pack(user: Visitor, the_round: Round) -> bool:
    """Whether somebody may take the pack of a published round; the bureau has to look at it."""
    if the_round.pack_access == Round.PackAccess.EVERYBODY or sees_whole(user, the_round):
        return True
    family = user.is_authenticated and not getattr(user, "is_employee", False)
    return family and the_round.pack_access == Round.PackAccess.FAMILIES


def sees_whole(user: Visitor, the_round: Round) -> bool:
    """Whether somebody sees every row of the round: the bureau and its auditors."""
    return holds(user, *COUNTY, at=the_round.path)


def may_enter(user: Visitor, the_round: Round) -> bool:
    """Whether somebody types in applications for families of the round's county."""
    held = paths_of(user, ENTERERS)
    return any(p.startswith(the_round.path) or the_round.path.startswith(p) for p in held)


def may_enter_for(user: Visitor, application: Application) -> bool:
    """Whether somebody goes on for a family: its application was typed in at their counter."""
    by = application.entered_by
    if by is None or not user.is_authenticated or not holds(user, *ENTERERS):
        return False
    return by.pk == user.pk or (by.home_id is not None and by.home_id == user.home_id)


def may_review(user: Visitor, application: Application) -> bool:
    """Whether somebody settles this application."""
    return holds(user, *SETTLERS, at=application.path)


def may_print(user: Visitor, the_round: Round, school_path: str) -> bool:
    """Whether somebody prints the letters to a school: the officer, and the school's own people."""
    return may_run(user, the_round) or holds(user, *SCHOOL, at=school_path)


def places_to_load_for(user: Visitor) -> list[Place]:
    """The counties whose rounds somebody may load, by code."""
    counties = Place.objects.current().filter(level=Level.COUNTY).order_by("code")
    found: dict[int, Place] = {}
    for path in paths_of(user, OFFICERS):
        found |= {place.pk: place for place in counties.filter(path__startswith=path)}
    return list(found.values())

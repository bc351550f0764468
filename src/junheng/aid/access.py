"""Who may see and do what in aid: few, since a household's poverty is nobody else's business."""

from __future__ import annotations

from junheng.accounts.facade import Role, Visitor, holds, paths_of
from junheng.aid.models.posts import AT_SCHOOL, IN_CHARGE, IN_VILLAGES, PAYERS, SEES_HOUSEHOLDS

__all__ = [
    "AT_SCHOOL",
    "IN_CHARGE",
    "IN_VILLAGES",
    "PAYERS",
    "READERS",
    "in_charge",
    "may_approve",
    "may_keep",
    "may_pay",
    "may_see_entitlements",
]
READERS = IN_CHARGE | AT_SCHOOL | IN_VILLAGES | PAYERS


SEES_PAYMENTS = IN_CHARGE | PAYERS
"""Who sees batches and budgets, names and account numbers masked."""


def may_see_payments(user: Visitor) -> bool:
    """Whether there are batches and budgets for somebody to see."""
    return holds(user, *SEES_PAYMENTS)


def in_charge(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody sees households and amounts of this place, anywhere without a path."""
    return holds(user, *IN_CHARGE, at=path)


def may_see_entitlements(user: Visitor) -> bool:
    """Whether somebody sees who is entitled and paid: all of it, or of their own pupils."""
    return holds(user, *IN_CHARGE, *AT_SCHOOL)


def may_keep(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody keeps policies, entitlements and batches of this county."""
    return holds(user, Role.AID_OFFICER, at=path)


def may_approve(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody may be the second person."""
    return holds(user, Role.BUREAU_LEADER, Role.AID_OFFICER, at=path)


def may_pay(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody sends batches to the bank."""
    return holds(user, *PAYERS, at=path)


def sees_households(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody sees households of this place, anywhere without a path."""
    return holds(user, *SEES_HOUSEHOLDS, at=path)


def may_propose(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody writes households down and proposes, for the village."""
    return holds(user, Role.VILLAGE_OFFICER, at=path)


def may_check(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody checks for the township what its villages proposed."""
    return holds(user, Role.TOWNSHIP_OFFICER, at=path)


AUTHORISERS = frozenset({Role.VILLAGE_OFFICER, Role.TOWNSHIP_OFFICER, Role.AID_OFFICER})
"""Who keeps what a household signed, and takes down that it is withdrawn."""
VISIT_DECIDERS = frozenset({Role.TOWNSHIP_OFFICER, Role.AID_OFFICER, Role.BUREAU_LEADER})
"""Who decides what a visit comes to: never who visited."""


def may_authorise(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody keeps authorisations of households of this place."""
    return holds(user, *AUTHORISERS, at=path)


def may_agree_to_removal(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody is the second person where a scan is to go: above the village."""
    return holds(user, *VISIT_DECIDERS, at=path)


def may_visit(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody visits households of this place and writes it down."""
    return holds(user, *IN_VILLAGES, at=path)


def may_decide_visit(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody decides what visits to households of this place come to."""
    return holds(user, *VISIT_DECIDERS, at=path)


def place_kept(user: Visitor) -> str:
    """Code of the place whose households somebody keeps, "" for nobody's."""
    kept = paths_of(user, frozenset({Role.AID_OFFICER}))
    return kept[0].rstrip("/").rsplit("/", 1)[-1] if kept else ""

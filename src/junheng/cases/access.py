"""Who may do what with a case; which rows somebody sees stands beside the tables."""

from __future__ import annotations

from collections.abc import Iterable

from junheng.accounts.facade import BUSINESS, User, Visitor, holds, paths_of, scopes_of
from junheng.cases.engine.flow import Deed, State, deeds_in
from junheng.cases.kinds import CaseKind
from junheng.cases.models import Case
from junheng.cases.models.desk import READERS as DESK_READERS
from junheng.cases.models.desk import WRITERS as DESK_WRITERS
from junheng.places.facade import Role

READERS = BUSINESS
OPENERS = (Role.ADMISSIONS_OFFICER, Role.BUREAU_LEADER, Role.TOWNSHIP_OFFICER)
"""Who opens a case by hand."""

CALENDAR_KEEPERS = (Role.ADMISSIONS_OFFICER, Role.BUREAU_LEADER)
"""Who sets the working days of a county."""

COLLECTORS = (Role.ADMISSIONS_OFFICER,)
"""Who writes the answers of the desk."""


def may_read(user: Visitor) -> bool:
    """Whether there is anything here for somebody to see."""
    return holds(user, *READERS)


def may_act(user: User, case: Case) -> bool:
    """Whether somebody works on a case: who has it, its role, whom it went up to, the leaders."""
    roles = {case.role, case.raised_to, str(Role.BUREAU_LEADER)} - {""}
    return case.holder_id == user.pk or holds(user, *roles, at=case.path)


def may_check(user: User, case: Case) -> bool:
    """Whether somebody checks what was done: never whoever did it."""
    return case.done_by_id != user.pk and may_act(user, case)


def deeds_of(user: User, case: Case, kind: CaseKind) -> tuple[Deed, ...]:
    """What somebody may do with a case now."""
    if not may_act(user, case):
        return ()
    state = State(case.state)
    found: Iterable[Deed] = deeds_in(state, asked=case.asked, closed_by_owner=kind.closes_by_owner)
    if not may_check(user, case):
        found = (deed for deed in found if deed not in {Deed.CHECK, Deed.SEND_BACK})
    return tuple(found)


def may_open(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody opens cases by hand, anywhere or here."""
    return holds(user, *OPENERS, at=path)


def may_keep_calendar(user: Visitor) -> bool:
    """Whether somebody sets working days."""
    return holds(user, *CALENDAR_KEEPERS)


def calendar_path(user: Visitor) -> str:
    """The place whose working days somebody sets; "" for nobody's."""
    return next(iter(paths_of(user, frozenset(CALENDAR_KEEPERS))), "")


def may_read_desk(user: Visitor) -> bool:
    """Whether somebody sees a consultation desk."""
    return holds(user, *DESK_READERS)


def may_write_desk(user: Visitor) -> bool:
    """Whether somebody sits at one."""
    return holds(user, *DESK_WRITERS)


def may_collect(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody writes the answers of the collection, anywhere or here."""
    return holds(user, *COLLECTORS, at=path)


def desk_of(user: Visitor) -> tuple[str, str]:
    """Path and role of somebody's desk; blanks for nobody's."""
    held = (scope for scope in scopes_of(user) if scope.role in DESK_WRITERS)
    first = next(held, None)
    return (first.path, first.role) if first else ("", "")

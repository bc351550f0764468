"""Who may change what in the registry; which rows somebody sees stands beside the tables."""

from __future__ import annotations

from junheng.accounts.facade import BUSINESS, Role, Visitor, holds, paths_of

READERS = frozenset(BUSINESS)
"""Everybody of the education business sees the schools, classes and zones in their scope."""

KEEPERS = (Role.ADMISSIONS_OFFICER,)
"""Who keeps the register of a county: facts, zones, imports."""

COUNTERS = (Role.ADMISSIONS_OFFICER, Role.TOWNSHIP_OFFICER, Role.SCHOOL_CLERK, Role.SCHOOL_HEAD)
"""Who writes down the size of a class within their scope."""

COUNT_HOLDERS = (Role.ADMISSIONS_OFFICER, Role.BUREAU_LEADER)
"""Who begins and ends the opening count of a county."""


def may_read(user: Visitor) -> bool:
    """Whether there is anything in the registry for somebody to see."""
    return holds(user, *READERS)


def may_keep(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody may bring in schools, classes and zones, anywhere or at this path."""
    return holds(user, *KEEPERS, at=path)


def place_kept(user: Visitor) -> str:
    """Code of the place whose register somebody keeps, "" for nobody's."""
    kept = paths_of(user, frozenset(KEEPERS))
    return kept[0].rstrip("/").rsplit("/", 1)[-1] if kept else ""


def may_count(user: Visitor, path: str) -> bool:
    """Whether somebody may write down how many pupils the classes of this school have."""
    return holds(user, *COUNTERS, at=path)


def may_hold_count(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody may begin and end the opening count of this county."""
    return holds(user, *COUNT_HOLDERS, at=path)


ASSIGNERS = (Role.ADMISSIONS_OFFICER, Role.SCHOOL_HEAD, Role.SCHOOL_CLERK)
"""Who puts pupils into classes, and splits and merges the classes of a school."""

TURNERS = (Role.ADMISSIONS_OFFICER, Role.BUREAU_LEADER)
"""Who agrees to the turn of the year, as the second person."""


def may_assign(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody may put this school's pupils into classes."""
    return holds(user, *ASSIGNERS, at=path)


def may_turn(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody may agree to the turn of the year of this county."""
    return holds(user, *TURNERS, at=path)


TRANSFER_APPLIERS = (Role.SCHOOL_CLERK, Role.SCHOOL_HEAD, Role.ADMISSIONS_OFFICER)
"""Who applies for a transfer to a school within their scope, and answers for one of theirs."""

TRANSFER_DECIDERS = (Role.ADMISSIONS_OFFICER, Role.BUREAU_LEADER)
"""Who of the bureau decides about a transfer."""


def may_apply_transfer(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody may apply for, or answer, a transfer of this school."""
    return holds(user, *TRANSFER_APPLIERS, at=path)


def may_decide_transfer(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody decides about transfers to this school."""
    return holds(user, *TRANSFER_DECIDERS, at=path)


RECORD_KEEPERS = (Role.SCHOOL_CLERK, Role.SCHOOL_HEAD, Role.ADMISSIONS_OFFICER)
"""Who keeps the records of pupils within their scope, and may read them in the clear."""

RECORD_APPROVERS = (Role.ADMISSIONS_OFFICER, Role.BUREAU_LEADER)
"""Who of the bureau agrees to what needs two people."""


def may_keep_record(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody keeps this school's records, and may read them in the clear."""
    return holds(user, *RECORD_KEEPERS, at=path)


def may_approve_record(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody may agree to it as the second person."""
    return holds(user, *RECORD_APPROVERS, at=path)


CHECKERS = (Role.ADMISSIONS_OFFICER,)
"""Who has the register checked, says that a finding is a false alarm and mends by a button: not
the school itself, whose record it is."""

CORRECTORS = (Role.SCHOOL_CLERK, Role.SCHOOL_HEAD)
"""Who writes the right facts into a record of which a finding speaks: the school, so that whoever
has it checked is always somebody else."""

CALLERS = (Role.SCHOOL_CLERK, Role.SCHOOL_HEAD, Role.ADMISSIONS_OFFICER)
"""Who writes down who was in class."""


def may_check(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody may have the register of this place checked, and settle findings there."""
    return holds(user, *CHECKERS, at=path)


def may_correct(user: Visitor, path: str) -> bool:
    """Whether somebody may write the right facts into a record of this school."""
    return holds(user, *CORRECTORS, at=path)


def may_call(user: Visitor, path: str) -> bool:
    """Whether somebody may write down attendance at this school."""
    return holds(user, *CALLERS, at=path)

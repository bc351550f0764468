"""What other rooms may use of cases: kinds, opening and settling, working days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from junheng.accounts.facade import User
from junheng.cases.demo.load import Crew
from junheng.cases.demo.load import load as load_demonstration
from junheng.cases.engine.clock import Clock, Standing
from junheng.cases.events import case_reopened, case_settled
from junheng.cases.kinds import CaseKind, register_kind
from junheng.cases.models.calendar import EVERYWHERE
from junheng.cases.selectors import calendar
from junheng.cases.selectors import cases as selectors
from junheng.cases.selectors.cases import CaseRow
from junheng.cases.services import cases as services
from junheng.cases.services.cases import CannotFollow, ClosedOtherwise, Holder

__all__ = [
    "CannotFollow",
    "CaseKind",
    "CaseRow",
    "Clock",
    "ClosedOtherwise",
    "Crew",
    "Holder",
    "Standing",
    "case_of",
    "case_reopened",
    "case_settled",
    "cases_of",
    "load_demonstration",
    "note",
    "open_case",
    "register_kind",
    "settle",
    "work_days_after",
]


def open_case(
    kind: str,
    *,
    subject: str,
    title: str,
    path: str,
    facts: Mapping[str, Any] | None = None,
    asker: str = "",
    by: User | None,
    due_days: int | None = None,
    holder: Holder | None = None,
) -> CaseRow:
    """Open a case; while one of the same kind and subject is open, that one.

    Args:
        kind: The key of a registered kind.
        subject: What it is about, such as an application number; up to 100 characters.
        title: What stands in lists; 200 characters are kept. No name of a child.
        path: The place or organisation where it lies; who sees and has it follows from it.
        facts: A few names and values for the page; no personal data.
        asker: Who waits for an answer; kept sealed. "" if nobody does.
        by: Who opened it, None for the program.
        due_days: Working days, where it is not what the kind says.
        holder: Whose it is at first, where it is not the kind's role.

    Raises:
        LookupError: If there is no such kind.
    """
    made = services.open_case(
        kind,
        subject=subject,
        title=title,
        path=path,
        facts=facts,
        asker=asker,
        by=by,
        due_days=due_days,
        holder=holder,
    )
    return selectors.row_of(made)


def note(number: str, text: str, *, by: User | None) -> None:
    """Write down what was done or heard.

    Raises:
        Refusal: If nothing is said.
        Case.DoesNotExist: If there is no such case.
    """
    services.note(number, text, by=by)


def settle(number: str, *, outcome: str, words: str, by: User | None) -> CaseRow:
    """Close a case: `case_settled` is sent once that is certain. Twice the same is once.

    Args:
        number: The case's number.
        outcome: How it ended, as a short code of the room, such as `upheld`.
        words: The answer.
        by: Who decided, None for the program.

    Raises:
        ClosedOtherwise: If it was closed before with another outcome.
        Case.DoesNotExist: If there is no such case.
    """
    return selectors.row_of(services.settle(number, outcome=outcome, words=words, by=by))


def case_of(kind: str, subject: str) -> CaseRow | None:
    """The newest case of a kind for a subject, open or closed; None if there never was one."""
    return selectors.case_of(kind, subject)


def cases_of(kind: str, subjects: Iterable[str]) -> dict[str, CaseRow]:
    """The newest case of a kind for each of these subjects that has one; three queries."""
    return selectors.cases_of(kind, subjects)


def work_days_after(day: date, n: int, *, path: str = EVERYWHERE) -> date:
    """The working day that comes `n` working days after a day, which itself does not count.

    Args:
        day: Any day.
        n: Working days, 0 to 3000.
        path: Whose calendar; the country's unless said otherwise.

    Raises:
        ValueError: If `n` is out of range.
    """
    return calendar.work_days_after(day, n, path=path)

"""Steps that two people of the bureau take: an officer asks, another one or the leader agrees."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db.models import Q
from django.utils.functional import Promise

from junheng.accounts.facade import Visitor, holds, scope_q
from junheng.admissions.models.querysets import COUNTY, OFFICERS
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.places.facade import Role

SECOND = OFFICERS | {Role.BUREAU_LEADER}
Facts = Iterator[tuple[str, object]]


def register(
    kind: str,
    title: str | Promise,
    *,
    check: Callable[[Approval], None],
    carry_out: Callable[[Approval], None],
    facts: Callable[[Approval], Facts],
) -> None:
    """Make a step of the bureau known to the pages of approvals.

    Args:
        kind: Its key, such as "admissions.publish".
        title: What is done, in the officer's words.
        check: Refuses what cannot be done, when it is asked for and again when it is agreed to.
        carry_out: Does it, in the transaction of the second person.
        facts: What the second person reads before agreeing.
    """
    step = approvals.Step(
        kind, title, _may_ask, _may_agree, _visible, _takes_part, check, carry_out, facts
    )
    approvals.register(step)


def _may_ask(user: Visitor, path: str | None) -> bool:
    return holds(user, *OFFICERS, at=path)


def _may_agree(user: Visitor, path: str | None) -> bool:
    return holds(user, *SECOND, at=path)


def _visible(user: Visitor) -> Q:
    return scope_q(user, "path", COUNTY)


def _takes_part(user: Visitor) -> bool:
    return holds(user, *COUNTY)

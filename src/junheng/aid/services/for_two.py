"""Steps of aid that two people take: an officer of aid asks, whoever approves there agrees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from junheng.accounts.facade import scope_q
from junheng.aid.access import IN_CHARGE, in_charge, may_approve, may_keep
from junheng.commons import approvals
from junheng.commons.models import Approval


def register(
    kind: str,
    title: str | Promise,
    check: Callable[[Approval], None],
    carry_out: Callable[[Approval], None],
    facts: Callable[[Approval], Iterator[tuple[str, object]]],
) -> None:
    """Make a step of aid known to the pages of approvals.

    Args:
        kind: Its key, such as "aid.recovery".
        title: What is done, in the officer's words.
        check: Refuses what cannot be done, when it is asked for and again when it is agreed to.
        carry_out: Does it, in the transaction of the second person.
        facts: What the second person reads before agreeing.
    """
    step = approvals.Step(
        kind, title, may_keep, may_approve, visible, in_charge, check, carry_out, facts
    )
    approvals.register(step)


def visible(user: Any) -> Q:
    """What is asked for within somebody's own places."""
    return scope_q(user, "path", IN_CHARGE)

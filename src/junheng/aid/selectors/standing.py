"""Where a household stands: who its head is, and what may follow from its statuses."""

from __future__ import annotations

from collections.abc import Iterable

from junheng.aid.models import HEAD, Action, Household, HouseholdMember, HouseholdStatus


def heads_of(households: Iterable[int]) -> dict[int, str]:
    """Names of the present heads by the households' keys, in the clear: mask them."""
    rows = HouseholdMember.objects.filter(
        household__in=list(households), relation=HEAD, valid_to=None
    )
    return {row.household_id: str(row.name or "") for row in rows}


def may_follow(home: Household, kind: str, action: str) -> bool:
    """Whether a household stands where this begins, as the database looks at it as well."""
    return action == next_action(home, kind)


def next_action(home: Household, kind: str) -> str:
    """What alone may be proposed for a status: remove, return or identify."""
    ends = HouseholdStatus.objects.counted().filter(household=home, kind=kind)
    known = list(ends.values_list("valid_to", flat=True))
    if None in known:
        return Action.REMOVE
    return Action.RETURN if known else Action.IDENTIFY

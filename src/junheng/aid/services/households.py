"""Households and their members: written down in the village, found again by blind keys."""

from __future__ import annotations

from junheng.aid.models import HouseholdMember
from junheng.evidence.facade import number_index


def key_of_member(member: HouseholdMember) -> str:
    """The blind key of a member's resident ID number, as registers have it; "" for none."""
    return number_index(str(member.resident_id)) if member.resident_id else ""

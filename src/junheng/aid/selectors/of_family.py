"""What a family reads of its own household, found by its child and its telephone."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from junheng.aid.models import HouseholdMember, HouseholdVisit
from junheng.aid.selectors.authorisations import Signed, shown
from junheng.evidence.facade import clean_name
from junheng.registry.facade import guardians_of_phone


def homes_of_family(pupil: UUID, phone: str) -> set[int]:
    """The households to which a pupil and the guardian who asks belong both.

    A guardian who belongs to another household, such as a divorced parent, reads nothing of it.

    Args:
        pupil: The child.
        phone: The telephone with which somebody signed in.
    """
    asking = guardians_of_phone(pupil, phone)
    keys = {key for _name, key in asking if key}
    names = {clean_name(name) for name, _key in asking if name}
    members = HouseholdMember.objects.filter(valid_to=None)
    homes = members.filter(pupil=pupil).values_list("household", flat=True)
    return {
        row.household_id
        for row in members.filter(household__in=list(homes))
        if row.resident_id_key in keys or clean_name(str(row.name or "")) in names
    }


def visits_of_family(pupil: UUID, phone: str) -> list[HouseholdVisit]:
    """The visits to a family's household, the latest first."""
    theirs = homes_of_family(pupil, phone)
    return list(HouseholdVisit.objects.filter(household__in=theirs).order_by("-opened_at"))


def signed_by_family(pupil: UUID, phone: str, day: date) -> list[Signed]:
    """What a family's household signed for, the newest first."""
    return shown(day, household__in=homes_of_family(pupil, phone))

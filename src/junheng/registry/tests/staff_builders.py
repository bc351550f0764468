"""Staff with good defaults; only what matters to a test is spelled out."""

from __future__ import annotations

from datetime import date
from typing import Any

from junheng.accounts.tests import cast
from junheng.places.models import Organisation
from junheng.registry.models import StaffMember, StaffPost

RECRUITED = date(2020, 9, 1)
COLUMNS = (
    "number,name,resident_id,recruited_on,recruited_as,recruited_for,school_code,level,kind,"
    "employment,subjects,class_teacher,flexible,valid_from,valid_to"
)


def staff_member(number: str = "T1", **given: Any) -> StaffMember:
    """Somebody recruited for the first school, without a post."""
    school = given.pop("organisation", None) or cast.school()
    defaults: dict[str, Any] = {
        "organisation": school,
        "name": f"Teacher {number}",
        "born_on": date(1990, 1, 1),
        "sex": "2",
        "qualification": "bachelor",
        "recruited_on": RECRUITED,
        "recruited_as": "permanent",
        "recruited_for": school,
    }
    made: StaffMember = StaffMember.objects.create(number=number, **defaults | given)
    return made


def staff_post(
    person: StaffMember | None = None, organisation: Organisation | None = None, **given: Any
) -> StaffPost:
    """A permanent post as a teacher of a primary school since the recruitment."""
    person = person or staff_member()
    defaults: dict[str, Any] = {
        "level": "primary",
        "kind": "teacher",
        "employment": "permanent",
        "valid_from": person.recruited_on,
    }
    school = organisation or person.organisation
    made: StaffPost = StaffPost.objects.create(
        person=person, organisation=school, **defaults | given
    )
    return made

"""The demonstration's households: families of its pupils who are known as registered poor."""

from __future__ import annotations

from datetime import date

import pytest

from junheng.accounts.tests import cast
from junheng.aid.demo.households import Crew, load_households
from junheng.aid.models import Household, HouseholdReview, HouseholdStatus, VillageTarget
from junheng.aid.selectors.statuses import pupil_statuses
from junheng.aid.tests.households import builders as build
from junheng.evidence.facade import number_index
from junheng.registry.models import PupilTag
from junheng.registry.tests.builders import a_class, a_pupil

pytestmark = pytest.mark.django_db
YEAR = {"begin": date(2026, 9, 1), "end": date(2027, 9, 1)}


def test_every_pupil_who_is_known_as_registered_poor_has_a_household() -> None:
    build.village()
    school = cast.school(at=cast.VILLAGE)
    seats = a_class(school, size=0)
    pupils = [
        a_pupil(seats, resident_id=number, resident_id_key=number_index(number))
        for number in (f"9901002017050100{n}" for n in range(10, 26))
    ]
    PupilTag.objects.bulk_create(
        PupilTag(pupil=pupil, tag="registered_poor", valid_from=date(2024, 9, 1))
        for pupil in pupils[:14]
    )
    crew = Crew(cast.ma(), cast.wu(), cast.tian(), cast.zhou())
    place = cast.counties()
    assert load_households(place, crew=crew, seed="s") == 14
    assert load_households(place, crew=crew, seed="s") == 14
    rows = pupil_statuses(place.path, **YEAR)
    known = {row.subject for row in rows if row.kind == "registered_poor"}
    assert known == {str(pupil.pk) for pupil in pupils[:14]}
    assert HouseholdStatus.objects.filter(begun="returned").count() == 1
    assert HouseholdStatus.objects.exclude(valid_to=None).exists()
    states = set(HouseholdReview.objects.values_list("state", flat=True))
    assert states == {"approved", "at_county", "at_township", "posted", "proposed"}
    assert VillageTarget.objects.get().village == Household.objects.all()[0].village

"""An older child at the school is found in the register of pupils, with certainty or not at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, Round
from junheng.admissions.services.verifying import verify
from junheng.admissions.tests.applying import builders
from junheng.evidence.facade import Register
from junheng.evidence.tests import builders as registers
from junheng.registry.facade import is_pupil_there
from junheng.registry.models import Guardian
from junheng.registry.models.number_keys import resident_id_key
from junheng.registry.tests import builders as registry

pytestmark = pytest.mark.django_db
OLDER = "王大涵"


def older(grade: int = 3, *, guardian: str = builders.GUARDIAN_ID, **given: Any) -> None:
    """A pupil of school-1 with a guardian whose number the register has."""
    school = cast.school("school-1")
    row = registry.a_class(school, grade=grade, size=0)
    pupil = registry.a_pupil(row, name=OLDER, **given)
    Guardian.objects.create(
        pupil=pupil,
        name="王大明",
        resident_id=guardian,
        resident_id_key=resident_id_key(guardian),
        valid_from=date(2025, 9, 1),
    )


@pytest.fixture
def the_round(li: User) -> Round:
    return builders.taking(li, cast.wu())


def stated(the_round: Round, **guardian: str) -> Application:
    """A family whose child is in the household register, and that names an older one."""
    row = registers.row(resident_id=builders.CHILD_ID, place_code=cast.VILLAGE)
    registers.delivered(registers.tables(Register.HOUSEHOLD), row)
    named = {"sibling": OLDER, "sibling_school": "school-1", **guardian}
    made = builders.applied(
        the_round, builders.family(), home={"claims": ["household"]}, guardian=named
    )
    verify([made.pk])
    made.refresh_from_db()
    return made


def codes(made: Application) -> list[str]:
    newest = made.verifications.order_by("-id")[0]
    return [reason["code"] for reason in newest.reasons]


def test_a_sibling_of_the_register_passes_without_a_person(the_round: Round) -> None:
    older()
    made = stated(the_round)
    assert (made.state, made.by_person, made.sibling_school) == ("passed", False, "school-1")
    assert "sibling-here" in codes(made)


@pytest.mark.parametrize(
    ("pupil", "said"),
    [
        pytest.param({"guardian": builders.number_of("1985-01-01")}, {}, id="another guardian"),
        pytest.param({}, {"sibling": "王小"}, id="another name"),
        pytest.param({}, {"sibling_school": "school-2"}, id="another school"),
        pytest.param({"grade": 6}, {}, id="leaves the school in summer"),
        pytest.param({"left_on": date(2026, 3, 1)}, {}, id="has left"),
    ],
)
def test_anything_less_is_for_a_person(
    the_round: Round, pupil: dict[str, Any], said: dict[str, str]
) -> None:
    left = pupil.pop("left_on", None)
    older(**pupil)
    if left:
        Guardian.objects.update(valid_to=left)
    made = stated(the_round, **said)
    assert (made.state, made.sibling_school) == ("review", "")
    assert "sibling" in codes(made)


def test_without_number_or_name_nobody_is_found(db: None) -> None:
    older()
    assert is_pupil_there("school-1", OLDER, builders.GUARDIAN_ID, year=2026)
    assert not is_pupil_there("school-1", OLDER, "", year=2026)
    assert not is_pupil_there("school-1", " ", builders.GUARDIAN_ID, year=2026)

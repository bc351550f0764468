"""Who comes from a round has one record for life: a known child goes on under its number."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

from junheng.accounts.tests import cast
from junheng.registry import facade
from junheng.registry.models import FurtherSource, Pupil, Standing
from junheng.registry.services import movements
from junheng.registry.services.keys import resident_id_key
from junheng.registry.services.movement_checks import Deed
from junheng.registry.services.pupils import Enrolled
from junheng.registry.tests import builders

pytestmark = pytest.mark.django_db
FIRST = builders.START
NUMBER = "990100201705010026"


@pytest.fixture(autouse=True)
def school() -> None:
    """A lower secondary school with room, and the primary school of before."""
    builders.facts(cast.school("school-2"))
    builders.facts(lowest_grade=7, highest_grade=9)


@pytest.fixture
def pupil() -> Pupil:
    return builders.a_pupil(organisation=cast.school("school-2"), grade=6, **_of(NUMBER))


def _of(number: str) -> dict[str, Any]:
    return {"resident_id": number, "resident_id_key": resident_id_key(number)}


def enrol(*sources: UUID, name: str = "王小涵", on: date = FIRST) -> Enrolled:
    who = facade.Answering("王敏", "13800001234", "52")
    wanted = [
        facade.Enrolment(one, name, resident_id=NUMBER, paper="Application 1", guardian=who)
        for one in sources
    ]
    return facade.enrol(cast.school(), wanted, grade=7, on=on, by=cast.li())


def test_who_graduated_goes_on_with_the_record_and_once(pupil: Pupil) -> None:
    first = date(2026, 9, 1)
    movements.graduate(pupil, Deed(on=first - timedelta(days=1), by=cast.li(), paper="x"))
    application = uuid4()
    assert enrol(application, on=first) == Enrolled(went_on=1)
    assert enrol(application, on=first) == Enrolled()
    assert Pupil.objects.count() == 1
    pupil.refresh_from_db()
    assert pupil.left_on is None
    now = movements.current(pupil)
    assert (now.grade, now.movement, now.valid_from) == (7, "entered", first)
    assert now.paper == "Application 1"
    assert [str(one.name) for one in pupil.guardians.all()] == ["王敏"]
    assert facade.enrolled([application, uuid4()]) == {application}
    [record] = facade.pupils_from([application])
    assert record.number == pupil.number


def test_who_is_at_a_school_or_has_another_name_is_left_to_a_person(pupil: Pupil) -> None:
    application = uuid4()
    assert enrol(application) == Enrolled(elsewhere=(application,))
    movements.leave(pupil, Deed(on=FIRST + timedelta(days=1), by=cast.li(), paper="x"))
    assert enrol(application, name="李小涵") == Enrolled(elsewhere=(application,))
    assert (Pupil.objects.count(), Standing.objects.count()) == (1, 2)


def test_who_left_on_the_first_day_enters_on_the_next(pupil: Pupil) -> None:
    gone = FIRST + timedelta(days=1)
    movements.leave(pupil, Deed(on=gone, by=cast.li(), paper="x"))
    assert enrol(uuid4(), on=gone) == Enrolled(went_on=1)
    assert movements.current(pupil).valid_from == gone + timedelta(days=1)


def test_a_child_whom_nobody_knows_gets_a_record() -> None:
    assert enrol(uuid4()) == Enrolled(new=1)


def test_what_a_record_goes_on_by_stays(pupil: Pupil) -> None:
    made = FurtherSource.objects.create(source=uuid4(), pupil=pupil)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        made.delete()

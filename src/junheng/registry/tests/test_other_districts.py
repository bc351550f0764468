"""Transfers over the border of the district: released by two, taken in by two, families told."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.commons.models import Message
from junheng.kernel.school_year import SchoolYear
from junheng.registry.models import Arrival, Guardian, Pupil, SchoolClass, Standing, Transfer
from junheng.registry.services import movements, other_districts, transfers
from junheng.registry.services.keys import national_number_key, resident_id_key
from junheng.registry.services.movement_checks import Deed
from junheng.registry.services.transfer_wishes import AgainstTheRules
from junheng.registry.services.transfers import Settled, TwoPeople
from junheng.registry.tests import builders

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = SchoolYear.of(TODAY)
HERE = "/registry/transfers/from-outside/"
NAME, NUMBER = "王小涵", "990200201705010024"


@pytest.fixture
def row() -> SchoolClass:
    cache.clear()
    builders.facts()
    return builders.a_class(size=0, school_year=YEAR.start)


@pytest.fixture
def pupil(row: SchoolClass) -> Pupil:
    made = builders.a_pupil(row, entered_on=YEAR.starts_on)
    Guardian.objects.create(pupil=made, name="王敏", phone="13800001234", valid_from=YEAR.starts_on)
    return made


def away(pupil: Pupil) -> str:
    return f"/registry/pupils/{pupil.number}/away/"


def told(**given: Any) -> dict[str, Any]:
    """What the receiving school types of a child from elsewhere."""
    said = {
        "district": "Linhe County",
        "district_code": "990200",
        "other_school": "School 9",
        "to": cast.school().pk,
        "grade": "3",
        "ground": "home_moved",
        "paper": "Deed 7",
        "name": NAME,
        "national_number": "G990200201705010024",
        "resident_id": NUMBER,
        "guardian_name": "王敏",
        "phone": "13800001234",
    }
    return said | given


def templates() -> list[str]:
    """Which words families were told, in order."""
    return list(Message.objects.order_by("written_at").values_list("template", flat=True))


def test_a_pupil_who_moves_away_is_released_by_school_and_bureau(
    pupil: Pupil, row: SchoolClass, client: Client
) -> None:
    client.force_login(cast.sun())
    said = {"district": "Linhe County", "district_code": "990200", "paper": "Letter 5"}
    answer = client.post(away(pupil), said, follow=True)
    made = Transfer.objects.get()
    assert "Linhe County" in answer.content.decode()
    assert (made.way, made.state, made.answered_by) == ("away", "answered", cast.sun())
    with pytest.raises(Settled, match="Another transfer"):
        _release(pupil)
    client.force_login(cast.wu())
    page = f"/registry/transfers/{made.number}/decide/"
    assert client.post(page, {"verdict": "approve", "words": ""}).status_code == 302
    standing = Standing.objects.open().get(pupil=pupil)
    assert (standing.state, standing.movement, standing.approved_by) == ("left", "left", cast.wu())
    assert standing.paper.startswith(f"{made.number} Letter 5; transferred to another district")
    assert standing.paper.endswith("990200 Linhe County")
    row.refresh_from_db()
    assert row.size == 0
    assert templates() == ["registry.transfer_applied", "registry.transfer_approved"]
    message = Message.objects.first()
    assert message is not None
    assert json.loads(str(message.content)) == {"number": made.number}


def _release(pupil: Pupil) -> Transfer:
    where = other_districts.OtherDistrict("Linhe County")
    return other_districts.release(pupil, where, paper="x", by=cast.li())


def test_noted_by_the_bureau_the_school_speaks_first_and_somebody_else_decides(
    pupil: Pupil,
) -> None:
    made = _release(pupil)
    assert made.state == "applied"
    transfers.answer(made, agrees=False, words="Books are missing.", by=cast.sun())
    with pytest.raises(TwoPeople):
        transfers.approve(made, on=TODAY, by=cast.li())
    transfers.refuse(made, words="Books first.", by=cast.wu())
    assert Standing.objects.open().get(pupil=pupil).state == "studying"
    assert templates()[1:] == ["registry.transfer_asked", "registry.transfer_refused"]


def test_a_child_from_another_district_gets_a_record_when_the_bureau_agrees(
    row: SchoolClass, client: Client
) -> None:
    client.force_login(cast.sun())
    answer = client.post(HERE, told(), follow=True).content.decode()
    made = Transfer.objects.get()
    assert (made.way, made.state, made.pupil) == ("here", "answered", None)
    assert NAME not in answer
    assert "Linhe County School 9" in answer
    assert made.number in client.get("/registry/transfers/").content.decode()
    transfers.approve(made, on=TODAY, by=cast.li(), school_class=row)
    made.refresh_from_db()
    standing = Standing.objects.open().get()
    assert (made.pupil, made.state, standing.pupil) == (standing.pupil, "approved", standing.pupil)
    assert (standing.movement, standing.school_class) == ("from_outside", row)
    assert standing.paper == f"{made.number} Deed 7; 990200 Linhe County School 9"
    assert (standing.entered_by, standing.approved_by) == (cast.sun(), cast.li())
    assert not Arrival.objects.exists()
    assert templates() == ["registry.transfer_applied", "registry.transfer_approved"]


def test_the_code_of_a_division_stands_beside_its_name(client: Client, row: SchoolClass) -> None:
    client.force_login(cast.sun())
    code = "110105"  # Chaoyang in Beijing
    assert (
        "110105 朝阳区" in client.post(HERE, told(district_code=code), follow=True).content.decode()
    )


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"ground": ""}, "only these reasons count"),
    ({"national_number": ""}, "This field is required"),
    ({"district_code": "99"}, "Enter a valid value"),
    ({"to": ""}, "This field is required"),
]


def test_the_rules_hold_for_children_from_elsewhere_as_well(
    row: SchoolClass, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_a: date(YEAR.start, 11, 20))
    client.force_login(cast.sun())
    pages = [(client.post(HERE, told(**given)).content.decode(), said) for given, said in WRONG]
    assert [said for page, said in pages if said not in page] == []
    assert not Transfer.objects.exists()


def test_into_a_full_or_large_grade_nobody_comes_from_elsewhere(
    row: SchoolClass, client: Client
) -> None:
    client.force_login(cast.sun())
    client.post(HERE, told())
    builders.pupils(55, row, entered_on=YEAR.starts_on)
    made = Transfer.objects.get()
    with pytest.raises(AgainstTheRules, match="no free seat"):
        transfers.approve(made, on=TODAY, by=cast.li(), school_class=row)
    builders.opening_count()
    builders.inherited(60, number=2, school_year=YEAR.start)
    other = told(resident_id="", national_number="G2", born_on="2017-05-01", sex="1")
    assert "has a class of 60" in client.post(HERE, other).content.decode()


def test_a_child_of_our_own_register_comes_by_no_such_transfer(
    pupil: Pupil, client: Client
) -> None:
    with_number = builders.a_pupil(entered_on=YEAR.starts_on, grade=3)
    Pupil.objects.filter(pk=with_number.pk).update(national_number_key=national_number_key("G3"))
    client.force_login(cast.sun())
    page = client.post(HERE, told(national_number="g3", resident_id="", born_on="2017-05-01",
                                  sex="2")).content.decode()  # fmt: skip
    assert "in the register already" in page
    assert with_number.number not in page


def test_whoever_was_released_comes_back_with_the_same_record(
    pupil: Pupil, row: SchoolClass, client: Client
) -> None:
    Pupil.objects.filter(pk=pupil.pk).update(resident_id_key=resident_id_key(NUMBER))
    movements.leave(pupil, Deed(on=TODAY - timedelta(days=3), by=cast.li(), paper="x"))
    client.force_login(cast.sun())
    client.post(HERE, told())
    made = transfers.approve(Transfer.objects.get(), on=TODAY, by=cast.li(), school_class=row)
    assert made.pupil == pupil


def test_schools_that_it_does_not_concern_release_nobody(pupil: Pupil, client: Client) -> None:
    client.force_login(cast.qian())
    said = {"district": "x", "paper": "x"}
    assert client.get(away(pupil)).status_code == 404
    assert client.post(away(pupil), said).status_code == 404
    made = _release(pupil)
    assert client.get(f"/registry/transfers/{made.number}/").status_code == 404
    assert Standing.objects.open().get(pupil=pupil).state == "studying"


def test_the_database_takes_no_transfer_with_an_end_that_is_nowhere(pupil: Pupil) -> None:
    said = {"pupil": pupil, "origin": pupil.organisation, "to": cast.school("school-2"), "grade": 3}
    said |= {"number": "TR-2026-AAAA-AAAAA", "rules": "2026-1", "applied_by": cast.li()}
    settled = {"state": "approved", "decided_by": cast.wu()}
    nowhere: list[dict[str, Any]] = [
        {"way": "here", "pupil": None, "district": ""},
        {"way": "here", "pupil": None, "origin": None, "district": "Linhe County", **settled},
        {"way": "away", "to": None, "district": ""},
        {"way": "within", "district": "Linhe County"},
        {"way": "within", "pupil": None},
    ]
    for given in nowhere:
        with pytest.raises(IntegrityError, match="transfer_ends"), transaction.atomic():
            Transfer.objects.create(**said | given)

"""A child that comes without a round: entered by two people, once, and into no 56th seat."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from junheng.accounts.models import ReadLog, User
from junheng.accounts.tests import cast
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Role
from junheng.registry.models import Arrival, Guardian, Pupil, SchoolClass, Standing
from junheng.registry.services import movements
from junheng.registry.services.arrivals import AlreadyHere, TooLate
from junheng.registry.services.keys import resident_id_key
from junheng.registry.services.movement_checks import Deed, LargeClass
from junheng.registry.services.transfer_wishes import pupil_known_as
from junheng.registry.tests import builders

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = SchoolYear.of(TODAY)
NEW = "/registry/pupils/new/"
NUMBER, NAME = "990100201705010029", "王小涵"


@pytest.fixture(autouse=True)
def row() -> SchoolClass:
    """Grade 3 class 1 of the first school, with free seats."""
    cache.clear()
    builders.facts()
    return builders.a_class(size=0, school_year=YEAR.start)


def told(**given: Any) -> dict[str, Any]:
    """What a clerk types."""
    said = {
        "movement": "from_outside",
        "to": cast.school().pk,
        "grade": "3",
        "class_number": 1,
        "on": TODAY.isoformat(),
        "paper": "Letter 5",
        "name": NAME,
        "resident_id": NUMBER,
        "guardian_name": "王敏",
        "relation": "52",
        "phone": "138 0000 1234",
    }
    return said | given


def asked(client: Client, by: User, **given: Any) -> str:
    """The page that answers the clerk."""
    client.force_login(by)
    return client.post(NEW, told(**given), follow=True).content.decode()


def known(row: SchoolClass, **given: Any) -> Pupil:
    """The same child with a record already."""
    key = {"resident_id": NUMBER, "resident_id_key": resident_id_key(NUMBER)}
    return builders.a_pupil(row, entered_on=YEAR.starts_on, **key | given)


def test_two_people_make_a_record_and_what_was_told_is_gone(
    row: SchoolClass, client: Client
) -> None:
    page = asked(client, cast.sun())
    approval = Approval.objects.get()
    assert f"/approvals/{approval.pk}/" in page
    assert NAME not in f"{page}{approval.title}{approval.payload}"
    assert NUMBER not in page
    assert not Pupil.objects.exists()
    approvals.agree(approval, cast.li())
    pupil = Pupil.objects.get()
    standing = Standing.objects.get(pupil=pupil)
    assert (str(pupil.name), pupil.sex, pupil.born_on) == (NAME, "2", date(2017, 5, 1))
    assert (standing.movement, standing.school_class, standing.paper, standing.valid_from) == (
        *("from_outside", row, "Letter 5"),
        TODAY,
    )
    assert (standing.entered_by, standing.approved_by) == (cast.sun(), cast.li())
    guardian = Guardian.objects.get()
    assert (str(guardian.phone), guardian.relation, guardian.valid_from) == (
        *("13800001234", "52"),
        TODAY,
    )
    assert not Arrival.objects.exists()
    row.refresh_from_db()
    assert row.size == 1
    assert pupil.number in client.get(f"/approvals/{approval.pk}/").content.decode()


def test_who_agrees_sees_name_and_number_for_a_reason_that_is_kept(client: Client) -> None:
    asked(client, cast.sun())
    arrival, approval = Arrival.objects.get(), Approval.objects.get()
    shown = reverse("accounts:reveal", args=["pupil_arrival", arrival.pk, "resident_id"])
    client.force_login(cast.li())
    assert shown in client.get(f"/approvals/{approval.pk}/").content.decode()
    assert NUMBER not in client.get(shown).content.decode()
    assert NUMBER in client.post(shown, {"why": "compared with the letter"}).content.decode()
    log = ReadLog.objects.get()
    assert (log.reader, log.reason) == (cast.li(), "compared with the letter")
    client.force_login(cast.qian())
    assert client.post(shown, {"why": "curious to know"}).status_code == 404


def test_a_child_and_its_guardian_come_with_a_passport(row: SchoolClass, client: Client) -> None:
    """Birthday and sex are typed then; the same number finds the record afterwards."""
    paper = {"resident_id": "e 1234567", "guardian_id": "P7654321", "sex": "2"}
    page = asked(client, cast.sun(), born_on="2017-05-01", **paper)
    assert "E1234567" not in page
    approval = Approval.objects.get()
    client.force_login(cast.li())
    assert "Passport or travel permit" in client.get(f"/approvals/{approval.pk}/").content.decode()
    approvals.agree(approval, cast.li())
    pupil = Pupil.objects.get()
    assert pupil.resident_id == "E1234567"
    assert str(Guardian.objects.get().resident_id) == "P7654321"
    assert pupil_known_as("E1234567", NAME) == pupil
    assert "in the register already" in asked(client, cast.sun(), born_on="2017-05-01", **paper)
    for wrong in ("E12", "E123-4567!"):
        told_wrong = {**paper, "resident_id": wrong, "born_on": "2017-05-01"}
        assert "letters and digits only" in asked(client, cast.sun(), **told_wrong)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"resident_id": "990100201705010028"}, "has a slip"),
    ({"resident_id": "1"}, "has 18 characters"),
    ({"resident_id": "", "born_on": "", "sex": ""}, "Without an ID number"),
    ({"sex": "1"}, "The ID number says otherwise"),
    ({"born_on": "2017-05-02"}, "The ID number says otherwise"),
    ({"phone": "12"}, "eleven digits"),
    ({"grade": "9", "class_number": ""}, "knows no school"),
    ({"class_number": 7}, "has no class 7"),
    ({"on": (YEAR.starts_on - timedelta(days=1)).isoformat()}, "when the school year began"),
    ({"on": (TODAY + timedelta(days=1)).isoformat()}, "when the school year began"),
]


def test_what_cannot_be_is_said_before_anybody_is_asked(client: Client) -> None:
    pages = [(asked(client, cast.sun(), **given), said) for given, said in WRONG]
    assert [said for page, said in pages if said not in page] == []
    assert not Approval.objects.exists()
    assert not Arrival.objects.exists()


def test_a_child_without_a_document_is_entered_as_well(client: Client) -> None:
    asked(client, cast.sun(), resident_id="", born_on="2017-05-01", sex="2", class_number="")
    approvals.agree(Approval.objects.get(), cast.li())
    pupil = Pupil.objects.get()
    assert (pupil.resident_id, pupil.resident_id_key) == (None, "")


def test_a_child_that_is_here_is_not_entered_again_and_its_school_not_told(
    row: SchoolClass, client: Client
) -> None:
    there = known(row)
    other = cast.school("school-2")
    builders.facts(other)
    stranger = cast.person("jin", Role.SCHOOL_CLERK, other)
    page = asked(client, stranger, to=other.pk, class_number="")
    assert "in the register already" in page
    assert there.number not in page
    assert str(row.organisation) not in page
    page = asked(client, cast.li(), to=other.pk, class_number="")
    assert there.number in page
    assert "/registry/transfers/new/" in page
    assert not Approval.objects.exists()


def test_trying_numbers_ends_after_a_few_that_are_known(
    row: SchoolClass, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("junheng.registry.web.arrivals.FOUND", 2)
    known(row)
    pages = [asked(client, cast.sun()) for _n in range(3)]
    assert ["in an hour" in page for page in pages] == [False, False, True]


def test_who_left_the_district_goes_on_with_the_same_record(
    row: SchoolClass, client: Client
) -> None:
    before = known(row)
    gone = TODAY - timedelta(days=9)
    movements.leave(before, Deed(on=gone, by=cast.li(), paper="x"))
    assert "has another name" in asked(client, cast.sun(), name="王小雨")
    asked(client, cast.sun())
    approvals.agree(Approval.objects.get(), cast.li())
    pupil = Pupil.objects.get()
    assert (pupil.number, pupil.left_on) == (before.number, None)
    standing = Standing.objects.open().get()
    assert (standing.movement, standing.school_class) == ("from_outside", row)


def test_two_schools_that_ask_for_one_child_make_one_record(client: Client) -> None:
    asked(client, cast.sun())
    asked(client, cast.wang())
    first, second = Approval.objects.order_by("asked_at")
    approvals.agree(first, cast.li())
    with pytest.raises(AlreadyHere):
        approvals.agree(second, cast.li())
    assert Pupil.objects.count() == 1


def test_nobody_is_entered_into_a_full_class_nor_a_large_grade(
    row: SchoolClass, client: Client
) -> None:
    asked(client, cast.sun())
    builders.pupils(55, row, entered_on=YEAR.starts_on)
    with pytest.raises(LargeClass):
        approvals.agree(Approval.objects.get(), cast.li())
    assert "choose another one" in asked(client, cast.wang())
    builders.opening_count()
    builders.inherited(60, number=2, school_year=YEAR.start)
    small = builders.a_class(size=0, number=3, school_year=YEAR.start)
    assert "has a class of 60" in asked(client, cast.wang(), class_number=3)
    assert "has a class of 60" in asked(client, cast.wang(), class_number="")
    small.refresh_from_db()
    assert (small.size, Pupil.objects.filter(sex="2").count()) == (0, 0)


def test_what_was_told_too_long_ago_makes_no_record(client: Client) -> None:
    asked(client, cast.sun())
    Arrival.objects.all().delete()
    with pytest.raises(TooLate):
        approvals.agree(Approval.objects.get(), cast.li())


def test_another_school_s_clerk_enters_nobody_here_and_reads_nothing(client: Client) -> None:
    assert "Select a valid choice" in asked(client, cast.qian())
    asked(client, cast.sun())
    page = f"/approvals/{Approval.objects.get().pk}/"
    client.force_login(cast.qian())
    assert client.get(page).status_code == 404

"""The result on the family's page, its objection, and the bureau's pages about it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from junheng.accounts.facade import family_of_phone
from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, Objection, RoundRun
from junheng.admissions.services import hearing_back, objecting, photos
from junheng.admissions.tests.after import builders
from junheng.admissions.tests.after.builders import objected, of_family, unplaced
from junheng.admissions.tests.letters import builders as letters
from junheng.cases.facade import case_of
from junheng.commons import approvals
from junheng.commons.models import Approval
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(li: User, wu: User) -> RoundRun:
    return builders.published(li, wu)


@pytest.fixture
def zhao(db: None) -> User:
    return cast.zhao()


@pytest.fixture
def mine(record: RoundRun, zhao: User) -> Application:
    return of_family(record, zhao, unplaced(record))


def as_(client: Client, who: User) -> Client:
    client.force_login(who)
    client.cookies["django_language"] = "en"
    return client


def at(mine: Application, tail: str = "") -> str:
    return f"/apply/numbers/{mine.number}/{tail}"


def began(page: str) -> str:
    found = re.search(r'name="began" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_familys_page_shows_the_result_with_its_reasons(
    client: Client, record: RoundRun, mine: Application, zhao: User
) -> None:
    with same_queries("admissions", "own application, published"):
        page = as_(client, zhao).get(at(mine)).content.decode()
    assert "No seat in this round" in page
    assert "Object to the result" in page
    assert "Why" in page


def test_a_family_objects_wins_and_takes_its_letter(
    client: Client, record: RoundRun, mine: Application, zhao: User, li: User, wu: User
) -> None:
    form = as_(client, zhao).get(at(mine, "objection/")).content.decode()
    sent = client.post(
        at(mine, "objection/"), {"words": "We live next door.", "began": began(form)}
    )
    assert sent.status_code == 302
    made = Objection.objects.get()
    assert "looks into it" in client.get(at(mine)).content.decode()

    as_(client, li)
    shown = f"/rounds/objections/{made.number}/"
    with same_queries("admissions", "objection, officer"):
        page = client.get(shown).content.decode()
    assert "We live next door." in page
    school = letters.school_of(record)
    answer: dict[str, Any] = {"outcome": "upheld", "words": "You are right."}
    assert client.post(shown, answer).status_code == 422
    answer |= {"school": school.pk, "clause": "§ 7"}
    assert client.post(shown, answer).status_code == 302
    assert "A second person is asked" in client.get(shown).content.decode()
    approvals.agree(Approval.objects.get(kind="admissions.uphold"), wu)

    page = as_(client, zhao).get(at(mine)).content.decode()
    assert "Chengguan Primary" in page
    assert "You are right." in page
    paper = client.get(at(mine, "letter.pdf"))
    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")


def test_a_strangers_result_letter_and_objection_do_not_exist(
    client: Client, record: RoundRun, zhao: User, mine: Application
) -> None:
    letters.issued(record)
    other = builders.child(record, "c1" if mine.code != "c1" else "c2")
    as_(client, zhao)
    for tail in ("", "letter.pdf", "objection/"):
        assert client.get(at(other, tail)).status_code == 404
    assert client.post(at(other, "objection/withdraw/")).status_code == 404


def test_a_form_that_says_it_was_opened_earlier_is_not_believed(
    client: Client, mine: Application, zhao: User
) -> None:
    data = {"words": "Late.", "began": "2026-01-01T00:00:00+00:00"}
    assert as_(client, zhao).post(at(mine, "objection/"), data).status_code == 302
    made = Objection.objects.get()
    assert (made.raised_at - made.began_at).total_seconds() < 5


def test_what_a_family_writes_is_text_and_nothing_else(
    client: Client, mine: Application, zhao: User, li: User
) -> None:
    made = objected(mine, zhao, "<script>alert(1)</script>=1+1")
    for who, address in ((zhao, at(mine)), (li, f"/rounds/objections/{made.number}/")):
        page = as_(client, who).get(address).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_the_family_takes_it_back(client: Client, mine: Application, zhao: User) -> None:
    objected(mine, zhao)
    assert as_(client, zhao).post(at(mine, "objection/withdraw/")).status_code == 302
    assert "taken back" in client.get(at(mine)).content.decode()


def test_the_officer_answers_that_the_result_stands(
    client: Client, record: RoundRun, mine: Application, zhao: User, li: User
) -> None:
    made = objected(mine, zhao)
    as_(client, li)
    assert made.number in client.get(f"/rounds/{record.round_id}/objections/").content.decode()
    data = {"outcome": "rejected", "words": "The tickets decided."}
    assert client.post(f"/rounds/objections/{made.number}/", data).status_code == 302
    page = as_(client, zhao).get(at(mine)).content.decode()
    assert "The tickets decided." in page
    assert "not upheld" in page


def test_every_tab_that_is_shown_opens(client: Client, record: RoundRun) -> None:
    shown: dict[str, set[str]] = {}
    for who in (cast.li(), cast.wu(), cast.zheng(), cast.zhou(), cast.sun(), cast.wang()):
        page = as_(client, who).get(f"/rounds/{record.round_id}/check-in/").content.decode()
        tabs = re.findall(r'nav-link[^>]* href="(/rounds/[^"]+)"', page)
        assert {client.get(tab).status_code for tab in tabs} == {200}, who
        shown[who.username] = set(tabs)
    closed = {f"/rounds/{record.round_id}/{tail}/" for tail in ("objections", "waiting", "act")}
    assert closed <= shown[cast.li().username]
    assert not closed & shown[cast.sun().username]


def test_a_family_of_the_roster_comes_in_by_the_telephone_of_its_application(
    client: Client, record: RoundRun
) -> None:
    found, other = builders.child(record, "c1"), builders.child(record, "c2")
    Application.objects.filter(pk=other.pk).update(look_up="elsewhere")
    other.phone = "13800000002"
    other.save(update_fields=["phone"])
    family, stranger = family_of_phone("13800000001"), family_of_phone("13800000003")
    as_(client, stranger)
    assert client.get(at(found)).status_code == 404
    as_(client, family)
    assert client.get(at(other)).status_code == 404
    assert client.get(at(found)).status_code == 200
    found.refresh_from_db()
    assert found.family == family
    assert found.number in client.get("/apply/").content.decode()


def test_nobody_takes_over_what_another_familys_account_holds(
    client: Client, record: RoundRun, mine: Application
) -> None:
    as_(client, family_of_phone(str(mine.phone)))
    assert client.get(at(mine)).status_code == 404


def test_the_family_says_whether_it_is_satisfied_and_once(
    client: Client, record: RoundRun, mine: Application, zhao: User, li: User
) -> None:
    made = objected(mine, zhao)
    as_(client, zhao)
    client.post(at(mine, "objection/said/"), {"satisfied": "yes"})
    objecting.reject(made, "The tickets decided.", by=li)
    assert "Are you satisfied" in client.get(at(mine)).content.decode()
    client.post(at(mine, "objection/said/"), {"satisfied": "no", "remark": " "})
    assert Objection.objects.filter(satisfied=None).exists()
    client.post(at(mine, "objection/said/"), {"satisfied": "no", "remark": "Nobody <b>came</b>."})
    client.post(at(mine, "objection/said/"), {"satisfied": "yes"})
    made.refresh_from_db()
    said = Objection.objects.values_list("satisfied", flat=True)
    assert list(said) == [False]
    assert str(made.remark) == "Nobody <b>came</b>."
    page = client.get(at(mine)).content.decode()
    assert "looks at it once more" in page
    assert "Nobody &lt;b&gt;came" in page
    case = case_of(hearing_back.AGAIN, made.number)
    assert case is not None
    assert case.role == "bureau_leader"
    assert (
        "not satisfied"
        in as_(client, li).get(f"/rounds/objections/{made.number}/").content.decode()
    )
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        Objection.objects.filter(pk=made.pk).update(satisfied=True)


def test_photos_go_with_an_open_objection_and_the_second_person_sees_them(
    record: RoundRun, mine: Application, zhao: User, li: User, wu: User
) -> None:
    key = str(mine.pk)
    assert not photos.may_add(zhao, key)
    made = objected(mine, zhao)
    assert photos.may_add(zhao, key)
    assert [photos.may_see(who, key) for who in (zhao, li, wu, cast.zheng())] == [True] * 3 + [
        False
    ]
    objecting.reject(made, "No.", by=li)
    assert not photos.may_add(zhao, key)

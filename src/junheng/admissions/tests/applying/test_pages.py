"""The pages of a family: each saved, nothing asked twice, nobody else's shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from junheng.accounts.facade import family_of_phone
from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, ApplicationDraft, Round
from junheng.admissions.tests.applying import builders
from junheng.places.models import Role

pytestmark = pytest.mark.django_db

CHILD = {"name": "王小涵", "document": "resident_id", "number": builders.CHILD_ID}
HOME = {
    "village": "East Village",
    "address": "东街 7 号",
    "household": "on",
    "house": "on",
    "certificate": "云（2020）槐不动产权第0000007号",
}
GUARDIAN = {
    "name": "王大明",
    "relation": "father",
    "document": "resident_id",
    "number": builders.GUARDIAN_ID,
    "phone": "138 0000 0001",
}


@pytest.fixture
def the_round(li: User) -> Round:
    return builders.taking(li, cast.wu())


@pytest.fixture
def zhao(client: Client) -> User:
    user = builders.family()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def begun(client: Client, the_round: Round) -> ApplicationDraft:
    answer = client.post(f"/apply/{cast.COUNTY}/{the_round.ref}/", {"agreed": "1"})
    assert answer.status_code == 302
    return ApplicationDraft.objects.get()


def filled(client: Client, draft: ApplicationDraft, **home: str) -> None:
    for page, data in (("child", CHILD), ("home", HOME | home), ("guardian", GUARDIAN)):
        answer = client.post(f"/apply/drafts/{draft.pk}/{page}/", data)
        assert answer.status_code == 302, answer.content.decode()


def test_a_family_applies_and_gets_its_number(client: Client, the_round: Round, zhao: User) -> None:
    draft = begun(client, the_round)
    filled(client, draft)
    page = client.get(f"/apply/drafts/{draft.pk}/check/").content.decode()
    assert "school-1" in page
    assert builders.CHILD_ID not in page
    answer = client.post(f"/apply/drafts/{draft.pk}/check/", {"declared": "1"}, follow=True)
    made = Application.objects.get()
    assert made.number in answer.content.decode()
    assert made.family == zhao
    again = client.post(f"/apply/drafts/{draft.pk}/check/", {"declared": "1"})
    assert again["location"].endswith(f"/{made.number}/")


def test_the_telephone_of_the_account_stands_on_the_guardians_page(
    client: Client, the_round: Round
) -> None:
    client.force_login(family_of_phone("13800000007"))
    draft = begun(client, the_round)
    page = f"/apply/drafts/{draft.pk}/guardian/"
    assert 'value="13800000007"' in client.get(page).content.decode()
    client.post(page, GUARDIAN)
    assert 'value="13800000001"' in client.get(page).content.decode()


def test_a_visitor_is_led_to_the_telephone_page_and_back(client: Client, the_round: Round) -> None:
    wanted = f"/apply/{cast.COUNTY}/{the_round.ref}/"
    assert client.get(wanted)["location"] == f"/accounts/phone/?next={wanted}"


def test_without_agreeing_nothing_is_kept(client: Client, the_round: Round, zhao: User) -> None:
    answer = client.post(f"/apply/{cast.COUNTY}/{the_round.ref}/", {})
    assert "agree" in answer.content.decode()
    assert not ApplicationDraft.objects.exists()


def test_without_the_declaration_nothing_is_submitted(
    client: Client, the_round: Round, zhao: User
) -> None:
    draft = begun(client, the_round)
    filled(client, draft)
    answer = client.post(f"/apply/drafts/{draft.pk}/check/", {})
    assert "declaration" in answer.content.decode()
    assert not Application.objects.exists()


def test_the_journey_goes_on_where_it_was_left(
    client: Client, the_round: Round, zhao: User
) -> None:
    draft = begun(client, the_round)
    client.post(f"/apply/drafts/{draft.pk}/child/", CHILD)
    other_phone = Client()
    other_phone.force_login(zhao)
    answer = other_phone.get(f"/apply/drafts/{draft.pk}/check/")
    assert answer["location"].endswith("/home/")
    assert "王小涵" in other_phone.get(f"/apply/drafts/{draft.pk}/child/").content.decode()


@pytest.mark.parametrize(
    ("page", "changed", "words"),
    [
        ("child", {"number": "990100202002290023"}, "slip"),
        ("child", {"number": "99010020200229002"}, "18 characters"),
        ("child", {"document": "none"}, "Please fill this in"),
        ("child", {"name": "王\u202e小涵"}, "cannot be seen"),
        ("home", {"village": "Nowhere"}, "No village"),
        ("home", {"certificate": ""}, "take the tick away"),
        ("guardian", {"phone": "12345"}, "eleven digits"),
        ("guardian", {"sibling": "王大涵"}, "name and school"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    client: Client, the_round: Round, zhao: User, page: str, changed: dict[str, Any], words: str
) -> None:
    draft = begun(client, the_round)
    data = {"child": CHILD, "home": HOME, "guardian": GUARDIAN}[page] | changed
    answer = client.post(f"/apply/drafts/{draft.pk}/{page}/", data)
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_strangers_find_neither_draft_nor_application(
    client: Client, the_round: Round, zhao: User
) -> None:
    draft = begun(client, the_round)
    number = builders.applied(the_round, builders.family("other")).number
    stranger = Client()
    stranger.force_login(builders.family("qian"))
    assert stranger.get(f"/apply/drafts/{draft.pk}/child/").status_code == 404
    assert stranger.post(f"/apply/drafts/{draft.pk}/drop/").status_code == 404
    tries = [stranger.get(f"/apply/numbers/{number}/").status_code for _try in range(12)]
    assert tries == [404] * 10 + [429] * 2
    own = builders.applied(
        the_round, builders.family("qian"), child={"number": builders.number_of("2020-03-01")}
    )
    assert stranger.get(f"/apply/numbers/{own.number}/").status_code == 200
    assert client.get(f"/apply/numbers/{number}/").status_code == 404


def test_a_clerk_types_in_for_a_family_and_both_are_recorded(
    client: Client, the_round: Round
) -> None:
    clerk = cast.li()
    client.force_login(clerk)
    draft = begun(client, the_round)
    filled(client, draft)
    client.post(f"/apply/drafts/{draft.pk}/check/", {"declared": "1"})
    made = Application.objects.get()
    assert (made.channel, made.entered_by) == ("clerk", clerk)


def test_staff_without_a_counter_find_no_page(client: Client, the_round: Round) -> None:
    client.force_login(cast.qian())
    assert client.get("/apply/").status_code in (200, 404)
    auditor = cast.person("auditor9", Role.AUDITOR, cast.bureau())
    client.force_login(auditor)
    assert client.get("/apply/").status_code == 404


def test_a_family_sees_its_own(client: Client, the_round: Round, zhao: User) -> None:
    made = builders.applied(the_round, zhao)
    assert made.number in client.get("/apply/").content.decode()
    client.post(f"/apply/numbers/{made.number}/withdraw/")
    made.refresh_from_db()
    assert made.state == "withdrawn"

"""At a counter: a family without a telephone, twins one after the other, and colleagues."""

from __future__ import annotations

import pytest
from django.test import Client

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, ApplicationDraft, Round
from junheng.admissions.services.applications import look_up_key, look_up_key_of
from junheng.admissions.services.on_roster import known, same_child
from junheng.admissions.tests.applying import builders
from junheng.admissions.tests.applying.test_pages import CHILD, GUARDIAN, HOME
from junheng.commons.models import Message
from junheng.commons.tests.uploads import builders as uploads
from junheng.places.models import Role

pytestmark = pytest.mark.django_db
TWIN = {"name": "王小雨", "number": builders.number_of("2020-02-29", 4)}


@pytest.fixture
def the_round(li: User) -> Round:
    return builders.taking(li, cast.wu())


@pytest.fixture
def clerk(client: Client, the_round: Round) -> User:
    found = cast.person("clerk9", Role.SCHOOL_CLERK, cast.school("school-1"))
    client.force_login(found)
    client.cookies["django_language"] = "en"
    return found


def start(the_round: Round) -> str:
    return f"/apply/{cast.COUNTY}/{the_round.ref}/"


def typed_in(
    client: Client, the_round: Round, phone: str = "", *, like: str = "", **child: str
) -> Application:
    """An application, page by page, as a clerk types it in."""
    begin = {"agreed": "1", **({"like": like, "twins": "1"} if like else {})}
    assert client.post(start(the_round), begin).status_code == 302
    at = f"/apply/drafts/{ApplicationDraft.objects.get().pk}"
    for page, data in (
        ("child", CHILD | child),
        ("home", HOME),
        ("guardian", GUARDIAN | {"phone": phone}),
    ):
        answer = client.post(f"{at}/{page}/", data)
        assert answer.status_code == 302, answer.content.decode()
    answer = client.post(f"{at}/check/", {"declared": "1"})
    number = answer["location"].rstrip("/").rsplit("/", 1)[-1]
    return Application.objects.get(number=number)


def test_a_family_without_a_telephone_applies_and_is_found_by_its_document(
    client: Client, the_round: Round, clerk: User
) -> None:
    made = typed_in(client, the_round)
    assert (made.phone, made.family, made.entered_by) == ("", None, clerk)
    digits = builders.GUARDIAN_ID.rstrip("X")[-4:]
    assert made.look_up == look_up_key(made.number, digits) == look_up_key_of(made)
    page = client.get(f"/apply/numbers/{made.number}/").content.decode()
    assert digits in page
    assert "in person" in page
    assert not Message.objects.exists()


@pytest.mark.parametrize("phone", ["0990-2234567", "2234567", "09902234567"])
def test_a_fixed_line_will_do_at_a_counter(
    client: Client, the_round: Round, clerk: User, phone: str
) -> None:
    made = typed_in(client, the_round, phone)
    assert (made.phone, made.family) == (phone, None)
    assert made.look_up == look_up_key(made.number, "4567")


@pytest.mark.parametrize("phone", ["12345", "1380000", "=1+1", "0990-123456789", "电话"])
def test_what_is_no_telephone_is_said(
    client: Client, the_round: Round, clerk: User, phone: str
) -> None:
    client.post(start(the_round), {"agreed": "1"})
    draft = ApplicationDraft.objects.get()
    answer = client.post(f"/apply/drafts/{draft.pk}/guardian/", GUARDIAN | {"phone": phone})
    assert answer.status_code == 200
    assert "eleven digits" in answer.content.decode()


def test_a_family_that_applies_itself_still_gives_its_mobile_number(
    client: Client, the_round: Round
) -> None:
    client.force_login(builders.family())
    client.post(start(the_round), {"agreed": "1"})
    at = f"/apply/drafts/{ApplicationDraft.objects.get().pk}/guardian/"
    for phone in ("", "0990-1234567"):
        assert client.post(at, GUARDIAN | {"phone": phone}).status_code == 200


@pytest.mark.parametrize("phone", ["", "13800000001"])
def test_twins_are_filled_in_from_the_first_and_tied_together(
    client: Client, the_round: Round, clerk: User, phone: str
) -> None:
    first = typed_in(client, the_round, phone)
    page = client.get(start(the_round)).content.decode()
    assert "王小涵" in page
    assert 'id="like-none" value="" checked' in page  # the next family is another one
    client.post(start(the_round), {"agreed": "1", "like": first.number, "twins": "1"})
    draft = ApplicationDraft.objects.get()
    home = client.get(f"/apply/drafts/{draft.pk}/home/").content.decode()
    assert HOME["certificate"] in home
    draft.delete()
    twin = typed_in(client, the_round, phone, like=first.number, **TWIN)
    first.refresh_from_db()
    assert first.group == twin.group == first.number


def test_nobody_elses_child_is_taken_for_a_twin(
    client: Client, the_round: Round, clerk: User
) -> None:
    first = typed_in(client, the_round)
    other = Client()
    other.force_login(cast.person("clerk8", Role.SCHOOL_CLERK, cast.school("school-2")))
    twin = typed_in(other, the_round, like=first.number, **TWIN)
    first.refresh_from_db()
    assert (first.group, twin.group) == ("", "")


def test_the_clerk_says_that_the_guardian_agrees_and_declares(
    client: Client, the_round: Round, clerk: User
) -> None:
    assert "The guardian is here" in client.get(start(the_round)).content.decode()
    client.post(start(the_round), {"agreed": "1"})
    at = f"/apply/drafts/{ApplicationDraft.objects.get().pk}"
    for page, data in (("child", CHILD), ("home", HOME), ("guardian", GUARDIAN)):
        client.post(f"{at}/{page}/", data)
    assert "before me" in client.get(f"{at}/check/").content.decode()


def test_a_colleague_of_the_counter_goes_on_and_another_school_does_not(
    client: Client, the_round: Round, clerk: User
) -> None:
    made = typed_in(client, the_round)
    at = f"/apply/numbers/{made.number}/"
    assert made.number in client.get("/apply/").content.decode()
    review = client.get(f"/rounds/applications/{made.number}/").content.decode()
    assert f'href="{at}"' in review
    colleague, stranger = Client(), Client()
    colleague.force_login(cast.person("clerk7", Role.SCHOOL_CLERK, cast.school("school-1")))
    assert colleague.get(at).status_code == 200
    stranger.force_login(cast.person("clerk8", Role.SCHOOL_CLERK, cast.school("school-2")))
    assert stranger.get(at).status_code == 404
    photo = uploads.ready(f"admissions.application:{made.pk}", clerk)
    assert colleague.get(f"/uploads/{photo.pk}/").status_code == 200
    assert stranger.get(f"/uploads/{photo.pk}/").status_code == 404


def test_two_children_without_a_telephone_are_not_one() -> None:
    assert not same_child(known("王小涵", "王大明", ""), known("王小涵", "李二", ""))
    assert same_child(known("王小涵", "王大明", "1"), known("王小涵", "李二", "1"))


def test_a_school_finds_the_round_before_its_list_is_made(client: Client, li: User) -> None:
    the_round = builders.taking(li, cast.wu())
    Round.objects.filter(pk=the_round.pk).update(input=None)
    clerk = cast.person("clerk9", Role.SCHOOL_CLERK, cast.school("school-1"))
    client.force_login(clerk)
    client.cookies["django_language"] = "en"
    assert 'href="/apply/"' in client.get("/workbench/").content.decode()
    assert the_round.ref in client.get("/rounds/").content.decode()
    board = client.get(f"/rounds/{the_round.pk}/applications/").content.decode()
    assert f'href="{start(the_round)}"' in board
    assert client.get(start(the_round)).status_code == 200


def test_who_types_nothing_in_is_not_offered_to(client: Client, li: User) -> None:
    the_round = builders.taking(li, cast.wu())
    client.force_login(cast.wu())
    assert (
        start(the_round) not in client.get(f"/rounds/{the_round.pk}/applications/").content.decode()
    )
    assert 'href="/apply/"' not in client.get("/workbench/").content.decode()

"""Families sign in by telephone and code: once, in time, in their own browser, and nobody else."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from junheng.accounts.facade import family_of_phone, family_required, phone_of
from junheng.accounts.models import Kind, Outcome, PhoneCode, SignIn, User
from junheng.accounts.services import families
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, browser
from junheng.commons import resealing, sealing
from junheng.commons.messages import text_of
from junheng.commons.models import Message
from junheng.commons.web import kept
from junheng.kernel.mobile import NotMobile
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
PHONE, OTHER = "13800000001", "13800000002"
ASK, CODE = "/accounts/phone/", "/accounts/phone/code/"
SCHOOL, HOME = "10.8.0.1", "10.9.0.1"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def pages() -> Iterator[None]:
    """No page of another test is answered from memory."""
    kept.forget()
    yield
    kept.forget()


def ask(client: Client, phone: str = PHONE, wanted: str = "", **headers: str) -> Any:
    address = f"{ASK}?next={wanted}" if wanted else ASK
    return client.post(address, {"phone": phone}, headers=headers or None)


def sent_code(phone: str = PHONE) -> str:
    """The code of the newest message to a telephone, as it is read there."""
    for message in Message.objects.order_by("-written_at"):
        if str(message.phone) == phone:
            (code,) = re.findall(r"[0-9]{6}", text_of(message))
            return str(code)
    raise AssertionError("no message")


def enter(client: Client, code: str, wanted: str = "") -> Any:
    return client.post(f"{CODE}?next={wanted}" if wanted else CODE, {"code": code})


def signs_in(client: Client, phone: str = PHONE) -> User:
    ask(client, phone)
    assert enter(client, sent_code(phone)).status_code == 302
    return User.objects.get(phone_key=families.phone_key(phone))


def is_in(client: Client) -> bool:
    return client.get(reverse("account_logout")).status_code == 200


def later(by: timedelta) -> None:
    """Let time go by for every code that was sent."""
    for code in PhoneCode.objects.all():
        code.sent_at -= by
        code.used_at = code.used_at and code.used_at - by
        code.save()


# ------------------------------------------------------------------------------- the way in


def test_a_family_signs_in_and_its_account_is_made_by_the_first_right_code(client: Client) -> None:
    assert ask(client, "138 0000 0001", "/apply/").headers["Location"] == f"{CODE}?next=%2Fapply%2F"
    assert not User.objects.exists()
    answer = enter(client, sent_code(), "/apply/")
    assert answer.headers["Location"] == "/apply/"
    (family,) = User.objects.all()
    assert (family.kind, phone_of(family), family.name) == (Kind.FAMILY, PHONE, "138****0001")
    assert not family.has_usable_password()
    assert is_in(client)
    assert list(SignIn.objects.values_list("outcome", "user")) == [("signed_in", family.pk)]


def test_the_same_telephone_is_the_same_family(client: Client) -> None:
    first = signs_in(client)
    later(MINUTE)
    assert signs_in(browser(HOME)) == first == family_of_phone("138-0000-0001")
    assert family_of_phone(OTHER) != first


def test_telephone_and_code_lie_nowhere_in_the_clear(client: Client) -> None:
    ask(client)
    code, message = sent_code(), Message.objects.get()
    row = PhoneCode.objects.values().get()
    assert not any(code in str(value) or PHONE in str(value) for value in row.values())
    stored = bytes(message.__dict__["content"]) + bytes(message.__dict__["phone"])
    assert code.encode() not in stored
    assert PHONE.encode() not in stored
    assert PHONE not in client.cookies["junheng_phone"].value
    enter(client, code)
    assert PHONE.encode() not in bytes(User.objects.get().__dict__["phone"])


def test_a_strange_telephone_and_a_known_one_get_the_same_answers(client: Client) -> None:
    family_of_phone(PHONE)
    answers = []
    for phone in (PHONE, OTHER):
        other = browser()
        asked = ask(other, phone)
        page = other.get(CODE).content.decode().replace(phone, "").replace(f"****{phone[-4:]}", "")
        wrong = enter(other, wrong_code(phone))
        answers.append(
            (asked.status_code, asked.headers["Location"], strip(page), wrong.status_code)
        )
    assert answers[0] == answers[1]


def strip(page: str) -> str:
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", page)


def wrong_code(phone: str = PHONE) -> str:
    return f"{(int(sent_code(phone)) + 1) % 1_000_000:06}"


@pytest.mark.parametrize("typed", ["", "12345", "12800000001", "a", "1" * 40, "<script>"])
def test_what_is_no_mobile_number_is_said_and_kept_to_be_mended(client: Client, typed: str) -> None:
    answer = ask(client, typed)
    assert answer.status_code == 422
    assert "eleven digits" in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""],
)
def test_nobody_is_led_away_to_another_site(client: Client, wanted: str) -> None:
    ask(client, wanted=wanted)
    answer = enter(client, sent_code(), wanted)
    assert answer.headers["Location"] == django_settings.FAMILY_REDIRECT_URL


# -------------------------------------------------------------------------------- the code


def test_a_code_is_good_for_five_minutes_and_one_sign_in(client: Client) -> None:
    ask(client)
    later(timedelta(minutes=5))
    assert "not good any more" in enter(client, sent_code()).content.decode()
    ask(client)
    code, note = sent_code(), client.cookies["junheng_phone"].value
    assert enter(client, code).status_code == 302
    client.cookies["junheng_phone"] = note
    later(MINUTE)
    assert enter(client, code).status_code == 422


def test_a_button_pressed_twice_signs_in_once(client: Client) -> None:
    ask(client)
    assert ask(client).status_code == 302
    assert Message.objects.count() == 1
    code, note = sent_code(), client.cookies["junheng_phone"].value
    assert enter(client, code).status_code == 302
    client.cookies["junheng_phone"] = note
    assert enter(client, code).status_code == 302
    assert User.objects.count() == 1


def test_after_five_wrong_tries_the_right_code_is_refused(client: Client) -> None:
    ask(client)
    right, wrong = sent_code(), wrong_code()
    said = [enter(client, wrong).content.decode() for _try in range(5)]
    assert ["Please compare it" in words for words in said] == [True] * 4 + [False]
    assert enter(client, right).status_code == 422
    assert not is_in(client)
    assert [row.outcome for row in SignIn.objects.all()] == [Outcome.WRONG_CODE] * 5
    assert all(row.username.startswith("?") for row in SignIn.objects.all())


def test_the_newest_code_counts_and_no_other(client: Client) -> None:
    ask(client)
    old = sent_code()
    later(MINUTE)
    ask(client)
    assert old != sent_code() or enter(client, old).status_code == 302
    assert enter(client, sent_code()).status_code == 302


def test_nobody_uses_up_anothers_tries(client: Client) -> None:
    ask(client)
    thief = browser(HOME)
    assert ask(thief).status_code == 429
    forged = browser(HOME)
    forged.cookies["junheng_phone"] = "AAAA"
    for _try in range(6):
        assert enter(forged, "000000").headers["Location"] == ASK
    assert enter(client, sent_code()).status_code == 302


def test_a_right_code_of_another_telephone_is_wrong(client: Client) -> None:
    ask(client)
    other = browser()
    ask(other, OTHER)
    if sent_code(PHONE) != sent_code(OTHER):
        assert enter(other, sent_code(PHONE)).status_code == 422
        assert not is_in(other)


# ------------------------------------------------------------------------------- the brakes


def test_a_telephone_gets_one_message_a_minute_and_a_few_a_day(
    client: Client, settings: Settings
) -> None:
    settings.CODES_PER_DAY = 3
    for _message in range(3):
        assert ask(client).status_code == 302
        later(MINUTE)
    answer = ask(client)
    assert answer.status_code == 429
    assert "tomorrow" in answer.content.decode()
    assert Message.objects.count() == 3
    yesterday = timezone.localdate() - timedelta(days=1)
    PhoneCode.objects.update(day=yesterday)
    assert ask(client).status_code == 302


def unused(count: int, address: str, *, tries: int = 0, used: bool = False) -> None:
    """Codes that were asked for from an address a while ago."""
    now = timezone.now()
    PhoneCode.objects.bulk_create(
        PhoneCode(
            phone_mark=f"{address}-{tries}-{used}-{number}",
            ticket="",
            address=address,
            sent_at=now - 2 * MINUTE,
            day=timezone.localdate(),
            tries=tries,
            used_at=now - MINUTE if used else None,
        )
        for number in range(count)
    )


def test_an_address_that_only_asks_for_codes_has_to_wait(settings: Settings) -> None:
    settings.CODES_PER_ADDRESS = 20
    unused(20, SCHOOL)
    assert ask(browser(SCHOOL)).status_code == 429
    assert ask(browser(HOME)).status_code == 302


def test_an_address_that_types_wrong_codes_has_to_wait() -> None:
    unused(20, SCHOOL, tries=5)
    assert ask(browser(SCHOOL)).status_code == 429
    assert ask(browser(HOME)).status_code == 302


def test_a_whole_county_behind_one_address_goes_on(settings: Settings) -> None:
    settings.CODES_PER_ADDRESS = 20
    unused(100, SCHOOL, used=True)
    unused(60, SCHOOL, tries=3)
    assert ask(browser(SCHOOL)).status_code == 302


def test_a_family_passes_where_it_has_signed_in_before(settings: Settings) -> None:
    signs_in(browser(SCHOOL))
    later(MINUTE)
    settings.CODES_PER_ADDRESS = 20
    unused(40, SCHOOL)
    assert ask(browser(SCHOOL), OTHER).status_code == 429
    assert signs_in(browser(SCHOOL))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://testserver"}, 302),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 302),
        ({}, 302),
    ],
)
def test_the_form_is_taken_from_our_own_pages_only(
    client: Client, headers: dict[str, str], status: int
) -> None:
    assert ask(client, **headers).status_code == status
    assert Message.objects.exists() == (status == 302)


def test_a_code_is_taken_with_its_token_only(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    ask(strict)
    assert enter(strict, sent_code()).status_code == 403


# ------------------------------------------------------------------------------- sessions


def test_a_session_begun_before_is_not_the_one_after(client: Client) -> None:
    session = client.session
    session["planted"] = "by a stranger"
    session.save()
    planted = str(client.session.session_key)
    signs_in(client)
    assert "planted" not in client.session
    stranger = browser()
    stranger.cookies[django_settings.SESSION_COOKIE_NAME] = planted
    assert not is_in(stranger)


def test_signing_out_ends_the_session_also_for_a_copy_of_it(client: Client) -> None:
    signs_in(client)
    thief = browser(HOME)
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = client.cookies[
        django_settings.SESSION_COOKIE_NAME
    ].value
    assert is_in(thief)
    client.post(reverse("account_logout"))
    assert not is_in(client)
    assert not is_in(thief)


def test_a_session_that_was_altered_or_is_old_is_none(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    signs_in(client)
    name = django_settings.SESSION_COOKIE_NAME
    good = client.cookies[name].value
    altered = browser()
    altered.cookies[name] = good[:-2] + ("AA" if good[-2:] != "AA" else "BB")
    assert not is_in(altered)
    hours = django_settings.SESSION_COOKIE_AGE + 1
    now = time.time
    monkeypatch.setattr("django.core.signing.time.time", lambda: now() + hours)
    assert not is_in(client)


def test_staff_who_sign_in_after_a_family_have_a_session_of_their_own(client: Client) -> None:
    signs_in(client)
    cast.li()
    client.force_login(User.objects.get(username="li"))
    assert not client.cookies[django_settings.SESSION_COOKIE_NAME].value.startswith("family.")
    assert is_in(client)
    signs_in(client, OTHER)
    assert client.cookies[django_settings.SESSION_COOKIE_NAME].value.startswith("family.")
    assert client.session["_auth_user_id"] != str(User.objects.get(username="li").pk)


def test_a_closed_account_is_told_so_and_stays_out(client: Client) -> None:
    User.objects.filter(pk=family_of_phone(PHONE).pk).update(is_active=False)
    ask(client)
    assert "closed" in enter(client, sent_code()).content.decode()
    assert not is_in(client)


# ------------------------------------------------------------------- accounts and the database


def test_two_first_sign_ins_at_the_same_moment_are_one_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = family_of_phone(PHONE)
    monkeypatch.setattr(families, "known_family", lambda _phone: None)
    assert family_of_phone(PHONE) == first


def test_what_is_no_mobile_number_makes_no_account() -> None:
    with pytest.raises(NotMobile):
        family_of_phone("99010020200229002X")


def test_the_database_knows_a_telephone_once_and_for_families_only() -> None:
    family, li = family_of_phone(PHONE), cast.li()
    assert (phone_of(li), phone_of(cast.zhao())) == ("", "")
    with pytest.raises(IntegrityError, match="one_per_phone"), transaction.atomic():
        User.objects.filter(pk=family_of_phone(OTHER).pk).update(phone_key=family.phone_key)
    with pytest.raises(DatabaseError, match="phone_is_a_familys"), transaction.atomic():
        User.objects.filter(pk=li.pk).update(phone_key="A" * 32)
    with pytest.raises(DatabaseError, match="phone_is_a_familys"), transaction.atomic():
        User.objects.filter(pk=family.pk).update(phone_key="")


def test_a_family_is_found_after_the_look_up_key_has_changed() -> None:
    family = family_of_phone(PHONE)
    index = resealing.Index(User, "phone_key", families.phone_key_of)
    assert index in resealing.registered_indexes()
    cast.li()
    resealing._index(User, index)
    with sealing.index_key("11" * 32):
        resealing._index(User, index)
        assert family_of_phone(PHONE) == family


def test_family_required_leads_visitors_to_the_telephone_and_hides_from_staff() -> None:
    @family_required
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse("in")

    request = RequestFactory().get("/apply/?a=1")
    request.user = cast.zhao()
    assert page(request).status_code == 200
    request.user = cast.li()
    with pytest.raises(Http404):
        page(request)
    request.user = AnonymousUser()
    assert page(request).headers["Location"] == f"{ASK}?next=/apply/%3Fa%3D1"


# ------------------------------------------------------------------------------- the pages


def test_the_demonstration_shows_the_code_and_nothing_else_does(
    client: Client, settings: Settings
) -> None:
    settings.DEMO = True
    ask(client)
    assert sent_code() in client.get(CODE).content.decode()
    settings.SMS_URL = "https://gateway.example/"
    assert sent_code() not in client.get(CODE).content.decode()
    assert "sends no messages yet" not in client.get(CODE).content.decode()
    settings.DEMO, settings.SMS_URL = False, ""
    page = client.get(CODE).content.decode()
    assert (sent_code() in page, "sends no messages yet" in page) == (False, True)


def test_the_pages_suit_a_telephone_and_are_kept_nowhere(client: Client) -> None:
    page = client.get(ASK).content.decode()
    assert 'inputmode="tel"' in page
    assert reverse("account_login") in page
    ask(client)
    answer = client.get(CODE)
    assert 'autocomplete="one-time-code"' in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert PHONE not in answer.content.decode().replace(f'value="{PHONE}"', "")


def test_without_having_asked_one_is_led_to_the_first_page(client: Client) -> None:
    assert client.get(f"{CODE}?next=/apply/").headers["Location"] == f"{ASK}?next=%2Fapply%2F"


def test_how_often_the_pages_ask_the_database(client: Client, signed_in: SignedIn) -> None:
    with same_queries("accounts", "telephone page"):
        client.get(ASK)
    with same_queries("accounts", "telephone, sent in"):
        ask(client)
    with same_queries("accounts", "code page"):
        client.get(CODE)
    code = sent_code()
    with same_queries("accounts", "code, the first time"):
        enter(client, code)
    later(MINUTE)
    again = browser()
    ask(again)
    code = sent_code()
    with same_queries("accounts", "code, known family"):
        enter(again, code)
    with same_queries("accounts", "a page of a family that is signed in"):
        is_in(again)

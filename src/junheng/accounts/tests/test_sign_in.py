"""Signing in: password, second factor, what has to be done first, and leaving a desk alone."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from junheng.accounts.models import FormerPassword, Kind, Outcome, SignIn, User
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, browser
from junheng.accounts.web.middleware import LAST_SEEN
from junheng.places.models import Role

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
SECOND_FACTOR = "/accounts/2fa/authenticate/"
SET_UP = "/accounts/2fa/totp/activate/"
CHANGE = "/accounts/password/change/"
NEW = "Broad-river-81"


def enter(client: Client, username: str, password: str = cast.PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": username, "password": password, **more})


def code(secret: str = cast.SECRET, *, period: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + period)))


def enter_code(client: Client, value: str) -> Any:
    return client.post(SECOND_FACTOR, {"code": value})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def outcomes() -> list[str]:
    return list(SignIn.objects.order_by("id").values_list("outcome", flat=True))


def test_staff_sign_in_with_password_and_code(client: Client) -> None:
    cast.li()
    asked = enter(client, "li")
    assert asked["Location"] == SECOND_FACTOR
    assert not is_in(client)
    assert "six digits" in client.get(SECOND_FACTOR).content.decode()
    assert enter_code(client, code())["Location"] == "/"
    assert is_in(client)
    assert outcomes() == ["signed_in"]


def test_the_password_alone_opens_no_page_of_staff(client: Client) -> None:
    cast.li()
    enter(client, "li")
    assert client.get(reverse("portal:workbench"))["Location"].startswith(LOGIN)


def test_a_family_signs_in_with_the_password_alone(client: Client) -> None:
    cast.zhao()
    assert enter(client, "zhao")["Location"] == "/"
    assert is_in(client)


def test_a_wrong_password_does_not_tell_whether_the_name_exists(client: Client) -> None:
    cast.li()
    answers = [enter(client, name, "wrong").content.decode() for name in ("li", "nobody")]
    without_what_was_typed = [
        re.sub(r'value="(li|nobody|[A-Za-z0-9]{64})"', "", answer) for answer in answers
    ]
    assert without_what_was_typed[0] == without_what_was_typed[1]
    assert outcomes() == ["wrong", "wrong"]


def test_a_name_that_is_no_account_is_not_kept_as_typed(client: Client) -> None:
    enter(client, "my-password-by-mistake", "li")
    row = SignIn.objects.get()
    assert row.user is None
    assert re.fullmatch(r"\?[0-9a-f]{12}", row.username)


def test_a_closed_account_does_not_get_in(client: Client) -> None:
    User.objects.filter(pk=cast.zhao().pk).update(is_active=False)
    enter(client, "zhao")
    assert not is_in(client)


# ------------------------------------------------------------------------ second factor


def test_a_code_is_good_once(client: Client) -> None:
    cast.li()
    enter(client, "li")
    enter_code(client, now := code())
    other = browser()
    enter(other, "li")
    enter_code(other, now)
    assert not is_in(other)


def test_a_code_is_good_once_for_as_long_as_it_would_be_right(client: Client) -> None:
    li = cast.li()
    enter(client, "li")
    enter_code(client, now := code())
    cache.delete(f"allauth.mfa.totp.used?user={li.pk}&code={now}")  # as allauth does after 30 s
    other = browser()
    enter(other, "li")
    assert "Incorrect code" in enter_code(other, now).content.decode()
    assert not is_in(other)


def test_a_telephone_may_be_half_a_minute_wrong(client: Client) -> None:
    cast.li()
    enter(client, "li")
    enter_code(client, code(period=-1))
    assert is_in(client)


def test_codes_cannot_be_guessed_without_end(client: Client) -> None:
    cast.li()
    enter(client, "li")
    wrong = "000000" if code() != "000000" else "111111"
    for _ in range(5):
        enter_code(client, wrong)
    answer = enter_code(client, code())
    assert "Too many failed login attempts" in answer.content.decode()
    assert not is_in(client)
    assert outcomes() == ["wrong_code"] * 5


def test_staff_without_a_second_factor_are_led_to_it_before_any_page(client: Client) -> None:
    cast.person("he", Role.AUDITOR, second_factor=False)
    enter(client, "he")
    assert is_in(client)
    for page in ("/", reverse("portal:workbench"), reverse("mfa_index")):
        assert client.get(page)["Location"] == SET_UP
    assert client.get(reverse("portal:workbench"), headers={"hx-request": "true"})["HX-Redirect"]


def test_a_second_factor_is_set_up_with_recovery_codes_and_then_wanted(client: Client) -> None:
    he = cast.person("he", Role.AUDITOR, second_factor=False)
    enter(client, "he")
    page = client.get(SET_UP).content.decode()
    (secret,) = re.findall(r"<code>([A-Z2-7]{32})</code>", page)
    answer = client.post(SET_UP, {"code": code(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    codes = re.findall(r"<code>(\d{8})</code>", client.get(answer["Location"]).content.decode())
    assert len(codes) == 10
    assert client.get(reverse("portal:workbench")).status_code == 200
    client.logout()
    enter(client, "he")
    assert not is_in(client)
    enter_code(client, codes[0])
    assert is_in(client)
    stored = str(list(Authenticator.objects.filter(user=he).values_list("data", flat=True)))
    assert secret not in stored


def test_staff_cannot_take_their_second_factor_away(signed_in: SignedIn) -> None:
    li = cast.li()
    client = signed_in(li)
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=li, type="totp").exists()


def test_a_demonstration_lets_staff_in_without_and_says_so(
    client: Client, settings: Settings
) -> None:
    settings.DEMO = True
    cast.person("he", Role.AUDITOR, second_factor=False)
    assert "without a second factor" in client.get(LOGIN).content.decode()
    enter(client, "he")
    assert client.get(reverse("portal:workbench")).status_code == 200


def test_who_has_no_post_is_told_so_instead_of_finding_nothing(signed_in: SignedIn) -> None:
    client = signed_in(cast.person("jiang"))
    for page in ("/", reverse("portal:workbench"), "/places/"):
        assert client.get(page)["Location"] == "/accounts/no-post/"
    assert "You hold no post yet" in client.get("/accounts/no-post/").content.decode()
    assert client.get(CHANGE).status_code == 200
    for somebody in (cast.li(), cast.zhao()):
        assert signed_in(somebody).get("/accounts/no-post/")["Location"] == "/"


# ------------------------------------------------------------------------ passwords


def change(client: Client, old: str, new: str) -> Any:
    return client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": new})


def test_a_password_that_was_handed_out_is_changed_before_anything_else(
    signed_in: SignedIn,
) -> None:
    User.objects.filter(pk=cast.li().pk).update(must_change_password=True)
    client = signed_in(cast.li())
    assert client.get(reverse("portal:workbench"))["Location"] == CHANGE
    assert "good for one use" in client.get(CHANGE).content.decode()
    assert change(client, cast.PASSWORD, NEW)["Location"] == "/"
    assert client.get(reverse("portal:workbench")).status_code == 200


def test_staff_change_a_password_after_ninety_days(signed_in: SignedIn) -> None:
    for days, led in ((89, False), (91, True)):
        changed = timezone.now() - timedelta(days=days)
        User.objects.filter(pk=cast.li().pk).update(password_changed_at=changed)
        answer = signed_in(cast.li()).get(reverse("portal:workbench"))
        assert (answer.status_code == 302) is led
    assert "older than 90 days" in signed_in(cast.li()).get(CHANGE).content.decode()


def test_none_of_the_last_five_passwords_is_taken_again(signed_in: SignedIn) -> None:
    client, old = signed_in(cast.zhao()), cast.PASSWORD
    for turn in range(6):
        change(client, old, new := f"{NEW}{turn}")
        old = new
        cache.clear()  # allauth lets one person try five times a minute
    assert FormerPassword.objects.filter(user=cast.zhao()).count() == 5
    for turn in range(1, 6):
        cache.clear()
        assert "last 5 passwords" in change(client, old, f"{NEW}{turn}").content.decode()
    assert change(client, old, f"{NEW}0").status_code == 302


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("Short-1", id="too short"),
        pytest.param("onlysmallletters", id="one kind"),
        pytest.param("small-and-hyphens", id="two kinds"),
        pytest.param("Password123", id="everybody's"),
    ],
)
def test_a_weak_password_is_refused(signed_in: SignedIn, password: str) -> None:
    assert change(signed_in(cast.zhao()), cast.PASSWORD, password).status_code == 200


def test_a_password_like_the_name_is_refused(signed_in: SignedIn) -> None:
    family = cast.account("zhao.xiaomei", Kind.FAMILY)
    answer = change(signed_in(family), cast.PASSWORD, "Zhao.xiaomei1")
    assert "too similar" in answer.content.decode()


def test_a_change_of_password_ends_the_other_sessions(signed_in: SignedIn) -> None:
    here, elsewhere = signed_in(cast.zhao()), signed_in(cast.zhao())
    change(here, cast.PASSWORD, NEW)
    assert here.get(CHANGE).status_code == 200
    assert elsewhere.get(CHANGE).status_code == 302


# ------------------------------------------------------------------------ sessions


def left_alone(client: Client, minutes: float) -> None:
    session = client.session
    session[LAST_SEEN] = int(time.time() - minutes * 60)
    session.save()


def test_staff_are_signed_out_after_half_an_hour_without_use(signed_in: SignedIn) -> None:
    client = signed_in(cast.li())
    client.get("/")
    left_alone(client, 29)
    assert client.get("/").status_code == 302
    left_alone(client, 31)
    answer = client.get("/workbench/?tab=2", follow=True)
    assert answer.redirect_chain[0][0] == f"{LOGIN}?next=/workbench/%3Ftab%3D2"
    assert "signed out after 30 minutes" in answer.content.decode()
    assert outcomes()[-1] == Outcome.IDLE


def test_what_was_sent_too_late_is_not_done_and_leads_to_the_front(signed_in: SignedIn) -> None:
    client = signed_in(cast.li())
    left_alone(client, 31)
    assert change(client, cast.PASSWORD, NEW)["Location"] == f"{LOGIN}?next=/"
    assert User.objects.get(username="li").check_password(cast.PASSWORD)


def test_a_page_that_asks_by_itself_is_no_use(signed_in: SignedIn) -> None:
    client = signed_in(cast.li())
    left_alone(client, 20)
    before = client.session[LAST_SEEN]
    client.get("/workbench/?_poll=1")
    assert client.session[LAST_SEEN] == before
    client.get("/workbench/")
    assert client.session[LAST_SEEN] > before


def test_families_are_not_hurried(signed_in: SignedIn) -> None:
    client = signed_in(cast.zhao())
    left_alone(client, 300)
    assert client.get(CHANGE).status_code == 200


def test_a_session_that_was_planted_is_not_the_one_that_gets_in(client: Client) -> None:
    cast.zhao()
    client.session.save()
    client.get(LOGIN)
    planted = browser()
    planted.cookies.load({name: morsel.value for name, morsel in client.cookies.items()})
    before = client.session.session_key
    enter(client, "zhao")
    assert client.session.session_key != before
    assert planted.get(CHANGE).status_code == 302


def test_ending_all_sessions_ends_them(signed_in: SignedIn) -> None:
    client = signed_in(cast.li())
    assert client.get(CHANGE).status_code == 200
    User.objects.filter(username="li").update(sessions_ended=1)
    assert client.get(CHANGE)["Location"].startswith(LOGIN)


def test_signing_out_is_noted(signed_in: SignedIn) -> None:
    client = signed_in(cast.zhao())
    client.post("/accounts/logout/")
    assert not is_in(client)
    assert outcomes()[-1] == Outcome.SIGNED_OUT


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"],
)
def test_signing_in_never_leads_to_another_site(client: Client, elsewhere: str) -> None:
    cast.zhao()
    assert enter(client, "zhao", next=elsewhere)["Location"] == "/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(client: Client) -> None:
    cast.zhao()
    assert enter(client, "zhao", next="/some/page/")["Location"] == "/some/page/"


def test_a_request_of_staff_costs_three_queries_before_its_page(
    signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(cast.li())
    client.get(reverse("portal:workbench"))
    with django_assert_max_num_queries(3):
        assert client.get("/accounts/logout/").status_code == 200


def test_nobody_signs_up(client: Client) -> None:
    assert client.get("/accounts/signup/").status_code == 404

"""The brakes on guessing: each is narrow, so that nobody is shut out for a neighbour's tries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db import ProgrammingError
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from junheng.accounts.models import Kind, Outcome, SignIn, User
from junheng.accounts.services import signing_in
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import browser

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
SCHOOL, HOME = "10.8.0.1", "10.9.0.1"


def enter(client: Client, username: str, password: str = cast.PASSWORD, **headers: str) -> Any:
    data = {"login": username, "password": password}
    return client.post(LOGIN, data, headers=headers or None)


def gets_in(username: str, address: str = SCHOOL) -> bool:
    client = browser(address)
    enter(client, username)
    return "_auth_user_id" in client.session


def guess(username: str, times: int, address: str = SCHOOL) -> list[int]:
    client = browser(address)
    return [enter(client, username, "wrong").status_code for _ in range(times)]


def families(count: int) -> list[User]:
    return [cast.account(f"family{n}", Kind.FAMILY) for n in range(count)]


def past(address: str, outcome: Outcome, *, ago: timedelta, names: list[str]) -> None:
    """What the log would say if this had happened then."""
    SignIn.objects.bulk_create(
        SignIn(username=name, outcome=outcome, address=address, at=timezone.now() - ago)
        for name in names
    )


def test_five_wrong_tries_lock_the_name_at_this_address_and_say_for_how_long() -> None:
    cast.zhao()
    assert guess("zhao", 5) == [200, 200, 200, 200, 429]
    answer = enter(browser(SCHOOL), "zhao")
    assert answer.status_code == 429
    assert "in 15 minutes" in answer.content.decode()
    assert list(SignIn.objects.order_by("id").values_list("outcome", flat=True)) == [
        *["wrong"] * 5,
        "locked",
    ]


def test_twenty_wrong_tries_do_not_stop_a_colleague_behind_the_same_address() -> None:
    cast.zhao()
    (colleague,) = families(1)
    guess("zhao", 20)
    assert not gets_in("zhao")
    assert gets_in(colleague.username)


def test_a_lock_at_school_leaves_the_way_in_from_elsewhere() -> None:
    cast.zhao()
    guess("zhao", 5)
    assert gets_in("zhao", HOME)


def test_a_lock_opens_after_a_quarter_of_an_hour() -> None:
    cast.zhao()
    guess("zhao", 6)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    assert not gets_in("zhao")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert gets_in("zhao")


def test_a_try_while_locked_does_not_make_the_lock_longer() -> None:
    cast.zhao()
    guess("zhao", 5)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=10))
    guess("zhao", 3)
    (attempt,) = AccessAttempt.objects.all()
    assert attempt.attempt_time < timezone.now() - timedelta(minutes=9)


def test_a_right_password_forgets_the_wrong_ones_before() -> None:
    cast.zhao()
    guess("zhao", 4)
    assert gets_in("zhao")
    assert guess("zhao", 4)[-1] == 200


def test_trying_one_name_after_the_other_makes_the_address_wait() -> None:
    newcomer, regular = families(2)
    assert gets_in(regular.username)
    past(SCHOOL, Outcome.SIGNED_IN, ago=timedelta(days=3), names=[regular.username])
    for n in range(11):
        guess(f"name{n}", 1)
    answer = enter(browser(SCHOOL), newcomer.username)
    assert "Too many wrong tries from your network" in answer.content.decode()
    assert not gets_in(newcomer.username)
    assert gets_in(regular.username)
    assert gets_in(newcomer.username, HOME)


def test_having_to_wait_is_no_wrong_try_so_the_wait_ends() -> None:
    (newcomer,) = families(1)
    names = [f"name{n}" for n in range(10)]
    past(SCHOOL, Outcome.WRONG, ago=timedelta(minutes=9), names=names)
    assert not gets_in(newcomer.username)
    assert SignIn.objects.filter(outcome=Outcome.SLOWED).count() == 1
    past(HOME, Outcome.WRONG, ago=timedelta(minutes=11), names=names)
    assert gets_in(newcomer.username, HOME)


def test_on_the_first_day_a_whole_county_signs_in_behind_one_address() -> None:
    (newcomer,) = families(1)
    past(SCHOOL, Outcome.SIGNED_IN, ago=timedelta(minutes=5), names=[f"in{n}" for n in range(200)])
    past(SCHOOL, Outcome.WRONG, ago=timedelta(minutes=5), names=[f"out{n}" for n in range(60)])
    assert gets_in(newcomer.username)


def test_one_name_tried_from_everywhere_waits_except_where_it_is_at_home() -> None:
    cast.zhao()
    past(HOME, Outcome.SIGNED_IN, ago=timedelta(days=20), names=["zhao"])
    past("10.7.0.1", Outcome.WRONG, ago=timedelta(hours=20), names=["zhao"] * 50)
    assert not gets_in("zhao", SCHOOL)
    assert gets_in("zhao", HOME)


def test_an_address_is_forgotten_after_a_month() -> None:
    cast.zhao()
    past(HOME, Outcome.SIGNED_IN, ago=timedelta(days=31), names=["zhao"])
    past("10.7.0.1", Outcome.WRONG, ago=timedelta(hours=20), names=["zhao"] * 50)
    assert not gets_in("zhao", HOME)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        pytest.param(0, "1.2.3.4", "10.8.0.1", id="nobody may say where they come from"),
        pytest.param(1, "1.2.3.4", "1.2.3.4", id="the proxy says so"),
        pytest.param(1, "6.6.6.6, 1.2.3.4", "1.2.3.4", id="what was made up before does not count"),
        pytest.param(2, "6.6.6.6, 1.2.3.4, 5.5.5.5", "1.2.3.4", id="two proxies"),
    ],
)
def test_behind_proxies_the_address_is_the_one_that_the_first_of_them_saw(
    settings: Settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    enter(browser(SCHOOL), "zhao", "wrong", **{"x-forwarded-for": forwarded})
    assert SignIn.objects.get().address == address
    assert AccessAttempt.objects.get().ip_address == address


def test_a_request_without_an_address_is_served_all_the_same() -> None:
    request = RequestFactory().get("/")
    del request.META["REMOTE_ADDR"]
    assert signing_in.address_of(request) is None


def test_nobody_signs_in_outside_a_request() -> None:
    signing_in.on_wrong_password({"username": "zhao"})
    signing_in.on_sign_out(RequestFactory().get("/"), None)
    assert not SignIn.objects.exists()


def test_the_log_of_sign_ins_cannot_be_changed() -> None:
    guess("zhao", 1)
    with pytest.raises(ProgrammingError, match="never changes"):
        SignIn.objects.update(outcome=Outcome.SIGNED_IN)

"""Accounts and places in a real browser: coming in, and what administrators and auditors do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from junheng.accounts.models import Kind, User
from junheng.accounts.tests import cast
from junheng.places.models import Role
from tests.browser import DESKTOP, PHONE, Visit, code_of

Open = Callable[..., Visit]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_new_clerk_comes_in_from_the_slip_to_the_school(visit: Open, width: int) -> None:
    feng, chen = cast.feng(), cast.chen()
    post = cast.post(Role.SCHOOL_CLERK, cast.school())
    desk = visit(width, language="en").come_in(feng).go("/accounts/people/new/").fine()
    desk.page.fill("[name=username]", "jiang")
    desk.page.fill("[name=name]", "Jiang")
    desk.page.select_option("[name=home]", label="Primary School school-1")
    desk.submit().fine()
    password = desk.page.locator("dd code").nth(1).inner_text()

    safe = visit(width, language="en").come_in(chen)
    jiang = User.objects.get(username="jiang")
    safe.go(f"/accounts/people/{jiang.pk}/appoint/").fine()
    safe.page.select_option("[name=post]", str(post.pk))
    safe.page.fill("[name=why]", "order 7 of the bureau")
    safe.submit().fine()
    assert safe.page.get_by_text("order 7 of the bureau").count() == 0
    assert safe.page.get_by_text("School clerk").count()

    clerk = visit(width, language="en").sign_in("jiang", password).fine()
    assert clerk.page.get_by_text("good for one use").count()
    for field, words in (("oldpassword", password), ("password1", "My-own-word-5")):
        clerk.page.fill(f"[name={field}]", words)
    clerk.page.fill("[name=password2]", "My-own-word-5")
    clerk.submit().fine()
    secret = clerk.page.locator("main code").first.inner_text()
    clerk.page.fill("[name=code]", code_of(secret))
    clerk.submit().fine()
    assert clerk.page.locator(".recovery-codes li").count() == 10
    clerk.go("/places/").fine()
    assert clerk.page.get_by_text("Chengguan Township").count()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_pages_are_sound(visit: Open, width: int) -> None:
    cast.everybody()
    clerk = cast.person("jiang", Role.SCHOOL_CLERK, cast.school())
    sights = {
        cast.feng(): [
            "/accounts/people/",
            f"/accounts/people/{clerk.pk}/",
            f"/accounts/people/{clerk.pk}/close/",
            "/accounts/posts/",
            "/accounts/posts/new/",
            "/accounts/appointments/",
            "/places/organisations/",
            "/places/organisations/new/",
        ],
        cast.wei(): [
            "/accounts/sign-ins/",
            "/accounts/readings/",
            "/accounts/changes/",
            f"/accounts/changes/accounts.user/{clerk.pk}/",
        ],
        cast.li(): ["/places/", f"/places/in/{cast.COUNTY}/", f"/places/in/{cast.TOWNSHIP}/"],
    }
    for person, paths in sights.items():
        window = visit(width).come_in(person)
        for path in paths:
            window.go(path).fine()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_signing_in_is_sound(visit: Open, width: int) -> None:
    cast.account("zhao", Kind.FAMILY)
    cast.li()
    window = visit(width).go("/accounts/login/").fine()
    for _ in range(4):
        window.page.fill("[name=login]", "zhao")
        window.page.fill("[name=password]", "wrong")
        window.submit()
    window.fine()
    window.page.fill("[name=login]", "zhao")
    window.page.fill("[name=password]", "wrong")
    window.submit().expect_fault("429").fine()
    window.go("/accounts/login/")
    window.page.fill("[name=login]", "li")
    window.page.fill("[name=password]", cast.PASSWORD)
    window.submit().fine()
    window.page.fill("[name=code]", code_of(cast.SECRET))
    window.submit()
    for path in ("/accounts/2fa/", "/accounts/password/change/", "/accounts/logout/"):
        window.go(path).fine()

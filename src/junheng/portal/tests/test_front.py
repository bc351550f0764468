"""The front door: what the public reads, where staff arrive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.commons import demo, navigation, widgets
from junheng.commons.demo import DemoAccount
from junheng.commons.navigation import NavItem
from junheng.commons.widgets import Widget

pytestmark = pytest.mark.django_db


@pytest.fixture
def english(client: Client) -> Iterator[Client]:
    """A reader of English."""
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        yield client


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_public_learns_what_this_is_and_where_to_sign_in(english: Client) -> None:
    html = page(english, "/")
    assert "A seat near home for every child" in html
    assert 'href="/accounts/login/"' in html
    assert "navbar-vertical" not in html


def test_families_stay_on_the_public_page(english: Client) -> None:
    english.force_login(cast.zhao())
    html = page(english, "/")
    assert "A seat near home for every child" in html
    assert 'href="/accounts/logout/"' in html
    assert 'href="/accounts/login/"' not in html
    assert english.get("/workbench/").status_code == 404


def test_staff_arrive_at_their_workbench(english: Client) -> None:
    english.force_login(cast.li())
    assert english.get("/").headers["Location"] == "/workbench/"
    assert 'aria-current="page"' in page(english, "/workbench/")


def test_visitors_are_asked_to_sign_in_first(english: Client) -> None:
    assert english.get("/workbench/").headers["Location"] == "/accounts/login/?next=/workbench/"


@pytest.fixture
def bare_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has registered anything."""
    for module, name in ((navigation, "_items"), (widgets, "_widgets")):
        monkeypatch.setattr(module, name, {})
    monkeypatch.setattr(demo, "_sources", [])


def test_a_post_without_pages_is_told_whom_to_ask(english: Client, bare_house: None) -> None:
    english.force_login(cast.li())
    assert "Nothing waits for you" in page(english, "/workbench/")


def test_cards_and_ways_of_the_rooms_stand_on_the_workbench(
    english: Client, bare_house: None
) -> None:
    def yes(_user: Any) -> bool:
        return True

    navigation.register(
        NavItem("To the list", "list", "commons:styleguide_list", yes, 1, lambda _: 7)
    )
    widgets.register(Widget("x", "commons/badge_cell.html", lambda _: {"n": 1}, yes, width="third"))
    english.force_login(cast.li())
    html = page(english, "/workbench/")
    assert html.count('href="/styleguide/list/"') == 2
    assert ">7<" in html.replace("\n", "").replace(" ", "")
    assert "col-md-6 col-xl-4" in html
    assert "Nothing waits for you" not in html


def test_a_demonstration_offers_its_accounts(
    english: Client, bare_house: None, settings: Settings
) -> None:
    demo.announce(lambda: [DemoAccount("officer", "Pass-word-1", "Admissions officer", "County")])
    settings.DEMO = True
    html = page(english, "/")
    assert "<code>officer</code>" in html
    assert "<code>Pass-word-1</code>" in html
    settings.DEMO = False
    assert "officer" not in page(english, "/")


def test_a_demonstration_without_accounts_says_so(
    english: Client, bare_house: None, settings: Settings
) -> None:
    settings.DEMO = True
    assert "No accounts yet" in page(english, "/")

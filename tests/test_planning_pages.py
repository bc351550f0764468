"""Making a round and setting its calendar in a real browser, at a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from junheng.accounts.tests import cast
from junheng.admissions.models import Round
from junheng.admissions.services import planning
from junheng.admissions.tests.rounds import builders
from tests.browser import DESKTOP, PHONE, Visit

Open = Callable[..., Visit]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_pages_of_a_planned_and_an_open_round_are_sound(visit: Open, width: int) -> None:
    li = cast.li()
    planned = builders.loaded(li)
    builders.named(planned, li, after=timedelta(days=1))
    opened = builders.opened(li, cast.wu(), after=timedelta(days=1), ref="2026-open")
    planning.change_row(
        planned, "school-1", by=li, classes=1, class_size=60, continuing=0, reserved=0
    )
    preview = builders.uploaded(li, cap=50)
    window = visit(width).come_in(li)
    window.go(reverse("admissions:new_round")).fine()
    window.go(reverse("admissions:upload", args=[preview.pk])).fine()
    for name in ("calendar", "rules", "plan", "act"):
        for the_round in (planned, opened):
            window.go(reverse(f"admissions:{name}", args=[the_round.pk])).fine()


def test_a_round_is_made_and_dated_with_the_keyboard_alone(visit: Open) -> None:
    li = cast.li()
    builders.county()
    window = visit(DESKTOP).come_in(li)
    window.go(reverse("admissions:new_round"))
    window.page.fill("[name=ref]", "2027-g1")
    window.page.fill("[name=year]", "2027")
    window.page.press("[name=year]", "Enter")
    window.settle()
    the_round = Round.objects.get(ref="2027-g1")
    window.page.fill("[name=freeze_begins]", "2027-07-12T09:00")
    window.page.press("[name=freeze_begins]", "Enter")
    window.settle().fine()
    assert the_round.dates.get().what == "freeze"


def test_a_new_text_is_previewed_and_asked_for_without_a_script(visit: Open) -> None:
    li = cast.li()
    cast.wu()
    window = visit(PHONE, java_script_enabled=False).come_in(li).go("/rounds/texts/")
    window.page.fill("[name=version]", "2027-1")
    window.page.fill("[name=body]", "新的告知")
    window.page.fill("[name=english]", "A new notice")
    window.page.click("form[action$='/preview/'] [type=submit]")
    window.page.click("form[action$='/ask/'] [type=submit]")
    expect(window.page.locator("body")).to_contain_text("已请另一人复核")
    for width in (PHONE, DESKTOP):
        seen = visit(width).come_in(li)
        seen.go("/rounds/texts/").fine()
        seen.page.fill("[name=version]", "2027-2")
        seen.page.fill("[name=body]", "又一版告知")
        seen.page.click("form[action$='/preview/'] [type=submit]")
        seen.settle().fine()

"""Families of the demo apply on their phones, and a grandmother is helped at the counter.

They walk on the site that `junheng demo` serves, whose registers know most of what they state; its
worker checks the applications meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from junheng.registry.demo.households import Told, all_told
from junheng.site.demo import APPLY, SEED
from tests.browser import DESKTOP, PHONE, Open, Visit
from tests.demo_site import PASSWORD

pytestmark = pytest.mark.browser
ROUND = "/apply/990100/2027-g1/"
ANOTHER_CODE_MS = 61_000
"""A telephone gets one code a minute."""
CHECKED_SECONDS, SCRIPT_SECONDS = 240.0, 180.0


def some(wanted: Callable[[Told], bool]) -> Iterator[Told]:
    """Families that have not applied yet and are so, in the order of their codes."""
    told = sorted(all_told(SEED).values(), key=lambda one: one.code)
    return (one for one in told[APPLY:] if wanted(one))


def agreeing(*claims: str) -> Callable[[Told], bool]:
    return lambda one: (
        one.expected == "agrees"
        and one.claims == claims
        and not one.group
        and not one.sibling_school
    )


def come_in(windows_on: Open, phone: str, width: int = PHONE) -> Visit:
    """Sign in by telephone and code, as the demonstration shows it, and be at the round."""
    window: Visit = windows_on(width, language="en")
    window.go(f"/accounts/phone/?next={ROUND}")
    window.fine().page.fill("[name=phone]", phone)
    window.submit()
    window.fine().page.fill("[name=code]", window.page.inner_text("#demo-code"))
    return window.submit()


def begin(window: Visit, told: Told) -> Visit:
    """Agree, and fill in the page of the child."""
    window.page.check("#agreed")
    window.submit().fine()
    window.page.fill("#id_name", told.child_name)
    window.page.fill("#id_number", told.child_number)
    return window.submit().fine()


def fill(window: Visit, told: Told, *, drawn: bool = False) -> Visit:
    """Agree and fill in every page; with `drawn` home and guardian are there already."""
    return go_on(begin(window, told), told, drawn=drawn)


def go_on(window: Visit, told: Told, *, drawn: bool = False) -> Visit:
    """The pages after that of the child."""
    page = window.page
    if not drawn:
        page.fill("#id_village", told.village_name)
        page.fill("#id_address", told.address)
        for claim in told.claims:
            page.check(f"#id_{claim}")
        for name, value in (("certificate", told.certificate), ("permit", told.permit)):
            if value and page.locator(f"#id_{name}").is_visible():
                page.fill(f"#id_{name}", value)
        if "work" in told.claims:
            page.fill("#id_work_number", "9901000000000001")
    window.submit().settle()
    if page.locator("[name=place]").count():
        page.locator(f"[name=place][value='{told.village}']").check()
        window.submit()
    window.fine(axe=False)
    if not drawn:
        page.fill("#id_name", told.guardian_name)
        page.select_option("#id_relation", told.relation)
        page.fill("#id_number", told.guardian_number)
        page.fill("#id_phone", told.phone)
    window.submit()
    if page.locator("[name=wish_1]").count():
        window.submit()
    return window.fine()


def submit(window: Visit) -> str:
    """Declare and submit; the number that is shown."""
    window.page.check("#declared")
    window.submit().fine()
    return window.page.inner_text(".number-large")


def wait_for(window: Visit, state: str) -> Visit:
    """Look at the application's page until it is so far."""
    ends = time.monotonic() + CHECKED_SECONDS
    while window.page.locator("main .badge").first.inner_text() != state:
        assert time.monotonic() < ends, window.page.inner_text("main")
        window.page.wait_for_timeout(1000)
        window.page.reload()
    return window.settle()


def test_a_family_whose_data_agree_is_never_asked_for_a_paper(windows_on: Open) -> None:
    began = time.monotonic()
    told = next(some(agreeing("household", "house")))
    window = come_in(windows_on, told.phone)
    submit(fill(window, told))
    assert time.monotonic() - began < SCRIPT_SECONDS
    wait_for(window, "checked").fine()
    assert "Agrees with the household register" in window.page.inner_text("main")
    assert not window.page.locator("main input[type=file]").is_visible()


def test_a_house_that_is_not_found_is_asked_for_once_and_a_reviewer_ends_it(
    windows_on: Open,
) -> None:
    told = next(some(lambda one: one.expected == "house_missing" and not one.group))
    window = come_in(windows_on, told.phone)
    number = submit(fill(window, told))
    wait_for(window, "to be completed").fine()
    window.page.click("main a[href$='/complete/']")
    window.settle().fine().submit()
    wait_for(window, "with a reviewer").fine(axe=False)
    officer: Visit = windows_on(DESKTOP, language="en").sign_in("admissions", PASSWORD)
    officer.go(f"/rounds/applications/{number}/").fine()
    officer.page.select_option("#id_tier", "3")
    officer.page.fill("#id_words", "The household register agrees; the house is being registered.")
    officer.submit().fine(axe=False)
    window.page.reload()
    wait_for(window, "checked").fine(axe=False)
    assert "being registered" in window.page.inner_text("main")


def test_twins_are_filled_in_from_the_first_and_go_to_one_school(windows_on: Open) -> None:
    first = next(some(lambda one: bool(one.group) and one.expected == "agrees"))
    group = [one for one in all_told(SEED).values() if one.group == first.group]
    window = come_in(windows_on, first.phone)
    submit(fill(window, group[0]))
    window.go(ROUND)
    window.page.check("#twins")
    submit(fill(window, group[1], drawn=True))
    window.go("/apply/").fine()
    assert window.page.locator("main a.card-link .badge").count() == len(group)


def test_a_migrant_workers_child_passes_by_permit_and_work(windows_on: Open) -> None:
    told = next(some(agreeing("residence", "work")))
    window = come_in(windows_on, told.phone, DESKTOP)
    submit(fill(window, told))
    wait_for(window, "checked").fine(axe=False)


def test_a_grandmother_is_helped_at_the_counter_and_both_are_recorded(windows_on: Open) -> None:
    told = next(islice(some(agreeing("household", "house")), 1, 2))
    clerk: Visit = windows_on(DESKTOP, language="en").sign_in("clerk", PASSWORD)
    number = submit(fill(clerk.go(ROUND), told))
    grandmother = come_in(windows_on, told.phone)
    grandmother.go(f"/apply/numbers/{number}/").fine(axe=False)
    assert number in grandmother.page.inner_text("main")
    officer: Visit = windows_on(DESKTOP, language="en").sign_in("admissions", PASSWORD)
    officer.go("/rounds/2/applications/?channel=clerk").fine()
    assert number in officer.page.inner_text("main")


def test_a_family_goes_on_with_another_telephone(windows_on: Open) -> None:
    told = next(islice(some(agreeing("household", "house")), 3, 4))
    first = begin(come_in(windows_on, told.phone), told)
    first.page.wait_for_timeout(ANOTHER_CODE_MS)
    other = come_in(windows_on, told.phone, DESKTOP).go("/apply/").fine()
    other.page.locator("main a.card-link", has_text=told.child_name).click()
    other.settle()
    assert other.page.url.endswith("/home/")  # where it was left
    number = submit(go_on(other, told))
    assert number in first.go("/apply/").fine().page.inner_text("main")


def test_nobody_else_finds_a_familys_application(windows_on: Open) -> None:
    told = next(islice(some(agreeing("household", "house")), 2, 3))
    number = submit(fill(come_in(windows_on, told.phone), told))
    stranger = come_in(windows_on, "13800009998")
    stranger.go(f"/apply/numbers/{number}/").expect_fault("404")
    assert number not in stranger.page.inner_text("main")

"""The furniture in a real browser: looked at, walked by keyboard, used without scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route

from junheng.accounts.tests import cast
from tests.browser import DESKTOP, PHONE, Visit

Open = Callable[..., Visit]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TIP = ".leaflet-tooltip:not(.map-label)"
GUIDE = [
    "/styleguide/",
    "/styleguide/list/",
    "/styleguide/list/?words=nowhere",
    "/styleguide/phone/?child=",
    "/workbench/",
]


@pytest.fixture
def staff(visit: Open) -> Open:
    """Open windows in which Li is signed in: staff see the styleguide."""
    li = cast.li()
    return lambda *size, **options: visit(*size, **options).come_in(li)


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("path", GUIDE)
def test_pages_are_sound(staff: Open, path: str, width: int) -> None:
    staff(width).go(path).fine()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("path", ["/", "/offline/", "/accounts/login/"])
def test_public_pages_are_sound(visit: Open, path: str, width: int) -> None:
    visit(width).go(path).fine()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_pages_are_sound_in_large_type(staff: Open, width: int) -> None:
    window = staff(width).keep("junheng_large_type", "1").go("/styleguide/")
    size = window.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert size >= 18, "GB/T 37668: 18 px and more"
    window.fine(axe=False)


@pytest.mark.parametrize("status", [400, 403, 404, 419, 500])
def test_error_pages_are_sound(staff: Open, status: int) -> None:
    window = staff(PHONE).go(f"/styleguide/error/{status}/")
    assert window.page.locator("h1").inner_text().strip()
    window.expect_fault("Failed to load resource").fine()


def test_staff_sign_in_and_find_their_workbench(visit: Open) -> None:
    cast.li()
    window = visit(PHONE).sign_in("li")
    assert window.page.url.endswith("/workbench/")
    window.fine()


def test_the_menu_of_a_phone_opens(staff: Open) -> None:
    page = staff(PHONE).go("/workbench/").page
    link = page.locator(".navbar-nav a").first
    assert not link.is_visible()
    page.click(".navbar-toggler")
    link.wait_for(state="visible")


def test_the_keyboard_reaches_the_content_first(staff: Open) -> None:
    page = staff().go("/workbench/").page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_filtering_changes_the_list_and_nothing_else(staff: Open) -> None:
    page = staff(language="en").go("/styleguide/").page
    rows = page.locator("#list-table tbody tr")
    before = rows.count()
    with page.expect_response(lambda answer: "_part=table" in answer.url):
        page.select_option("#list-table-filters [name=state]", "over")
    page.wait_for_function(
        f"() => document.querySelectorAll('#list-table tbody tr').length < {before}"
    )
    assert set(page.locator("#list-table td[data-label=State]").all_inner_texts()) == {
        "More children than seats"
    }
    assert (page.locator(".kpi").count(), page.locator("#list-table").count()) == (4, 1)
    assert "state=over" in page.url
    assert "_part" not in page.url


def test_sorting_keeps_the_place_of_the_keyboard(staff: Open) -> None:
    page = staff(language="en").go("/styleguide/?state=over").page
    page.focus("#sort-children")
    page.keyboard.press("Enter")
    page.wait_for_selector("#list-table [aria-sort=ascending]")
    shown = page.locator("#list-table td[data-label=Children]").all_inner_texts()
    assert [int(text) for text in shown] == sorted(int(text) for text in shown)
    assert page.evaluate("document.activeElement.id") == "sort-children"
    assert (page.locator(".kpi").count(), page.locator("#list-table").count()) == (4, 1)


def test_going_back_brings_the_whole_page(staff: Open) -> None:
    page = staff(language="en").go("/styleguide/").page
    page.click("#page-2")
    page.wait_for_selector("#page-2[aria-current=page]")
    page.go_back()
    page.wait_for_selector("#page-1[aria-current=page]")
    assert page.locator(".kpi").count() == 4


def test_a_filter_keeps_the_sorting(staff: Open) -> None:
    page = staff(language="en").go("/styleguide/list/?sort=-children").page
    with page.expect_response(lambda answer: "_part=table" in answer.url) as answered:
        page.check("#list-table-filters [name=over]")
    assert "sort=-children" in answered.value.url


def test_a_list_that_cannot_be_loaded_says_so(staff: Open) -> None:
    page = staff(language="en").go("/styleguide/list/").page
    page.route("**/*_part=table*", lambda route: route.abort())
    page.check("#list-table-filters [name=over]")
    page.locator("[data-load-failed]").wait_for(state="visible")
    assert page.locator("#list-table tbody tr").count() == 25


def test_an_empty_list_is_widened_by_one_click(staff: Open) -> None:
    page = staff(language="en").go("/styleguide/list/?words=nowhere&state=over").page
    assert "60 rows are hidden" in page.locator(".empty-note").inner_text()
    assert page.locator(".chip").count() == 2
    page.click(".empty-note .btn-primary")
    page.wait_for_selector("#list-table tbody tr")


def test_lists_work_without_scripts(staff: Open) -> None:
    window = staff(PHONE, language="en", java_script_enabled=False)
    page = window.page
    page.goto(f"{window.base}/styleguide/list/")
    page.select_option("[name=state]", "full")
    page.click("button:has-text('Filter')")
    assert set(page.locator("td[data-label=State]").all_inner_texts()) == {"Full"}
    page.click("#sort-children")
    assert "sort=children" in page.url
    assert "state=full" in page.url
    assert page.locator(".navbar-nav a").first.is_visible()


def test_the_page_with_725_schools_is_sound(staff: Open) -> None:
    staff().go("/styleguide/?schools=725").fine(axe=False)


def test_the_map_is_one_stop_of_the_tab_key_and_arrows_walk(staff: Open) -> None:
    page = staff().go("/styleguide/?schools=725").page
    schools = "[data-map] .map-school"
    assert page.locator(schools).count() == 725
    assert page.locator(f"{schools}[tabindex='0']").count() == 1
    page.focus(f"{schools}[tabindex='0']")
    names = [page.evaluate("document.activeElement.getAttribute('aria-label')")]
    for arrow in ("ArrowLeft", "ArrowDown"):
        page.keyboard.press(arrow)
        names.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert names[0] != names[1] != names[2]
    page.wait_for_function(f"() => document.querySelectorAll('{TIP}').length === 1")
    assert page.locator(TIP).inner_text().split("\n")[0] in names[-1]


def test_the_map_finds_a_school_by_name(staff: Open) -> None:
    page = staff().go("/styleguide/").page
    name = page.locator("#county-names option").nth(20).get_attribute("value")
    page.fill("[data-find]", name or "")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.classList.contains('map-school')")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith(name)


def test_names_from_files_stay_text_on_the_map(staff: Open) -> None:
    window = staff()
    evil = "<img src=x onerror=document.title='caught'>"
    window.page.route("**/styleguide/", lambda route: _with_name(route, evil))
    window.go("/styleguide/")
    window.page.focus("[data-map] .map-school[tabindex='0']")
    window.page.wait_for_selector(".leaflet-tooltip .map-words")
    assert window.page.locator(".map-words img").count() == 0
    assert evil in window.page.locator(TIP).inner_text()


def _with_name(route: Route, name: str) -> None:
    """The page, with every school on the map renamed."""
    answer = route.fetch()
    written = json.dumps(name).replace("<", "\\u003C").replace(">", "\\u003E")
    named = re.compile(r'"name": "[^"]*", "lon"')
    route.fulfill(
        response=answer, body=named.sub(lambda _: f'"name": {written}, "lon"', answer.text())
    )


def test_a_reader_without_a_connection_gets_the_offline_page(staff: Open) -> None:
    window = staff(language="en").go("/workbench/")
    window.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    window.page.wait_for_function("() => caches.match('/offline/').then(found => !!found)")
    kept = window.page.evaluate(
        "caches.keys().then(names => caches.open(names[0])).then(store => store.keys())"
        ".then(kept => kept.map(one => new URL(one.url).pathname))"
    )
    assert all(path == "/offline/" or path.startswith("/static/") for path in kept), kept
    window.context.set_offline(True)
    window.page.goto(f"{window.base}/workbench/")
    assert "No connection" in window.page.inner_text("h1")

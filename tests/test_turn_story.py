"""The turn of the year in a browser: three pupils held back by name, done by two people, undone."""

from __future__ import annotations

import pytest

from tests.browser import Open, Visit
from tests.demo_site import PASSWORD
from tests.launched import Site
from tests.test_register_story import facts, text

pytestmark = pytest.mark.browser
TURNS = "/registry/roll-overs/"


def planned(officer: Visit, year: str) -> Visit:
    """A plan of the year; the page of the job leads to it when it is made."""
    officer.go(TURNS)
    officer.page.select_option("[name=year]", label=year)
    officer.page.locator(f"form[action='{TURNS}plan/'] button").click()
    officer.page.wait_for_selector(f"main a[href^='{TURNS}']", timeout=60_000)
    officer.page.locator(f"main a[href^='{TURNS}']").first.click()
    return officer.settle()


def agreed(leader: Visit, title: str, address: str, state: str, *, axe: bool = True) -> None:
    """The second person says yes, and looks until the worker has done it."""
    leader.go("/approvals/")
    leader.page.get_by_role("link", name=title).first.click()
    leader.settle().fine(axe=axe)
    leader.page.locator("form[action$='/agree/'] button").click()
    leader.settle()
    for _look in range(60):
        leader.page.goto(address)
        if leader.page.get_by_text(state, exact=True).count():
            return
        leader.page.wait_for_timeout(250)
    raise AssertionError(text(leader))


def standing(officer: Visit, number: str) -> str:
    return text(officer.go(f"/registry/pupils/{number}/"))


def test_three_are_held_back_by_name_and_two_people_turn_the_year_and_undo_it(
    windows_on: Open, demo_site: Site
) -> None:
    told = facts(demo_site, "turn")
    moved, third = told["numbers"][-1], told["numbers"][2]
    officer = windows_on(language="en").sign_in("admissions", PASSWORD)
    plan = planned(officer, told["year"])
    plan.page.fill("[name=number]", third)
    plan.page.fill("[name=paper]", "Decision 3")
    plan.page.locator("form[action$='/hold-back/'] .btn-primary").click()
    plan.settle()
    assert "Written down. Make the plan again." in plan.page.inner_text("body")

    plan = planned(officer, told["year"]).fine()
    named = [number for number in told["numbers"] if number in text(plan)]
    assert named == told["numbers"][:3]
    assert text(plan).count("stays in grade 4 by decision") == 3
    address = plan.page.url
    officer.page.locator("form[action$='/ask/'] button").click()
    officer.settle()
    assert "waits for a second person" in text(officer)
    leader = windows_on(language="en").sign_in("leader", PASSWORD)
    agreed(leader, "Turn the school year", address, "Done")
    assert "Grade 5, class 90" in standing(officer, moved)
    assert f"{told['next']} · Grade 4 · Studying" in standing(officer, third)

    officer.page.goto(address)
    officer.page.locator("form[action$='/ask-undo/'] button").click()
    officer.settle()
    agreed(leader, "Undo the turn", address, "Undone", axe=False)
    assert "Grade 5" not in standing(officer, moved)

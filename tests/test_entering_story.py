"""A child entered by hand in a browser: refused where it is here already, made by two people."""

from __future__ import annotations

import pytest

from tests.browser import PHONE, Open, Visit
from tests.demo_site import PASSWORD
from tests.launched import Site
from tests.test_register_story import facts, text

pytestmark = pytest.mark.browser
NUMBER, NAME = "990199201805030029", "云小禾"


def typed(clerk: Visit, told: dict[str, str], number: str) -> Visit:
    """What the family says at the counter goes into the form."""
    clerk.go("/registry/pupils/new/").fine()
    for name, value in (
        *(("class_number", told["class"]), ("paper", "Letter 5"), ("name", NAME)),
        *(("resident_id", number), ("guardian_name", "云禾"), ("phone", "13800001234")),
    ):
        clerk.page.fill(f"[name={name}]", value)
    clerk.page.select_option("[name=grade]", told["grade"])
    return clerk.submit()


def test_a_clerk_enters_a_child_and_the_leader_agrees(windows_on: Open, demo_site: Site) -> None:
    told = facts(demo_site, "entering")
    clerk = windows_on(PHONE, language="en").sign_in("clerk", PASSWORD)
    refused = typed(clerk, told, told["number"])
    refused.faults.clear()  # the browser says that a form came back with 422
    refused.fine()
    assert "in the register already" in text(refused)
    assert told["record"] not in text(refused)
    assert told["school"] not in text(refused)
    asked = typed(clerk, told, NUMBER).fine()
    assert NUMBER not in text(asked)
    page = asked.page.url

    leader = windows_on(language="en").sign_in("leader", PASSWORD)
    leader.go("/approvals/").fine()
    leader.page.goto(page)
    leader.settle().fine()
    leader.page.locator("form[action$='/agree/'] button").click()
    leader.settle()
    leader.page.goto(page)
    leader.settle().page.locator("main a[href*='/registry/pupils/PU-']").click()
    leader.settle().fine()
    assert "Came from outside" in text(leader)
    assert "Letter 5" in text(leader)
    assert NAME not in text(leader)

"""The register in a browser: a transfer refused because the grade is large, and one approved."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser import PHONE, Open, Visit
from tests.demo_site import PASSWORD
from tests.launched import Site
from tests.register_facts import facts

pytestmark = pytest.mark.browser


def text(window: Visit) -> str:
    return window.page.inner_text("main")


def apply_for(officer: Visit, told: dict[str, Any], school: str) -> Visit:
    """What the family says at the counter goes into the form."""
    officer.go("/registry/transfers/new/")
    officer.page.fill("[name=number]", told["number"])
    officer.page.fill("[name=name]", told["name"])
    officer.page.select_option("[name=to]", label=school)
    officer.page.select_option("[name=ground]", "home_moved")
    officer.page.fill("[name=paper]", "Deed 2026-7")
    return officer.submit()


def test_into_a_large_grade_nobody_comes_and_into_another_one_by_two_people(
    windows_on: Open, demo_site: Site
) -> None:
    told = facts(demo_site, "transfer")
    officer = windows_on(language="en").sign_in("admissions", PASSWORD)
    refused = apply_for(officer, told, told["large"])
    refused.faults.clear()  # the browser says that a form came back with 422
    refused.fine()
    assert "come into a grade with a class above 55" in text(refused)
    made = apply_for(officer, told, told["room"]).fine()
    assert "Waits for the present school" in text(made)
    assert told["name"] not in text(made)
    made.page.check("[name=agrees][value=yes]")
    made.page.locator("form[action$='/answer/'] .btn-primary").click()
    made.settle()
    number = made.page.url.rstrip("/").rsplit("/", 1)[-1]
    assert made.page.locator("form[action$='/decide/']").count() == 0  # who applied cannot decide

    leader = windows_on(PHONE, language="en").sign_in("leader", PASSWORD)
    leader.go("/registry/transfers/").fine()
    leader.page.get_by_role("link", name=number).click()
    leader.settle().fine()
    leader.page.check("[name=verdict][value=approve]")
    leader.page.select_option("[name=school_class]", index=1)
    leader.page.locator("form[action$='/decide/'] .btn-primary").click()
    leader.settle().fine(axe=False)
    assert "Approved" in leader.page.inner_text("body")

    record = officer.go(f"/registry/pupils/{told['number']}/").fine()
    assert f"{number} Deed 2026-7" in text(record)
    assert told["room"] in text(record)
    assert told["school"] in text(record)
    assert told["name"] not in text(record)

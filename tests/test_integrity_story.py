"""A finding in a browser: the school puts its record right, the check of the bureau closes it."""

from __future__ import annotations

import time

import pytest

from tests.browser import PHONE, Open, Visit
from tests.demo_site import PASSWORD
from tests.launched import Site
from tests.register_facts import facts

pytestmark = pytest.mark.browser
PAPER = "Household book 2026-118"


def text(window: Visit) -> str:
    return window.page.inner_text("main")


def checked(officer: Visit, finding: str) -> Visit:
    """Press the button and wait until the worker is through."""
    officer.go("/registry/integrity/").submit()
    deadline = time.monotonic() + 60
    while "Mended" not in text(officer.go(finding)):
        assert time.monotonic() < deadline, text(officer)
        officer.page.wait_for_timeout(500)
    return officer


def test_a_school_puts_a_record_right_and_the_check_of_the_bureau_closes_the_case(
    windows_on: Open, demo_site: Site
) -> None:
    told = facts(demo_site, "finding")
    wrong, alarm = (f"/registry/integrity/{told[one]}/" for one in ("wrong", "alarm"))
    clerk = windows_on(PHONE, language="en").sign_in("clerk", PASSWORD)
    clerk.go("/registry/integrity/?state=open").fine(axe=False)
    assert "The birth date is not the one in the identity number." in text(clerk)
    assert told["other_school"] not in text(clerk)
    assert "Check now" not in text(clerk)
    clerk.go(f"/registry/integrity/{told['elsewhere']}/").expect_fault("404")

    clerk.go(wrong).fine(axe=False)
    clerk.page.get_by_role("link", name="Correct the record").click()
    clerk.settle().fine()
    clerk.page.fill("[name=born_on]", told["born_on"])
    clerk.page.fill("[name=paper]", PAPER)
    clerk.submit().fine(axe=False)
    assert PAPER in text(clerk)

    officer = windows_on(language="en").sign_in("admissions", PASSWORD)
    officer.go(alarm)
    assert officer.page.get_by_role("link", name="Correct the record").count() == 0
    officer.page.fill("[name=reason]", "The household book says so as well")
    officer.page.get_by_role("button", name="Mark as a false alarm").click()
    officer.settle().fine(axe=False)
    assert PAPER in text(officer.go(wrong).fine())  # who checks reads on which paper it was done
    checked(officer, wrong).fine(axe=False)
    assert "The household book says so as well" in text(officer.go(alarm))
    assert "Mended" not in text(officer)
    assert "Closed" in text(officer.go(f"/cases/{told['case']}/"))

    family = windows_on(PHONE, language="en").sign_in("family", PASSWORD)
    family.go(wrong).expect_fault("404")

"""A term of aid in a browser: decided, compared, asked why not by a mother, a reform tried."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from junheng.accounts.services.families import family_of_phone
from junheng.accounts.tests import cast
from junheng.aid.models import PolicyVersion
from junheng.aid.tests import builders
from junheng.commons.worker import work_off
from junheng.registry.models import Guardian
from tests.browser import DESKTOP, PHONE, Visit

Open = Callable[..., Visit]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TELEPHONE = "13800000051"


def text(window: Visit) -> str:
    return window.page.inner_text("main")


def press(window: Visit, name: str) -> Visit:
    window.page.get_by_role("button", name=name).click()
    return window.settle()


def test_a_term_is_decided_and_compared_a_mother_asks_why_not_and_a_reform_is_tried(
    visit: Open,
) -> None:
    _poor, boards = builders.pupils(["boarder", "registered_poor"], ["boarder"])
    builders.told("boarder", "registered_poor")
    builders.approved()
    builders.a_term()
    mother = family_of_phone(TELEPHONE)
    Guardian.objects.create(
        pupil=boards, name="Wang Min", phone=TELEPHONE, valid_from=builders.FIRST
    )
    officer = visit(DESKTOP, language="en").come_in(cast.ma()).go("/aid/")
    press(officer, "Decide who is entitled")
    work_off()
    officer.go("/aid/").page.get_by_role("link", name="Run RN-").click()
    press(officer.settle().fine(), "Publish: this counts")
    assert "Unpaid" in text(officer.fine())
    officer.page.locator("main td a").first.click()
    assert "500.00" in text(officer.settle().fine())

    home = visit(PHONE, language="en", java_script_enabled=False).come_in(mother).go("/aid/mine/")
    home.page.fill("[name=number]", boards.number)
    home.page.fill("[name=born_on]", "2017-05-01")
    home.page.click("main [type=submit]")
    assert "“clause 2” (art. 2) is not met" in text(home)

    officer.go("/aid/policies/boarders/draft/").page.fill(
        "[name=conditions]", "boarder | boards at school | article 1"
    )
    officer.page.wait_for_selector("#draft-count .kpi-value")
    assert "2 people" in officer.settle().page.inner_text("#draft-count")
    officer.page.fill("[name=valid_from]", "2026-03-01")
    press(officer.fine(), "Keep the draft")
    draft = PolicyVersion.objects.get(state="draft")
    officer.go(f"/aid/replay/?term=2025-2026-1&draft={draft.pk}&by=school").fine()
    assert "500.00" in text(officer)

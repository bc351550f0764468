"""Aid in a browser: decided, compared, paid, closed; a mother asks why not, a reform is tried."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from junheng.accounts.services.families import family_of_phone
from junheng.accounts.tests import cast
from junheng.aid.models import FormerPayment, PolicyVersion
from junheng.aid.tests import builders
from junheng.aid.tests import payment_builders as payments
from junheng.commons.worker import work_off
from junheng.registry.models import Guardian
from tests.browser import DESKTOP, PHONE, Visit
from tests.test_aid_payments_story import answer_to, taken_in

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
    other = builders.a_draft("boarder", code="bedding", fen=12_300)
    officer.go("/aid/replay/").page.select_option("[name=draft]", str(draft.pk))
    officer.page.select_option("[name=second]", str(other.pk))
    officer.submit().fine()
    assert "500.00" in text(officer)
    assert "246.00" in text(officer)


def test_a_term_is_decided_audited_paid_reconciled_and_closed(visit: Open, tmp_path: Path) -> None:
    """One is unpaid, one was paid twice by a former system and gives the second back."""
    unpaid, twice = builders.pupils(["boarder"], ["boarder"])
    builders.told("boarder")
    builders.approved("boarder", fen=payments.FEN)
    term = builders.a_term()
    payments.budget("boarders", half_year="2025-2")
    payments.account(unpaid)
    for row in (1, 2):
        FormerPayment.objects.create(
            path=twice.organisation.path, subject=str(twice.pk), policy="boarders",
            for_day=builders.FIRST, fen=payments.FEN, paper="old list", row=row, turn=row,
            by=cast.ma(),
        )  # fmt: skip
    people = (cast.ma(), cast.wu(), cast.xu())
    officer, leader, finance = (visit(DESKTOP, language="en").come_in(one) for one in people)
    press(officer.go("/aid/"), "Decide who is entitled")
    work_off()
    officer.go("/aid/").page.get_by_role("link", name="Run RN-").click()
    press(officer.settle(), "Publish: this counts")
    press(officer.fine(), "Close the term")
    assert "cannot be closed while due and paid differ" in officer.page.inner_text("body")

    officer.go(f"/aid/terms/{term.code}/differences/").fine()
    officer.page.get_by_role("link", name="write down what came back").click()
    officer.settle().fine(axe=False).page.fill("[name=paper]", "Receipt 1")
    press(officer, "Ask a second person").fine()
    leader.go("/approvals/").page.locator("main td a").first.click()
    press(leader.settle(), "I agree")

    officer.go("/aid/payments/").page.select_option("[name=term]", str(term.pk))
    officer.page.select_option("[name=source]", "county")
    address = press(officer, "Draft").page.url
    leader.page.goto(address)
    press(leader, "Checked: everything is right")
    finance.page.goto(address)
    press(finance, "Send to the bank")
    taken_in(finance, "Take the bank's answer in", answer_to(finance, tmp_path))
    finance.page.goto(address)
    assert "reconciled" in text(finance.fine(axe=False))
    assert "balances to the fen" in text(finance)

    press(officer.go("/aid/"), "Compare now")
    assert "Due and paid agree to the fen" in text(officer)
    press(officer, "Close the term").fine()
    term.refresh_from_db()
    assert term.closed_by == cast.ma()

"""Aid is paid in a browser: what came back goes out again by three people, and is posted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import PHONE, Open, Visit
from tests.demo_site import PASSWORD

pytestmark = pytest.mark.browser
BATCHES = "/aid/payments/"


def text(window: Visit) -> str:
    return window.page.inner_text("main")


def press(window: Visit, deed: str) -> Visit:
    """The button of a batch."""
    window.page.locator(f"form[action$='/{deed}/'] button").click()
    return window.settle()


def another_account(officer: Visit) -> Visit:
    """The first line that came back gets another account."""
    officer.page.get_by_role("link", name="another account").first.click()
    officer.settle().fine()
    officer.page.select_option("[name=kind]", "guardian_card")
    officer.page.fill("[name=holder]", "王敏")
    officer.page.fill("[name=number]", "6217 0000 9901 9999")
    officer.page.fill("[name=holder_id]", "990100201705010029")
    return officer.submit()


def answer_to(finance: Visit, folder: Path) -> Path:
    """The bank's answer to the file that the finance officer took."""
    with finance.page.expect_download() as taken:
        finance.page.get_by_role("link", name="File for the bank").click()
    rows = taken.value.path().read_text("gb18030").splitlines()[1:-1]
    cells = [row.split(",") for row in rows]
    lines = [f"{number},{account},{yuan},0000," for number, _h, account, _i, yuan, _r in cells]
    answer = folder / "answer.csv"
    answer.write_text("\n".join(["序号,账号,金额,处理结果,实发金额", *lines]), "gb18030")
    return answer


def taken_in(finance: Visit, answer: Path) -> None:
    """It is looked through, and then taken over."""
    finance.page.get_by_role("link", name="Take the bank's answer in").click()
    finance.settle()
    finance.page.set_input_files("input[type=file]", answer)
    finance.submit()
    finance.page.get_by_role("button", name="Take over all rows").click()
    finance.settle()


def test_what_came_back_is_paid_again_by_three_people_and_everybody_may_read_of_it(
    windows_on: Open, tmp_path: Path
) -> None:
    officer = windows_on(language="en").sign_in("aid", PASSWORD)
    officer.go(BATCHES).fine()
    officer.page.locator(f"main td a[href^='{BATCHES}']").last.click()
    officer.settle().fine()
    assert "2 lines" in text(officer) or "came back" in text(officer)
    another_account(officer)
    press(officer, "follow-up").fine(axe=False)
    address = officer.page.url
    assert "draft" in text(officer)
    assert officer.page.locator("form[action$='/check/']").count() == 0  # who drafted checks not

    leader = windows_on(language="en").sign_in("leader", PASSWORD)
    leader.page.goto(address)
    press(leader, "check")
    finance = windows_on(language="en").sign_in("finance", PASSWORD)
    finance.page.goto(address)
    press(finance, "pay-out").fine()
    taken_in(finance, answer_to(finance, tmp_path))
    finance.page.goto(address)
    assert "reconciled" in text(finance)
    assert "balances to the fen" in text(finance)

    officer.page.goto(address)
    press(officer, "notice")
    assert "1 notices are posted" in officer.page.inner_text("body")
    visitor = windows_on(PHONE, language="en")
    visitor.go("/aid/notices/").fine()
    visitor.page.locator("main a[href^='/aid/notices/']").first.click()
    visitor.settle().fine()
    assert "Names are masked" in text(visitor)
    assert "*" in text(visitor)
    assert "6217" not in text(visitor)

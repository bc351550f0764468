"""Aid is paid in a browser: what came back goes out again, and a first term from tables alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from junheng.accounts.tests import cast
from junheng.aid.tests import builders as aid
from junheng.aid.tests import payment_builders as build
from junheng.aid.tests.beneficiaries.builders import somebody
from tests.browser import DESKTOP, PHONE, Open, Visit
from tests.demo_site import PASSWORD

pytestmark = pytest.mark.browser
BATCHES, ACCOUNTS = "/aid/payments/", "/aid/payments/accounts/"


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


def taken_in(window: Visit, link: str, file: Path) -> None:
    """A table is looked through, and then taken over."""
    window.page.get_by_role("link", name=link).click()
    window.settle()
    window.page.set_input_files("input[type=file]", file)
    window.submit().settle()
    take_over = window.page.get_by_role("button", name="Take over all rows")
    assert take_over.count() == 1, text(window)
    take_over.click()
    window.settle()


def approve_all(second: Visit) -> None:
    """The second person approves what waits, having looked at one of them."""
    second.go(f"{ACCOUNTS}?state=waiting").fine()
    second.page.locator(f"main td a[href^='{ACCOUNTS}']").first.click()
    second.settle().fine()
    assert "Approve the account" in text(second)
    second.go(ACCOUNTS)
    second.page.locator("button[value=approve]").first.click()
    second.settle().fine()


def test_what_came_back_is_paid_again_by_three_people_and_everybody_may_read_of_it(
    windows_on: Open, tmp_path: Path
) -> None:
    officer = windows_on(language="en").sign_in("aid", PASSWORD)
    officer.go(BATCHES).fine()
    officer.page.locator(f"main td a[href^='{BATCHES}']").last.click()
    officer.settle().fine()
    assert "2 lines" in text(officer) or "came back" in text(officer)
    another_account(officer)
    batch = officer.page.url
    leader = windows_on(language="en").sign_in("leader", PASSWORD)
    approve_all(leader)
    officer.page.goto(batch)
    press(officer, "follow-up").fine(axe=False)
    address = officer.page.url
    assert "draft" in text(officer)
    assert officer.page.locator("form[action$='/check/']").count() == 0  # who drafted checks not

    leader.page.goto(address)
    press(leader, "check")
    finance = windows_on(language="en").sign_in("finance", PASSWORD)
    finance.page.goto(address)
    press(finance, "pay-out").fine()
    taken_in(finance, "Take the bank's answer in", answer_to(finance, tmp_path))
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


def fixed_answer_to(finance: Visit, folder: Path) -> Path:
    """The bank's answer in lines of a fixed width, to a file of the same form."""
    with finance.page.expect_download() as taken:
        finance.page.get_by_role("link", name="File for the bank").click()
    assert taken.value.suggested_filename.endswith(".txt")
    *lines, total = taken.value.path().read_bytes().splitlines()
    assert total.startswith("合计".encode("gb18030"))
    found = [(line[:8], line[68:100], line[118:133]) for line in lines]
    answer = folder / "answer.txt"
    answer.write_bytes(
        b"".join(
            n + account + yuan + b"0000".ljust(20) + b" " * 15 + b"\r\n"
            for n, account, yuan in found
        )
    )
    return answer


@pytest.mark.django_db(transaction=True)
def test_a_first_term_is_paid_to_a_pupil_and_a_child_of_a_kindergarten_from_tables(
    visit: Open, tmp_path: Path
) -> None:
    term = aid.a_term()
    (boards,) = aid.pupils(["boarder"])
    somebody(orphan=True)
    aid.told()
    aid.approved("stage IN ('primary', 'lower_secondary')", "boarder", fen=build.FEN)
    aid.approved("stage = 'kindergarten'", "orphan", code="nursery", fen=build.FEN)
    for policy in ("boarders", "nursery"):
        build.budget(policy, half_year="2025-2")
    aid.decided(term)
    table = tmp_path / "cards.csv"
    table.write_text(
        "姓名,学籍编号,就读学校,户名,社保卡号,户主证件号码\n"
        f",{boards.number},,{boards.name},6217000000000001,990100198001010018\n"
        "田小禾,,Yunhuai Kindergarten,田大山,6217000000000002,990100198001010018\n"
    )
    officer = visit(DESKTOP, language="en").come_in(cast.ma()).go(ACCOUNTS)
    taken_in(officer.fine(), "Import accounts", table)
    officer.go(ACCOUNTS).fine()
    assert "2 accounts wait for a second person" in text(officer)
    assert officer.page.locator("button[value=approve]").count() == 0  # who brought them

    second = visit(DESKTOP, language="en").come_in(build.second())
    approve_all(second)
    assert "2 accounts count now." in second.page.inner_text("body")

    officer.go(BATCHES).page.select_option("[name=source]", "county")
    officer.page.select_option("[name=term]", index=0)
    officer.page.get_by_role("button", name="Draft", exact=True).click()
    address = officer.settle().fine().page.url
    second.page.goto(address)
    press(second, "check")
    finance = visit(DESKTOP, language="en").come_in(cast.xu())
    finance.page.goto(address)
    finance.page.select_option("[name=layout]", "cards-2026-fixed")
    press(finance, "pay-out").fine()
    taken_in(finance, "Take the bank's answer in", fixed_answer_to(finance, tmp_path))
    finance.page.goto(address)
    assert "reconciled" in text(finance.settle().fine())
    assert "balances to the fen" in text(finance)

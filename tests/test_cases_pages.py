"""The consultation desk and a case in a real browser, typed at as it is meant to be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from junheng.accounts.tests import cast
from junheng.cases.models import Consultation
from junheng.cases.services import cases, desk
from junheng.cases.web.case import MATTER
from tests.browser import DESKTOP, PHONE, Visit

Open = Callable[..., Visit]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def day() -> str:
    """A day at the desk: an answer, somebody who waits, and a matter at a school."""
    li, path = cast.li(), cast.counties().path
    given = {"topic": "报名", "key_words": "", "basis": "第三条"}
    for question, text in (("外地户口怎么报名？", "凭居住证。"), ("什么时候报到？", "八月底。")):
        desk.write_answer(None, path=path, question=question, text=text, by=li, **given)
    asked = desk.Asked("phone", "校车怎么坐？", "Mr Zhao", "13800000001")
    desk.promise_call(asked, desk=desk.Desk(path, "admissions_officer"), by=li)
    school = cast.school().path
    case = cases.open_case(
        MATTER, subject="M-1", title="路灯不亮", path=school, by=li, asker="Zhao"
    )
    return case.number


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_call_is_taken_down_by_keyboard_and_a_case_is_done(
    visit: Open, day: str, width: int
) -> None:
    window = visit(width, language="en").come_in(cast.li()).go("/desk/")
    keyboard = window.page.keyboard
    keyboard.type("外地户口报名")  # the cursor stands where it is needed
    window.page.get_by_text("凭居住证。").wait_for()
    window.fine()
    keyboard.press("Alt+Digit1")
    keyboard.press("Control+Enter")
    window.page.get_by_text("Written down as answered").wait_for()
    made = Consultation.objects.exclude(answered_at=None).get()
    assert (made.question, made.said) == ("外地户口报名", "凭居住证。")
    for path in ("/desk/waiting/", "/desk/statistics/", "/desk/answers/", "/cases/all/"):
        window.go(path).fine(axe=width == PHONE)
    window.go(f"/cases/{day}/").fine()
    window.page.fill("[name=words]", "Mended.")
    window.submit().fine(axe=False)
    assert window.page.get_by_text("Done, to be checked").count()
    window.go(f"/cases/{day}/?do=hand_over").fine()
    for path in ("/cases/calendar/", "/cases/load/", "/cases/new/"):
        window.go(path).fine(axe=width == DESKTOP)


def test_without_scripts_an_answer_is_found_by_the_button(visit: Open, day: str) -> None:
    window = visit(DESKTOP, language="en", java_script_enabled=False).come_in(cast.li())
    window.page.goto(f"{window.base}/desk/")
    window.page.fill("[name=question]", "报到")
    window.page.get_by_role("button", name="Find answers").click()
    window.page.get_by_label("什么时候报到").check()
    window.page.get_by_role("button", name="Answered", exact=True).click()
    assert Consultation.objects.filter(said="八月底。").exists()
    assert day

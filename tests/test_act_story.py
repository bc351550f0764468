"""The act of a round by four people, each with an account of their own, in a real browser.

Li asks, Wu agrees, Zheng audits, Wang heads a school. They work on the site that `junheng demo`
serves, with its worker beside it, on a small round of their own; and they try to cheat on the way.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from junheng.admissions.models import RoundDate
from junheng.admissions.tests.rounds import builders
from tests.browser import PHONE, Open, Visit
from tests.demo_site import PASSWORD, wait_for_job

pytestmark = pytest.mark.browser
SHANGHAI = ZoneInfo("Asia/Shanghai")
REF = "2026-story"  # after the demo's own round, which the tour takes as the first
NOTICE = timedelta(seconds=60)
"""From naming the event to its taking place: so long the people of this story take."""


def person(windows_on: Open, username: str, **options: str) -> Visit:
    return windows_on(language="en", **options).sign_in(username, PASSWORD)


def load(window: Visit, **tables: str) -> Visit:
    """Send the small round's files and look at what was read."""
    window.go("/rounds/load/")
    files = builders.round_files(ref=REF, **tables)
    window.page.set_input_files(
        "input[type=file]",
        [{"name": n, "mimeType": "text/plain", "buffer": data} for n, data in files.items()],
    )
    return wait_for_job(window.submit())


def act_page(window: Visit) -> Visit:
    window.go("/rounds/")
    window.page.locator("main tr", has_text=REF).locator("a[href^='/rounds/']").first.click()
    window.settle()
    window.page.locator("main nav a[href$='/act/']").click()
    return window.settle()


def press(window: Visit, action: str) -> Visit:
    """Press the button of the form that leads there."""
    window.page.locator(f"main form[action*='{action}'] button").first.click()
    return window.settle()


def agree(window: Visit) -> Visit:
    """Find what waits in the list of steps for two, and say yes."""
    window.go("/approvals/?state=pending")
    window.page.locator("main table a").first.click()
    window.settle().fine(axe=False)
    return press(window, "/agree/")


def text(window: Visit) -> str:
    return window.page.inner_text("main")


def send(window: Visit, address: str, **form: str) -> None:
    """Send a form that no page offers to this person."""
    token = next(c["value"] for c in window.context.cookies() if c["name"] == "csrftoken")
    headers = {"X-CSRFToken": token, "Referer": address}
    window.context.request.post(address, form=form, headers=headers)


def tab(window: Visit, part: str) -> Visit:
    window.page.locator(f"main nav a[href$='/{part}/']").click()
    return window.settle()


def write_text(window: Visit) -> None:
    """Say to families what holds; without it a round is not opened."""
    window.page.fill("[name=policy]", "Every child near home.")
    window.submit().fine()


def set_calendar(window: Visit, event_at: datetime) -> None:
    """Applications and freezing yesterday, the event in a moment, a day for each of the rest."""
    days = dict(zip(RoundDate.What.values, (-2, -1, 1, 2, 3, 4), strict=True))
    for box in window.page.locator("main form input[type=datetime-local]").all():
        what = str(box.get_attribute("name")).rpartition("_")[0]
        box.fill(f"{event_at + timedelta(days=days[what]):%Y-%m-%dT%H:%M}")
    window.submit().fine()


def name_event(window: Visit, event_at: datetime) -> None:
    page = window.page
    page.fill("[name=name]", "Drawing 100 of the state lottery")
    page.fill("[name=how_written]", "As drawn, joined by hyphens")
    page.fill("[name=example]", "00-00-00+00")
    for name in ("contributions_until", "takes_place_at"):
        page.fill(f"[name={name}]", f"{event_at:%Y-%m-%dT%H:%M:%S}")
    press(window, "/act/event/")


def test_four_people_take_a_round_from_plan_to_publication(windows_on: Open) -> None:
    li, wu = person(windows_on, "admissions"), person(windows_on, "leader")
    zheng, wang = person(windows_on, "auditor"), person(windows_on, "head")

    # Li loads the list and plans the intake
    load(li)
    press(li, "/confirm/")
    wait_for_job(li)
    tab(li, "plan")
    press(li, "/plan/begin/").fine()
    write_text(tab(li, "rules"))
    moment = (datetime.now(SHANGHAI) + NOTICE).replace(microsecond=0)
    set_calendar(tab(li, "calendar"), moment)
    name_event(tab(li, "act"), moment)
    press(li, "/act/ask/open/").fine()

    # one person approving twice: refused
    li.page.locator("main .notice a[href^='/approvals/']").first.click()
    li.settle()
    assert li.page.locator("main form[action$='/agree/']").count() == 0
    send(li, f"{li.page.url}agree/")
    agree(wu)
    assert "open" in text(act_page(zheng))

    # a contribution is sealed, and the slip does not tell it
    act_page(li)
    li.page.fill("[name=words]", "a sunny day")
    press(li, "/act/contribute/").fine()
    assert "sunny" not in text(li)
    press(act_page(li), "/act/ask/freeze/")
    agree(wu)

    # a changed list after freezing: refused
    load(li, applicants=builders.CHILDREN.replace(",2,,", ",1,,"))
    assert "so nothing else can be loaded" in text(li)

    # the event takes place; figures in another writing come back, the right ones give the seed
    time.sleep(max(0.0, (moment - datetime.now(SHANGHAI)).total_seconds()) + 0.5)
    act_page(li).page.fill("[name=figures]", "3 11 28 7")
    press(li, "/act/ask/draw/").expect_fault("422")
    assert "has to look like" in text(li)
    li.page.fill("[name=figures]", "03-11-28+07")
    press(li, "/act/ask/draw/")
    agree(wu)
    assert "a sunny day" in text(act_page(zheng).fine())

    # the run, the publication
    press(act_page(li), "/run/")
    wait_for_job(li)
    press(act_page(li), "/act/ask/publish/")
    agree(wu)
    assert "published" in text(act_page(zheng)).lower()

    # a second seed, once the first is known: refused
    send(li, f"{act_page(li).page.url}ask/draw/", figures="01-01-01+01")

    # Wang sees no round of schools that are not his; the public and a phone see all there is
    assert wang.go("/rounds/").page.locator("main tr", has_text=REF).count() == 0
    phone = windows_on(PHONE, language="en").go("/r/").fine()
    phone.page.locator(f"main a[href$='/{REF}/']").click()
    phone.settle().fine()
    assert "a sunny day" in text(phone)

    # what was refused is in the auditor's list, with who tried it
    told = text(zheng.go("/accounts/attempts/?q=admissions").fine())
    for attempt in ("Open the round", "Enter the event and make the seed"):
        assert attempt in told
    assert told.count("李清和") == 2

"""After a result: an objection wins, a child checks in, a seat is released and taken by the next.

Families walk with a phone, the bureau's people and a school's clerk at desks, on the site that
`junheng demo` serves, in a small published round of their own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.after_round import REF
from tests.browser import PHONE, Open, Visit
from tests.demo_site import PASSWORD
from tests.launched import Site

pytestmark = pytest.mark.browser
PUBLIC = f"/r/990100/{REF}/"
WORDS = "我们就住在学校隔壁，房产证上写着。"
ANSWER = "经核查，房产登记于报名前完成，异议成立。"
LETTER = re.compile(r"AL-\d{4}-[0-9A-Z]{4}-[0-9A-Z]{5}")
OBJECTION = re.compile(r"OB-\d{4}-[0-9A-Z]{4}-[0-9A-Z]{5}")


def in_site(site: Site, *words: str) -> dict[str, Any]:
    """What is done beside the pages, in the site's own database."""
    environment = {**os.environ, "JUNHENG_VAR": str(site.var)}
    environment.pop("JUNHENG_AS_OWNER", None)
    command = [sys.executable, "-m", "tests.after_round", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def text(window: Visit) -> str:
    return window.page.inner_text("main")


def staff(windows_on: Open, username: str) -> Visit:
    return windows_on(language="en").sign_in(username, PASSWORD)


def sign_in(window: Visit, phone: str) -> Visit:
    """By telephone and code, as the demonstration shows it."""
    window.page.fill("[name=phone]", phone)
    window.submit()
    window.page.fill("[name=code]", window.page.inner_text("#demo-code"))
    return window.submit()


def press(window: Visit, name: str) -> Visit:
    """The button or link that says so."""
    page = window.page
    named = page.get_by_role("button", name=name, exact=True).or_(
        page.get_by_role("link", name=name, exact=True)
    )
    named.first.click()
    return window.settle()


def agree(windows_on: Open) -> None:
    """The leader finds what waits in the list of steps for two, and says yes."""
    leader = staff(windows_on, "leader").go("/approvals/?state=pending").fine()
    leader.page.locator("main table a").first.click()
    leader.settle().fine()
    leader.page.locator("main form[action*='/agree/'] button").first.click()
    leader.settle().fine(axe=False)


def seats(officer: Visit, told: dict[str, Any]) -> dict[str, set[str]]:
    """Whom each school's desk expects, by the school's name."""
    officer.go(f"/rounds/{told['round']}/check-in/").fine()
    rows = officer.page.locator("main table a").all()
    desks = {row.inner_text(): str(row.get_attribute("href")) for row in rows}
    found = {}
    for name, address in desks.items():
        boxes = officer.go(address).page.locator("main [name=child]").all()
        found[name] = {str(box.get_attribute("value")) for box in boxes}
    return found


def look_up_and_object(windows_on: Open, told: dict[str, Any], photo: Path) -> Visit:
    """A family reads its result, signs in, says why it does not agree, and adds a photo."""
    number, phone = told["unplaced"], told["phones"][told["unplaced"]]
    family: Visit = windows_on(PHONE, language="en").go(f"{PUBLIC}look-up/").fine()
    family.page.fill("[name=number]", number)
    family.page.fill("[name=digits]", phone[-4:])
    family.submit().fine()
    assert "No seat in this round" in text(family)
    sign_in(press(family, "To my own page").fine(), phone).fine()
    press(family, "Object to the result").fine()
    family.page.fill("[name=words]", WORDS)
    family.submit().fine()
    assert OBJECTION.search(text(family))
    family.page.set_input_files("#upload-files", photo)
    family.page.locator(".upload-row").first.wait_for()
    return family.fine()


def uphold(windows_on: Open, told: dict[str, Any]) -> None:
    """The officer finds the case, reads it, writes what was found and proposes the seat."""
    officer = staff(windows_on, "admissions").go("/cases/").fine()
    officer.page.locator("main table a", has_text="Objection OB").first.click()
    press(officer.settle().fine(), "To the matter itself").fine()
    assert WORDS in text(officer)
    officer.page.locator(".upload-list img, .upload-list a").first.wait_for()
    officer.page.check("[name=outcome][value=upheld]")
    school = officer.page.locator("[name=school] option", has_text=told["school"]).first
    officer.page.select_option("[name=school]", str(school.get_attribute("value")))
    officer.page.fill("[name=clause]", "§ 7 (2)")
    officer.page.fill("[name=words]", ANSWER)
    officer.submit().fine()


def tick_everybody(desk: Visit, told: dict[str, Any], *, but: str = "") -> None:
    """At every desk that opens for this person."""
    desk.go(f"/rounds/{told['round']}/check-in/")
    links = desk.page.locator("main table a").all()
    for address in [str(one.get_attribute("href")) for one in links]:
        desk.go(address)
        for box in desk.page.locator("main [name=child]").all():
            if box.get_attribute("value") != but:
                box.check()
        desk.page.locator("main button[name=tick][value=came]").click()
        desk.settle()


def test_an_objection_wins_and_a_released_seat_goes_to_the_next(
    windows_on: Open, demo_site: Site, tmp_path: Path
) -> None:
    told = in_site(demo_site, "begin")
    number = told["unplaced"]
    officer = staff(windows_on, "admissions")
    before = seats(officer, told)

    # the objection
    photo = tmp_path / "house.jpg"
    Image.new("RGB", (800, 600), "grey").save(photo)
    family = look_up_and_object(windows_on, told, photo)
    uphold(windows_on, told)
    agree(windows_on)
    family.page.reload()
    family.settle().fine()
    assert ANSWER in text(family)
    assert told["school"] in text(family)
    letter = LETTER.search(text(family))
    assert letter is not None
    paper = family.context.request.get(f"{family.base}/apply/numbers/{number}/letter.pdf")
    assert paper.body().startswith(b"%PDF")
    press(family, "Yes, satisfied").fine()
    assert "You are satisfied" in text(family)
    after = seats(officer, told)
    assert after == before | {told["school"]: before[told["school"]] | {number}}

    # check-in at the school, by the code on the letter
    clerk = staff(windows_on, "clerk").go(f"/rounds/{told['round']}/check-in/").fine()
    clerk.page.locator("main table a").first.click()
    clerk.settle().page.fill("[name=q]", f"{clerk.base}/l/{letter[0]}/")
    press(clerk, "Find").fine()
    assert clerk.page.locator("main [name=child]").count() == 1
    clerk.page.locator(f"main button[value='came:{number}']").click()
    assert "1 child is written down" in text(clerk.settle().fine(axe=False))

    # one child does not come: its seat is released and offered to the next
    absent = min(after["Chengguan Primary"])
    tick_everybody(officer, told, but=absent)
    in_site(demo_site, "over", str(told["round"]))
    officer.go(f"/rounds/{told['round']}/waiting/").fine()
    officer.page.fill("[name=reason]", "Did not come, was called twice.")
    press(officer, "Ask to release them").fine(axe=False)
    agree(windows_on)
    press(officer.go(f"/rounds/{told['round']}/waiting/"), "Call up").fine()
    offered = officer.page.locator("main tr", has_text="Chengguan Primary").last.inner_text()
    next_up = next(one for one in told["phones"] if one in offered)
    other = family  # the lottery may have put the same child first
    if next_up != number:
        other = windows_on(PHONE, language="en")
        sign_in(other.go(f"/apply/numbers/{next_up}/"), told["phones"][next_up])
    other.go(f"/apply/numbers/{next_up}/").fine()
    assert "A seat is free for your child" in text(other)
    press(other, "Take this seat").fine()
    assert "called up from the waiting list" in text(other)
    assert seats(officer, told)["Chengguan Primary"] == (
        after["Chengguan Primary"] - {absent} | {next_up}
    )

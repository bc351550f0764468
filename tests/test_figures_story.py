"""A figure of the yearly return in a browser: down to a child's record, and out as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import PHONE, Open, Visit
from tests.demo_site import PASSWORD

pytestmark = pytest.mark.browser
ROWS = "main table.list-table tbody tr"


def open_first(window: Visit, part: str, row: int = 0) -> Visit:
    """Follow the first way of a row whose address has this part."""
    line = window.page.locator(ROWS).nth(row)
    line.locator(f"a[href*='{part}']").first.click()
    return window.settle()


def brought(window: Visit, name: str) -> bytes:
    """What a button of the page gives out."""
    with window.page.expect_download() as waiting:
        window.page.get_by_role("link", name=name, exact=True).click()
    return Path(waiting.value.path()).read_bytes()


def test_a_figure_leads_to_a_record_and_the_files_are_not_empty(windows_on: Open) -> None:
    officer = windows_on(language="en").sign_in("admissions", PASSWORD)
    officer.go("/registry/statistics/").fine()
    assert brought(officer, "Excel").startswith(b"PK")
    word = brought(officer, "Word")
    assert word.startswith(b"PK")
    assert len(word) > 20_000
    for part in ("statistics/schools", "statistics/classes", "statistics/pupils", "/pupils/"):
        open_first(officer, part).fine(axe=False)
    officer.fine()
    assert "Pupil" in officer.page.inner_text("main")

    head = windows_on(PHONE, language="en").sign_in("head", PASSWORD)
    head.go("/registry/statistics/schools/").fine(axe=False)
    own = head.page.locator(ROWS)
    assert own.count() == 1
    school = own.first.inner_text()
    open_first(head, "statistics/pupils").fine()
    listed = head.page.locator(ROWS)
    assert listed.count() > 1
    name = school.split("\n")[0].strip()
    assert all(name in row for row in listed.all_inner_texts())

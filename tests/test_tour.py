"""The tour of the README, in a real browser, on the site that `junheng demo` serves.

Nothing here is arranged by the test: the command loads the county, runs its round, and the
worker beside it does the work. Steps run in the order of the day and build on each other.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from junheng.registry.demo.county import build
from junheng.registry.demo.files import round_files, round_workbook
from junheng.site.demo import SEED
from tests.browser import DESKTOP, PHONE, Open, Visit
from tests.demo_site import PASSWORD, wait_for_job

pytestmark = pytest.mark.browser
WIDTHS = pytest.mark.parametrize("width", [DESKTOP, PHONE])
JUNHENG = str(Path(sys.executable).with_name("junheng"))


def officer(windows_on: Open, width: int = DESKTOP, **options: str) -> Visit:
    return windows_on(width, **options).sign_in("admissions", PASSWORD)


def to_result(window: Visit) -> Visit:
    """From the list of rounds to the latest result of the demo's round."""
    window.go("/rounds/")
    window.page.locator("main a[href^='/rounds/']", has_text="2026").first.click()
    window.settle()
    window.page.locator("main a[href^='/rounds/runs/']").first.click()
    return window.settle()


def tab(window: Visit, part: str) -> Visit:
    window.page.locator(f"main nav a[href$='/{part}/']").click()
    return window.settle()


@WIDTHS
def test_the_front_door_offers_the_demos_accounts(windows_on: Open, width: int) -> None:
    window = windows_on(width).go("/").fine()
    assert "admissions" in window.page.inner_text("main")


@WIDTHS
def test_the_officer_finds_result_school_child_and_receipt(windows_on: Open, width: int) -> None:
    window = to_result(officer(windows_on, width).fine()).fine()
    tab(window, "schools").fine()
    window.page.locator("main table a[href*='/schools/']").first.click()
    window.settle().fine()
    tab(window, "children").fine()
    window.page.locator("main table a[href*='/children/']").first.click()
    window.settle().fine()
    assert "hmac" in window.page.inner_text("main").lower()
    tab(window, "receipt").fine()


@WIDTHS
def test_the_same_walk_is_sound_in_english(windows_on: Open, width: int) -> None:
    window = to_result(officer(windows_on, width, language="en")).fine()
    assert not re.search(r"[一-鿿]", window.page.inner_text("main h1, main h2"))


def test_a_broken_cell_comes_back_with_sheet_row_and_column(windows_on: Open) -> None:
    book = openpyxl.load_workbook(io.BytesIO(round_workbook(build(SEED))))
    book["applicants"]["E7"] = "first"
    book["schools"]["A3"] = "no, comma"
    window = send(officer(windows_on), workbook_bytes(book)).fine()
    told = window.page.inner_text("main table")
    assert "applicants" in told
    assert "tier" in told
    assert "schools" in told
    assert "7" in told


def test_a_round_is_loaded_run_and_read(windows_on: Open) -> None:
    book = openpyxl.load_workbook(io.BytesIO(round_workbook(build(SEED))))
    for row in book["round"].iter_rows():
        if row[0].value == "ref":
            row[1].value = "2026-g1-tour"
    window = send(officer(windows_on), workbook_bytes(book)).fine()
    window.page.locator("main form[action$='/confirm/'] button").click()
    wait_for_job(window.settle()).fine()
    window.page.locator("main form[action$='/run/'] .btn-primary").click()
    wait_for_job(window.settle()).fine()
    assert window.page.locator("main nav a[href$='/receipt/']").count() == 1


def test_what_is_downloaded_verifies_on_a_laptop(windows_on: Open, tmp_path: Path) -> None:
    window = tab(to_result(officer(windows_on)), "receipt")
    result, inputs = tmp_path / "result", tmp_path / "inputs"
    for folder, part in ((result, "/files/"), (inputs, "/inputs/")):
        folder.mkdir()
        for link in window.page.locator(f"main a[href*='{part}']").all():
            with window.page.expect_download() as download:
                link.click()
            download.value.save_as(folder / download.value.suggested_filename)
    verified = subprocess.run(
        [JUNHENG, "verify", str(result), "--inputs", str(inputs)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert (inputs / "round.toml").read_bytes() == round_files(build(SEED))["round.toml"]


def test_a_clerk_of_a_school_sees_that_school_alone(windows_on: Open) -> None:
    window = windows_on().sign_in("clerk", PASSWORD).go("/rounds/").fine()
    assert window.page.locator("main a[href^='/rounds/']").count() >= 1
    window.go("/rounds/load/").expect_fault("404")


def send(window: Visit, workbook: bytes) -> Visit:
    """Send a workbook to be checked and wait for what was found."""
    window.go("/rounds/load/")
    window.page.set_input_files(
        "input[type=file]",
        {"name": "round.xlsx", "mimeType": "application/octet-stream", "buffer": workbook},
    )
    return wait_for_job(window.submit())


def workbook_bytes(book: openpyxl.Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()

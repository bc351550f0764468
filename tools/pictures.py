"""Take the README's pictures from a running demo: `tools/pictures.py [ADDRESS [ROUND_FOLDER]]`.

With a folder that holds a round in files, it is loaded and run through the pages, too, and its
map becomes `santiago.png`.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
PASSWORD = "Yunhuai-2026"  # noqa: S105  # of the demo, printed on its front page
WAIT_MS = 120_000


def main(address: str = "http://127.0.0.1:8000", folder: str = "") -> None:
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        sign_in(page, address)
        result = open_result(page, address, "2026-g1")
        shoot(page, "result")
        shoot_map(page, "map")
        child = open_child(page, result)
        shoot(page, "child")
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(child)
        shoot(page, "child-phone")
        page.set_viewport_size({"width": 1440, "height": 900})
        if folder:
            run_round(page, address, Path(folder))
            shoot_map(page, "santiago")
        browser.close()


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.fill("[name=login]", "admissions")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/workbench/")


def open_result(page: Page, address: str, ref: str) -> str:
    page.goto(f"{address}/rounds/")
    page.locator("main tr", has_text=ref).locator("a[href^='/rounds/runs/']").first.click()
    page.wait_for_load_state("networkidle")
    return page.url


def open_child(page: Page, result: str) -> str:
    """A child that was diverted has the most to tell."""
    page.goto(f"{result}children/?how=diverted")
    page.wait_for_load_state("networkidle")
    page.locator("main table a[href*='/children/']").first.click()
    page.wait_for_load_state("networkidle")
    return page.url


def run_round(page: Page, address: str, folder: Path) -> None:
    """Load a round's files, run a rehearsal, and wait for the result, as an officer does."""
    page.goto(f"{address}/rounds/load/")
    page.set_input_files("input[type=file]", sorted(str(file) for file in folder.iterdir()))
    page.locator("main form .btn-primary").first.click()
    page.locator("form[action$='/confirm/'] button").click(timeout=WAIT_MS)
    page.fill("[name=words]", "trial", timeout=WAIT_MS)
    page.locator("form[action$='/run/'] .btn-primary").click()
    page.locator("main nav a[href$='/receipt/']").wait_for(timeout=WAIT_MS)
    page.wait_for_load_state("networkidle")


def shoot(page: Page, name: str) -> None:
    page.wait_for_timeout(1500)  # charts and maps draw themselves in
    page.screenshot(path=PICTURES / f"{name}.png")


def shoot_map(page: Page, name: str) -> None:
    page.wait_for_timeout(1500)
    page.locator(".card", has=page.locator(".leaflet-container")).first.screenshot(
        path=PICTURES / f"{name}.png"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

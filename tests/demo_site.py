"""The site that `junheng demo` serves, started once for all stories that walk on it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import Open, Visit, windows
from tests.launched import Site, data_folder, free_port

PASSWORD = "Yunhuai-2026"
JOB_SECONDS = 240.0
POLLING = "[hx-trigger^='every']"


@pytest.fixture(scope="session")
def demo_site() -> Iterator[Site]:
    """The real command, with its own database and its worker."""
    with data_folder() as folder:
        site = Site(folder, free_port(), "demo")
        try:
            site.wait_ready()
            yield site
        finally:
            site.stop()


@pytest.fixture
def windows_on(demo_site: Site, chromium: Browser) -> Iterator[Open]:
    """Open windows onto the demo: `windows_on()`, `windows_on(PHONE, language="en")`."""
    with windows(chromium, demo_site.url) as opened:
        yield opened


def wait_for_job(window: Visit) -> Visit:
    """Follow a job's page until its work is done."""
    deadline = time.monotonic() + JOB_SECONDS
    while re.search(r"/jobs/", window.page.url) or window.page.locator(POLLING).count():
        assert time.monotonic() < deadline, window.page.inner_text("main")
        done = window.page.locator("main a.btn-primary[href^='/rounds/']")
        if done.count():
            done.first.click()
        window.page.wait_for_timeout(300)
    return window.settle()

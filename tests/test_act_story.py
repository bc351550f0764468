"""The act of a round by four people, each with an account of their own, in a real browser.

Li asks, Wu agrees, Zheng audits, Wang heads a school. They work on the site that `junheng demo`
serves, with its worker beside it; the round is a small one of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from tests.browser import DESKTOP, PHONE, Open, Visit, windows
from tests.launched import Site, data_folder, free_port
from tests.test_tour import PASSWORD, wait_for_job

pytestmark = pytest.mark.browser
SHANGHAI = ZoneInfo("Asia/Shanghai")
FIGURES = "03-11-28+07"
NOTICE = timedelta(seconds=75)
"""From naming the event to its taking place: so long the people of this story take."""

TOML = """\
[round]
ref = "2026-act"
year = 2026
level = "primary"
class_cap = 55
priority = ["tier", "sibling", "ticket"]
[lottery]
method = "hmac-sha256"
seed = ""
[diversion]
mode = "zone"
"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with data_folder() as folder:
        site = Site(folder, free_port(), "demo")
        try:
            site.wait_ready()
            yield site
        finally:
            site.stop()


@pytest.fixture
def windows_on(site: Site, chromium: Browser) -> Iterator[Open]:
    with windows(chromium, site.url) as opened:
        yield opened

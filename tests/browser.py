"""A real browser for stories that need one: it signs in, looks, and keeps what went wrong.

The fixtures come through tests/conftest.py. A test takes `visit`, opens a page at a width, walks,
and ends with `fine()`, which fails on console errors, on anything the content security policy
stopped, on requests to elsewhere, on a page wider than the window and on what axe calls serious.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

from junheng.accounts.models import User
from junheng.accounts.tests.cast import PASSWORD, SECRET

DESKTOP, PHONE = 1440, 390
HEIGHT = {DESKTOP: 900, PHONE: 844}
FLAGS = ["--no-sandbox", "--disable-background-networking"]
AXE = Path(settings.NODE_MODULES) / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
Open = Callable[..., "Visit"]


@dataclass
class Visit:
    """One person's window, and what went wrong in it."""

    context: BrowserContext
    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> Visit:
        """Open an address of the site and wait until the type is there."""
        self.page.goto(self.base + path)
        return self.settle()

    def settle(self) -> Visit:
        """Wait for what scripts still draw."""
        self.page.wait_for_load_state("load")
        self.page.evaluate("document.fonts.ready.then(() => null)")
        self.page.wait_for_function("() => !document.querySelector('.htmx-request')")
        return self

    def come_in(self, user: User) -> Visit:
        """Be signed in, without the forms."""
        client = Client()
        client.force_login(user)
        return self.keep(settings.SESSION_COOKIE_NAME, client.cookies["sessionid"].value)

    def sign_in(self, username: str, password: str = PASSWORD, secret: str = SECRET) -> Visit:
        """Sign in by the forms, with a second factor where one is asked for."""
        self.go("/accounts/login/")
        self.page.fill("[name=login]", username)
        self.page.fill("[name=password]", password)
        self.submit()
        if self.page.locator("[name=code]").count():
            self.page.fill("[name=code]", code_of(secret))
            self.submit()
        return self

    def submit(self) -> Visit:
        """Press the main button of the first form on the page's main part."""
        self.page.locator("main form .btn-primary").first.click()
        return self.settle()

    def keep(self, name: str, value: str) -> Visit:
        """Put a cookie into this window."""
        self.context.add_cookies([{"name": name, "value": value, "url": self.base}])
        return self

    def shot(self, file: Path, *, whole: bool = True) -> Path:
        """A picture of the page."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=file, full_page=whole)
        return file

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        script = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(script))

    def axe(self) -> list[str]:
        """What axe-core finds: impact, rule, first place."""
        session = self.context.new_cdp_session(self.page)  # past the content security policy
        session.send("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
        found: dict[str, Any] = self.page.evaluate("axe.run()")
        assert found["passes"], "axe looked at nothing"
        return [
            f"{one['impact']} {one['id']}: {one['nodes'][0]['target']}"
            for one in found["violations"]
        ]

    def fine(self, *, axe: bool = True) -> Visit:
        """Nothing went wrong so far, and the page as it stands is sound.

        `axe=False` for a page that differs from one looked at only in size: axe takes its time.
        """
        grave = [one for one in (self.axe() if axe else []) if one.split()[0] in GRAVE]
        wide = [f"{self.overflow()} px wider than the window"] if self.overflow() > 0 else []
        found = [*self.faults, *grave, *wide]
        assert not found, f"{self.page.url}: {found}"
        return self

    def expect_fault(self, part: str) -> Visit:
        """Take away a fault that the story is about, such as a page that is not found."""
        assert any(part in one for one in self.faults), self.faults
        self.faults[:] = [one for one in self.faults if part not in one]
        return self


def code_of(secret: str) -> str:
    """The six digits that an authenticator shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


FONTS = """<?xml version="1.0"?>
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{folder}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


@pytest.fixture(scope="session")
def chinese_type(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Chinese fonts as if they were installed: without them every window would load 20 MB."""
    room = tmp_path_factory.mktemp("fonts")
    folder = Path(settings.NODE_MODULES) / "@expo-google-fonts" / "noto-sans-sc"
    (room / "fonts.conf").write_text(FONTS.format(folder=folder, cache=room / "cache"))
    return {"FONTCONFIG_FILE": str(room / "fonts.conf")}


@pytest.fixture(scope="session")
def chromium(chinese_type: dict[str, str]) -> Iterator[Browser]:
    """The browser itself, started once."""
    # Playwright keeps an event loop in this thread; Django then takes every query for an async one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    found = next(filter(_runs, ("chromium", "chromium-browser", "google-chrome")), None)
    path = shutil.which(found) if found else None  # without one: Playwright's own
    with sync_playwright() as playwright:
        environment: Any = {**os.environ, **chinese_type}
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, env=environment)
        yield browser
        browser.close()


def _runs(name: str) -> bool:
    """Whether the name is a browser, and no stand-in that tells where to get one."""
    path = shutil.which(name)
    return bool(path) and subprocess.run([path, "--version"], capture_output=True).returncode == 0


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Open]:
    """Open windows onto the running site: `visit()`, `visit(PHONE)`, `visit(language="en")`."""
    with windows(chromium, live_server.url) as opened:
        yield opened


@contextmanager
def windows(chromium: Browser, base: str) -> Iterator[Open]:
    """A way to open windows onto the site at `base`; all are closed at the end."""
    opened: list[BrowserContext] = []

    def open_window(width: int = DESKTOP, *, language: str = "zh-hans", **options: Any) -> Visit:
        size: Any = {"width": width, "height": HEIGHT.get(width, 900)}
        context = chromium.new_context(viewport=size, locale="zh-CN", **options)
        context.set_default_timeout(15_000)
        opened.append(context)
        window = Visit(context, context.new_page(), base)
        _listen(window)
        return window.keep(settings.LANGUAGE_COOKIE_NAME, language)

    yield open_window
    for context in opened:
        context.close()


def _listen(visit: Visit) -> None:
    host = urlsplit(visit.base).netloc

    def asked(request: Request) -> None:
        there = urlsplit(request.url)
        if there.scheme in ("http", "https") and there.netloc != host:
            visit.faults.append(f"asked elsewhere: {request.url}")

    def heard(said: ConsoleMessage) -> None:
        if said.type == "error":
            visit.faults.append(said.text)

    visit.page.on("console", heard)
    visit.page.on("pageerror", lambda error: visit.faults.append(f"script: {error}"))
    visit.page.on("request", asked)

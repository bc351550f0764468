"""Fixtures of the stories that cross rooms."""

from __future__ import annotations

from tests.browser import chinese_type, chromium, visit
from tests.demo_site import demo_site, windows_on

__all__ = ["chinese_type", "chromium", "demo_site", "visit", "windows_on"]

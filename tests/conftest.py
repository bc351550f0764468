"""Fixtures of the stories that cross rooms."""

from __future__ import annotations

import pytest

from tests.browser import chinese_type, chromium, visit
from tests.demo_site import demo_site, windows_on

__all__ = ["chinese_type", "chromium", "demo_site", "visit", "windows_on"]


@pytest.fixture(autouse=True)
def not_counted(no_cover: None) -> None:
    """A line counts as covered where it is tested by itself; stories show that the whole holds."""

"""Fixtures of the stories that cross rooms."""

from __future__ import annotations

from tests.browser import chinese_type, chromium, visit

__all__ = ["chinese_type", "chromium", "visit"]

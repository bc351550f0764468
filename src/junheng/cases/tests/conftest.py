"""Browsers in which somebody is signed in, and a kind of case that another room settles."""

from __future__ import annotations

from junheng.accounts.tests.conftest import client, english, signed_in
from junheng.cases.tests.builders import kinds

__all__ = ["client", "english", "kinds", "signed_in"]

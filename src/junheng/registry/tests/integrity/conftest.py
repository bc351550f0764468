"""Browsers in which somebody is signed in."""

from __future__ import annotations

from junheng.accounts.tests.conftest import client, english, signed_in

__all__ = ["client", "english", "signed_in"]

"""What happened here that others wait for; sent after commit."""

from __future__ import annotations

from django.dispatch import Signal

delivery_loaded = Signal()
"""A register has news: sent with `register` (a `Register`) and `path`."""

connection_back = Signal()
"""A service answers again: sent with `register` (a `Register`) and `path`."""

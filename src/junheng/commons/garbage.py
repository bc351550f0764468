"""What a process has loaded stays, so nobody looks for garbage in it."""

from __future__ import annotations

import gc

SELDOM = (50_000, 20, 20)
"""Python looks after every 700 new objects, for small programs; models, pages and words are some
hundred thousand that never go. So a seventh of the time of a request went to looking at them."""


def leave_what_is_loaded() -> None:
    """Once everything is imported; what comes later is looked through, and seldom."""
    gc.freeze()
    gc.set_threshold(*SELDOM)

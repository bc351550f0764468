"""What the worker does for aid, by topic; each wraps one call and is safe to run twice."""

from __future__ import annotations

from junheng.aid.jobs.checking import check_soon
from junheng.aid.jobs.deciding import decide_soon
from junheng.aid.selectors.terms import is_decided

__all__ = ["check_soon", "decide_soon", "is_decided"]

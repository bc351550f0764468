"""Limits are data: each says where it comes from, and a day has the version that holds on it."""

from __future__ import annotations

from datetime import date

import pytest

from junheng.registry.files.integrity_limits import LimitWithoutSource, limits_in, limits_on


def test_a_day_has_the_limits_of_its_version() -> None:
    limits = limits_on(date(2026, 11, 26))
    assert (limits.absent_days, limits.youngest, limits.oldest) == (10, 5, 9)
    with pytest.raises(LookupError, match="1999"):
        limits_on(date(1999, 9, 1))


def test_a_limit_that_does_not_say_where_it_comes_from_is_refused() -> None:
    with pytest.raises(LimitWithoutSource, match="bulk"):
        limits_in({"bulk": {"value": 5, "source": " "}})

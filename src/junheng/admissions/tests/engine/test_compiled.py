"""Compiling: kept on disk where that is possible, done anew where it is not."""

from __future__ import annotations

from typing import Any

import numba
import pytest

from junheng.admissions.engine.compiled import compiled


def _add(one: int, other: int) -> int:
    return one + other


def test_where_nothing_can_be_kept_a_kernel_is_compiled_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    def read_only(*kernel: Any, **options: Any) -> Any:
        if not options:
            return numba.njit(*kernel)
        tried.append(options)
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr("junheng.admissions.engine.compiled.njit", read_only)
    assert compiled(_add)(20, 3) == 23
    assert tried == [{"cache": True}]

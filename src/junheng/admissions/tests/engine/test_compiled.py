"""Compiling: kept on disk where that is possible, done anew where it is not."""

from __future__ import annotations

import runpy
from typing import Any

import numba
import pytest

from junheng.admissions.engine.assign import run
from junheng.admissions.engine.compiled import compiled
from junheng.admissions.engine.types import Method
from junheng.admissions.tests.engine.builders import a_round, child
from junheng.admissions.tests.engine.interpreted import kernels
from junheng.admissions.tests.engine.towns import town_round


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


def test_a_machine_can_be_warmed_up_so_that_a_round_compiles_nothing() -> None:
    runpy.run_module("junheng.admissions.engine", run_name="__main__")
    compiled_for = {kernel: len(kernel.signatures) for kernel in kernels()}
    ready = {kernel.__name__ for kernel, signatures in compiled_for.items() if signatures}
    assert ready >= {"_accept_singles", "simultaneous_rounds", "_move_all", "_ring"}
    assert ready >= {"_seat", "_losses", "_settle"}
    run(town_round(40, 4, share=0.9, seed=1))
    homes: dict[str, Any] = {"at": (0.0, 0.0), "group": "twins"}
    children = [child("a", "A", **homes), child("b", "A", **homes), child("c", "A")]
    run(
        a_round(
            {"A": 1, "B": 2}, *children, sites={"B": (0.0, 0.0)}, method=Method.RING, seed="1:2"
        )
    )
    assert {kernel: len(kernel.signatures) for kernel in kernels()} == compiled_for

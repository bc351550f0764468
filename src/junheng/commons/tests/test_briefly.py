from __future__ import annotations

import pytest

from junheng.commons import briefly
from junheng.commons.briefly import briefly as remembered


def test_an_answer_is_remembered_for_a_moment_and_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(briefly, "SECONDS", 60.0)
    asked: list[int] = []

    @remembered
    def double(number: int) -> int:
        asked.append(number)
        return number * 2

    assert [double(1), double(1), double(2)] == [2, 2, 4]
    assert asked == [1, 2]
    monkeypatch.setattr(briefly, "SECONDS", 0.0)
    assert double(1) == 2
    assert asked == [1, 2, 1]


def test_nothing_is_not_remembered_and_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(briefly, "SECONDS", 60.0)
    monkeypatch.setattr(briefly, "MOST", 2)
    asked: list[int] = []

    @remembered
    def known(number: int) -> int | None:
        asked.append(number)
        return number or None

    assert (known(0), known(0)) == (None, None)
    assert [known(1), known(2), known(3), known(1)] == [1, 2, 3, 1]
    assert asked == [0, 0, 1, 2, 3, 1]


def test_a_refusal_is_told_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(briefly, "SECONDS", 60.0)

    @remembered
    def refused() -> int:
        raise LookupError

    for _time in range(2):
        with pytest.raises(LookupError):
            refused()
    briefly.forget()

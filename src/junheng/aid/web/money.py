"""Amounts on the screen: stored in fen, shown in yuan."""

from __future__ import annotations

from typing import Any

from junheng.commons.tables import NumberColumn
from junheng.kernel.money import Fen


def yuan(fen: int | None) -> str:
    """An amount with its thousands; a dash where there is none."""
    return "—" if fen is None else str(Fen(int(fen)))


class YuanColumn(NumberColumn):
    """An amount in yuan; empty where there is none."""

    def render(self, value: Any) -> str:
        return yuan(value)

    def value(self, value: Any) -> str:
        return str(Fen(int(value))).replace(",", "")

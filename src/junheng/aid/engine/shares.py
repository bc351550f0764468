"""A share of an amount, in whole permille: half the fee is 50 % of it, rounded down to the fen."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from junheng.aid.engine.facts import MONEY

WHOLE = 1000
"""Permille."""

_WRITTEN = re.compile(r"([0-9]{1,3})(?:\.([0-9]))? ?%")


class NotAShare(ValueError):
    """Text that is not a percentage from 0.1 to 100 with at most one decimal."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is paid of an amount that a register tells of somebody.

    Attributes:
        permille: From 1 to 1000.
        of: Name of the fact that is shared, one of `MONEY`.
    """

    permille: int
    of: str

    def __post_init__(self) -> None:
        if not 1 <= self.permille <= WHOLE:
            raise NotAShare("a share is from 0.1 % to 100 %")
        if self.of not in MONEY:
            raise ValueError(f"{self.of!r} is no fact that is an amount")

    @classmethod
    def parse(cls, percent: str, of: str) -> Share:
        """Read a percentage as people write it, such as "50 %" or "12.5%".

        Raises:
            NotAShare: If there is anything else.
            ValueError: If the fact is no amount.
        """
        found = _WRITTEN.fullmatch(unicodedata.normalize("NFKC", percent).strip())
        if found is None:
            raise NotAShare(f"{percent!r} is no share")
        return cls(int(found[1]) * 10 + int(found[2] or 0), of)

    @property
    def percent(self) -> str:
        """As it is written: "50 %", "12.5 %"."""
        whole, tenth = divmod(self.permille, 10)
        return f"{whole}.{tenth} %" if tenth else f"{whole} %"

"""Money as whole fen: sums are exact, and nothing is ever a fraction of a fen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from junheng.kernel.faults import gettext_noop

_WRITTEN = re.compile(
    r"(?P<sign>[+-]?)¥?(?P<yuan>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<fen>\d{1,2}))?", re.A
)


class NotMoney(ValueError):
    """Text that is not an amount of yuan with at most two decimals."""

    message = gettext_noop("“%(text)s” is not an amount in yuan.")

    def __init__(self, text: str) -> None:
        super().__init__(self.message % {"text": text})
        self.text = text


@dataclass(frozen=True, order=True, slots=True)
class Fen:
    """An amount of money in whole fen (100 fen are 1 yuan); may be negative.

    Two amounts add up and compare; an amount times a whole number is an amount. There is no
    division, since a share that does not come out even is a decision: see `shares`.

    >>> Fen.parse("1,234.5") + Fen(50)
    Fen(amount=123500)
    >>> str(Fen(123500))
    '1,235.00'
    """

    amount: int

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"fen are whole numbers, not {self.amount!r}")

    @classmethod
    def parse(cls, yuan: str) -> Fen:
        """Read an amount in yuan as people write it; full-width digits are fine.

        Raises:
            NotMoney: If there is anything else, such as a third decimal.
        """
        plain = unicodedata.normalize("NFKC", yuan).replace(" ", "")
        found = _WRITTEN.fullmatch(plain)
        if found is None:
            raise NotMoney(yuan)
        whole = int(found["yuan"].replace(",", "")) * 100
        amount = whole + int((found["fen"] or "0").ljust(2, "0"))
        return cls(-amount if found["sign"] == "-" else amount)

    @classmethod
    def total(cls, amounts: Iterable[Fen]) -> Fen:
        """The sum of any number of amounts; of none it is zero."""
        return cls(sum(each.amount for each in amounts))

    def shares(self, parts: int) -> tuple[Fen, ...]:
        """Split into `parts` that differ by at most one fen, the larger ones first.

        >>> [part.amount for part in Fen(100).shares(3)]
        [34, 33, 33]
        """
        each, left = divmod(self.amount, parts)
        return tuple(Fen(each + (number < left)) for number in range(parts))

    def __str__(self) -> str:
        yuan, fen = divmod(abs(self.amount), 100)
        return f"{'-' if self.amount < 0 else ''}{yuan:,}.{fen:02}"

    def __add__(self, other: Fen) -> Fen:
        return Fen(self.amount + other.amount)

    def __sub__(self, other: Fen) -> Fen:
        return Fen(self.amount - other.amount)

    def __neg__(self) -> Fen:
        return Fen(-self.amount)

    def __mul__(self, times: int) -> Fen:
        return Fen(self.amount * times)

    def __bool__(self) -> bool:
        return self.amount != 0

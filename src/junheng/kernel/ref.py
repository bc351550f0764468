"""Readable numbers for applications, runs and letters, which tell on a slip of the pen.

A reference looks like `AR-2026-7KQ4-9XMFC`: two letters for the kind of matter, the year,
eight characters of chance, and a check character. It says nothing about a person, and the
chance in it keeps anybody from guessing their neighbour's.

**Alphabet.** The nine characters at the end come from 31 that nobody mistakes for one another
on paper or by telephone: no 0 and O, no 1, I and L.

**Check.** The characters without hyphens are numbered 0–9, A–Z = 0–35 and weighted with powers
of two from the right; together with the check character the sum leaves 1 when divided by 37.
This is ISO 7064 MOD 37-2, which finds every single wrong character and every swap of two
neighbours. A number whose check character would be none of the 31 is not given out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_2

from junheng.kernel.faults import gettext_noop

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
BODY = 8

_PLAIN = re.compile(rf"([A-Z]{{2}})([0-9]{{4}})([{ALPHABET}]{{{BODY}}})([{ALPHABET}])")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015]+")


class NotRef(ValueError):
    """Text that is no reference, most often because of a slip in writing it down."""

    message = gettext_noop("“%(text)s” is not a valid number. Please compare it with the paper.")

    def __init__(self, text: str) -> None:
        super().__init__(self.message % {"text": text})
        self.text = text


@dataclass(frozen=True, order=True, slots=True)
class Ref:
    """A reference without its check character.

    >>> str(Ref.parse("ar2026 7kq49xmfy"))
    'AR-2026-7KQ4-9XMFY'

    Attributes:
        kind: Two letters for the kind of matter.
        year: Calendar year in which it was given out.
        body: Eight characters of chance.
    """

    kind: str
    year: int
    body: str

    @classmethod
    def draw(cls, kind: str, year: int, below: Callable[[int], int]) -> Ref:
        """Give out a new reference.

        Args:
            kind: Two letters A–Z.
            year: Calendar year, four digits.
            below: Chance: returns a number from 0 up to what it is given, such as
                `secrets.randbelow`.
        """
        while True:
            body = "".join(ALPHABET[below(len(ALPHABET))] for _ in range(BODY))
            ref = cls(kind, year, body)
            if ref.check in ALPHABET:
                return ref

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Read a reference as people write it: any case, with or without hyphens, full width.

        Nothing is guessed: a 0 where no 0 can stand is a slip, not an O.

        Raises:
            NotRef: If it has not the form, or the check character does not fit.
        """
        plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
        found = _PLAIN.fullmatch(plain)
        if found is None or not mod_37_2.is_valid(plain):
            raise NotRef(text)
        kind, year, body, _check = found.groups()
        return cls(kind, int(year), body)

    @property
    def check(self) -> str:
        """The check character."""
        return str(mod_37_2.calc_check_digit(f"{self.kind}{self.year:04}{self.body}"))

    def __str__(self) -> str:
        half = BODY // 2
        return f"{self.kind}-{self.year:04}-{self.body[:half]}-{self.body[half:]}{self.check}"


def as_given_out(typed: str) -> str:
    """A number as it stands on the paper, however it was typed; what is none stays as it is.

    >>> as_given_out(" ar2026 7kq49xmfy "), as_given_out("2026-17")
    ('AR-2026-7KQ4-9XMFY', '2026-17')
    """
    plain = typed.strip().upper()
    try:
        return str(Ref.parse(plain))
    except NotRef:
        return plain

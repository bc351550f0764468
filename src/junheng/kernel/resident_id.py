"""Resident identity numbers: checked, read, never repaired and never shown by accident."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

from junheng.kernel.faults import gettext_noop

LENGTH = 18
OLD_LENGTH = 15


class Sex(StrEnum):
    """Codes of GB/T 2261.1 that an identity number can express."""

    MALE = "1"
    FEMALE = "2"


class NotResidentId(ValueError):
    """Text that is no resident identity number; says why, but not the number.

    Attributes:
        message: The sentence before its figures are filled in, as catalogues know it.
        figures: What is filled in.
    """

    message: ClassVar[str] = ""

    def __init__(self, **figures: int) -> None:
        super().__init__(self.message % figures)
        self.figures = figures

    def said_in(self, gettext: Callable[[str], str]) -> str:
        """The same in the language that `gettext` speaks."""
        return gettext(self.message) % self.figures


class WrongLength(NotResidentId):
    message = gettext_noop("An identity number has 18 characters, this has %(length)d.")


class WrongCharacter(NotResidentId):
    message = gettext_noop("An identity number has digits only, but for an X at the end.")


class WrongBirthDate(NotResidentId):
    message = gettext_noop("The birth date in the identity number does not exist.")


class WrongCheck(NotResidentId):
    message = gettext_noop("The identity number has a slip: its check character does not fit.")


@dataclass(frozen=True, slots=True, repr=False)
class ResidentId:
    """A resident identity number of 18 characters, known to be well formed.

    Well formed is not the same as real: only the register of population knows. Printing it
    shows its first and last four characters; the whole is `number`, on purpose.

    >>> someone = ResidentId.parse("990100202002290022")
    >>> someone.birth_date.isoformat(), someone.sex.name, str(someone)
    ('2020-02-29', 'FEMALE', '9901**********0022')

    Source:
        GB 11643-1999; the check character is ISO 7064 MOD 11-2.
    """

    number: str

    @classmethod
    def parse(cls, text: str) -> ResidentId:
        """Check a number of 18 characters; full-width digits and a small x are fine.

        Raises:
            TypeError: If it arrives as a number: a spreadsheet keeps 15 digits only and has
                put zeros for the others, so what it was cannot be known.
            NotResidentId: `WrongLength`, `WrongCharacter`, `WrongBirthDate` or `WrongCheck`.
        """
        if not isinstance(text, str):
            raise TypeError("an identity number is text; as a number its end is lost")
        number = unicodedata.normalize("NFKC", text).strip().upper()
        if len(number) != LENGTH:
            raise WrongLength(length=len(number))
        if not _digits(number[:-1]) or not _digits(number[-1].replace("X", "0")):
            raise WrongCharacter
        _birth_date(number)
        if number[-1] != ric.calc_check_digit(number):
            raise WrongCheck
        return cls(number)

    @classmethod
    def from_old(cls, text: str) -> ResidentId:
        """Lengthen a number of the old form: 15 digits, year of birth with two digits.

        The old form meant births in 1900-1999, but for the few born earlier, whose serial
        numbers were 996 to 999; they would be read a century too young.

        Raises:
            NotResidentId: As for `parse`; the old form has no check character.
        """
        digits = unicodedata.normalize("NFKC", text).strip()
        if len(digits) != OLD_LENGTH:
            raise WrongLength(length=len(digits))
        if not _digits(digits):
            raise WrongCharacter
        number = f"{digits[:6]}19{digits[6:]}"
        _birth_date(number)
        return cls(number + ric.calc_check_digit(number + "0"))

    @property
    def division(self) -> str:
        """The six-digit code of the county where the number was first given."""
        return self.number[:6]

    @property
    def division_is_known(self) -> bool:
        """Whether the code was in use at birth, as far as the list at hand goes.

        Codes are retired and lists are late, so an unknown one is a reason to look, never
        to refuse.
        """
        try:
            ric.get_birth_place(self.number)
        except InvalidComponent:
            return False
        return True

    @property
    def birth_date(self) -> date:
        return _birth_date(self.number)

    @property
    def sex(self) -> Sex:
        """From the 17th digit: odd for male."""
        return Sex.MALE if int(self.number[16]) % 2 else Sex.FEMALE

    def age_on(self, day: date) -> int:
        """Completed years on a day; someone born on 29 February turns on 1 March in other years."""
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def __str__(self) -> str:
        return f"{self.number[:4]}{'*' * 10}{self.number[-4:]}"

    def __repr__(self) -> str:
        return f"ResidentId({str(self)!r})"


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _birth_date(number: str) -> date:
    try:
        return ric.get_birth_date(number)
    except InvalidComponent:
        raise WrongBirthDate from None

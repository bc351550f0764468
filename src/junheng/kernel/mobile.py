"""Mobile numbers of mainland China: read as people type them, never repaired."""

from __future__ import annotations

import re
import unicodedata

from junheng.kernel.faults import gettext_noop

_BETWEEN = re.compile(r"[\s\-\u2010-\u2015]+")
_COUNTRY = re.compile(r"\A(?:\+|00)86(?=1)")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


class NotMobile(ValueError):
    """Text that is no mobile number; does not repeat it."""

    message = gettext_noop("A mobile number has eleven digits.")

    def __str__(self) -> str:
        return self.message


def mobile(text: str) -> str:
    """The eleven digits of a mobile number, without blanks, hyphens, +86 and full-width forms.

    Raises:
        NotMobile: If something else is left.
    """
    plain = _COUNTRY.sub("", _BETWEEN.sub("", unicodedata.normalize("NFKC", text)))
    if not _MOBILE.fullmatch(plain):
        raise NotMobile
    return plain

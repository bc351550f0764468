"""The code beside a letter's number, without which nobody can ask about it.

Sixteen characters of an HMAC-SM3 over the number: whoever holds the paper has them, and whoever
guesses numbers needs 2^80 tries for one. No table knows the code, so a row that somebody wrote
into the database by hand has no letter that anybody could have printed.
"""

from __future__ import annotations

from base64 import b32encode

from cryptography.hazmat.primitives import hashes, hmac
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare

CODE_LENGTH = 16
PURPOSE = "admissions.letter"


def code_of(number: str) -> str:
    """The code that is printed with a number."""
    keys = settings.KEYS["letters"]
    return _code(number, keys[max(keys, key=int)])


def is_code_of(number: str, given: str) -> bool:
    """Whether a code belongs to a number, under the present key or one that was replaced."""
    given = given.strip().upper()
    keys = settings.KEYS["letters"].values()
    return any(constant_time_compare(_code(number, key), given) for key in keys)


def address_of(number: str) -> str:
    """Where a letter is verified: the QR code on it."""
    page = reverse("letters:verify", args=[number])
    return f"{settings.ADDRESS}{page}?s={code_of(number)}"


def _code(number: str, key: str) -> str:
    mac = hmac.HMAC(key.encode(), hashes.SM3())
    mac.update(f"{PURPOSE}\0{number}".encode())
    return b32encode(mac.finalize()).decode()[:CODE_LENGTH]

"""How an application is found: by its number and the end of a telephone number, never by a name."""

from __future__ import annotations

import unicodedata
from typing import Any

from junheng.commons.sealing import blind_index

PHONE_END = 4
"""Digits of the telephone number that are asked for."""


def look_up_key(number: str, last4: str) -> str:
    """What an application is found by: a blind index of its number and the telephone's end."""
    return blind_index(f"{plain(number)}|{plain(last4)}", "admissions.look_up")


def look_up_key_of(application: Any) -> str:
    """The same of an application, or of an event in its history."""
    return look_up_key(application.number, application.phone[-PHONE_END:])


def plain(text: str) -> str:
    """As it was meant: half-width, in capitals, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())

"""How an application is found: by its number and the end of a telephone number, never by a name."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from junheng.admissions.engine import statement as stated
from junheng.admissions.engine.statement import Document, Statement
from junheng.commons.sealing import blind_index

PHONE_END = 4
"""Digits of the telephone number that are asked for."""
GONE = "gone:"
"""How the keys of an application begin whose personal data was deleted."""


def look_up_key(number: str, last4: str) -> str:
    """What an application is found by: a blind index of its number and the telephone's end."""
    return blind_index(f"{plain(number)}|{plain(last4)}", "admissions.look_up")


def last_digits(phone: str, told: Statement | None) -> str:
    """What is asked for with a number: the telephone's end, without one the guardian's number's."""
    if phone or told is None:
        return phone[-PHONE_END:]
    digits = "".join(one for one in told.guardian.number if one.isdecimal())
    return digits[-PHONE_END:].rjust(PHONE_END, "0")


def look_up_key_of(application: Any) -> str:
    """The same of an application, or of an event in its history."""
    if str(application.look_up).startswith(GONE):
        return str(application.look_up)
    last = last_digits(str(application.phone), statement_of(application))
    return look_up_key(application.number, last)


def child_key(told: Statement) -> str:
    """What a child is known by within the installation: its number, or name, birth and guardian."""
    child = told.child
    if child.document is not Document.NONE and child.number:
        return blind_index(child.number, "admissions.child")
    known = f"{child.name}|{child.born_on}|{told.guardian.number}"
    return blind_index(known, "admissions.child.unregistered")


def child_key_of(application: Any) -> str:
    """The same of an application, or of an event in its history; blank where nothing is stated."""
    if str(application.child_key).startswith(GONE):
        return str(application.child_key)
    told = statement_of(application)
    return child_key(told) if told else ""


def statement_of(application: Any) -> Statement | None:
    """What the family stated; None for an application that came with a roster."""
    text = application.statement
    return stated.read(json.loads(str(text))) if text else None


def house_key_of(claim: Any) -> str:
    """What the house of a claim is found by: the number of its certificate.

    Of an emptied application the key stays as it is: what it was made from is gone.
    """
    told = statement_of(claim.application)
    return house_key(told.home.certificate) if told else str(claim.house_key)


def house_key(certificate: str) -> str:
    """A blind index of the number of a house's certificate."""
    return blind_index(certificate, "admissions.house")


def family_key_of(claim: Any) -> str:
    """What the family of a claim is found by: its guardian."""
    told = statement_of(claim.application)
    return family_key(told) if told else str(claim.family_key)


def family_key(told: Statement) -> str:
    """A blind index of the guardian's document: brothers and sisters share it."""
    return blind_index(told.guardian.number, "admissions.family")


def plain(text: str) -> str:
    """As it was meant: half-width, in capitals, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())

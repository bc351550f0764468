"""Registers with good defaults; only what matters to a test is spelled out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from junheng.accounts.tests import cast
from junheng.evidence.engine.people import Person
from junheng.evidence.facade import Answer, Question, look_up
from junheng.evidence.files.columns import COLUMNS
from junheng.evidence.models import Connection, Delivery, Register
from junheng.evidence.services import breaker
from junheng.evidence.services.connecting import connect_tables
from junheng.evidence.services.importing import load, take_back

AS_OF = date(2026, 6, 1)
CHILD = "990100202002290022"
OTHER = "990100198803140017"
PURPOSE, BASIS = "Admission", "Compulsory Education Law, Art. 12"
EAST = "1 East Street"


def tables(register: Register = Register.HOUSEHOLD, name: str = "", path: str = "") -> Connection:
    """A connection of the county that comes as tables."""
    county = cast.counties()
    return connect_tables(
        name=name or f"Department of {register.value}",
        register=register,
        path=path or county.path,
    )


def row(register: Register = Register.HOUSEHOLD, **given: Any) -> dict[str, Any]:
    """A row about Wang Xiaohan, who lives at 1 East Street."""
    blank: dict[str, Any] = {column.name: None for column in COLUMNS[register]}
    known: dict[str, Any] = {"resident_id": CHILD, "name": "王小涵", "address": EAST}
    known |= {"born_on": date(2020, 2, 29)} if "born_on" in blank else {}
    return blank | {key: value for key, value in known.items() if key in blank} | given


def delivered(connection: Connection, *rows: dict[str, Any], as_of: date = AS_OF) -> Delivery:
    """A delivery of these rows."""
    return load(connection, list(rows), as_of=as_of)


__all__ = ["take_back"]  # what was delivered, as others' tests need it too


def child(**given: Any) -> Person:
    """Wang Xiaohan as her family states her."""
    known: dict[str, Any] = {
        "name": "王小涵",
        "resident_id": CHILD,
        "born_on": date(2020, 2, 29),
        "place": EAST,
    }
    return Person(**known | given)


def ask(*questions: Question, subject: str = "application:1") -> Sequence[Answer]:
    """Ask as verification does."""
    return look_up(questions, subject=subject, purpose=PURPOSE, legal_basis=BASIS)


def question(register: Register = Register.HOUSEHOLD, **given: Any) -> Question:
    """A question about the child; `person`, `about` and `role` may be given."""
    return Question(**{"register": register, "person": child(), **given})


def undescribed() -> Connection:
    """A service whose description does not hold any more: it is never asked over a network."""
    return Connection.objects.create(
        name="Old service",
        register=Register.REAL_ESTATE,
        path=cast.counties().path,
        way=Connection.Way.SERVICE,
        description="url = 'http://registers.example:1/'",
    )


def failed(connection: Connection) -> None:
    """The service did not answer; its pause is not long enough to wait for."""
    breaker.failed(connection, "down", "", until_pause=5, pause_seconds=60)

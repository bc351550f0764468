"""What a check asked, register by register, as its receipt tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from junheng.commons.models import Run
from junheng.evidence.facade import Silence, Step, connections_of
from junheng.places.facade import Place, place_by_code


@dataclass(frozen=True, slots=True)
class Asked:
    """What one delivered register was asked in a run, and what it said."""

    name: str
    rows: int
    people: int
    found: dict[str, int]
    hits: int
    unclear: int


@dataclass(frozen=True, slots=True)
class AskedService:
    """What one service was asked in a run, and what came back.

    Attributes:
        people: Those who signed and have a number to ask by.
        no_number: Those who signed and cannot be asked about.
        unanswered: About whom there was no answer, or one about somebody else.
        silent: Why there was none, in words, with how many; empty in receipts of before.
        withdrawn: Whose household withdrew its signature meanwhile.
        first, last: When answers came; None where none did.
        answers: Fingerprint of the listing of what came back.
    """

    name: str
    people: int
    no_number: int
    answered: int
    unanswered: int
    silent: tuple[tuple[str, int], ...]
    withdrawn: int
    hits: int
    unclear: int
    first: datetime | None
    last: datetime | None
    answers: str


def county_of(run: Run) -> Place:
    """Which county a run checks."""
    return place_by_code(run.matter.rsplit(" ", 1)[-1])


def asked_of(run: Run) -> tuple[list[Asked], list[AskedService]]:
    """The registers of a run's receipt: tables and services."""
    receipt: Mapping[str, Mapping[str, Any]] = run.receipt or {}
    names = {str(one.uid): one.name for one in connections_of(county_of(run).path)}
    tables, services = (
        [(names.get(uid, uid), told) for uid, told in sorted(receipt.get(part, {}).items())]
        for part in ("registers", "services")
    )
    return [_table(*one) for one in tables], [_service(*one) for one in services]


def _table(name: str, told: Mapping[str, int]) -> Asked:
    return Asked(
        name,
        told.get("rows", 0),
        told.get("people", 0),
        {str(step): told.get(f"found_{step}", 0) for step in Step},
        told.get("hits", 0),
        told.get("unclear", 0),
    )


def _service(name: str, told: Mapping[str, Any]) -> AskedService:
    return AskedService(
        name=name,
        people=told["people"],
        no_number=told["no_number"],
        answered=told["answered"],
        unanswered=told["unanswered"],
        silent=tuple((str(Silence(why).label), n) for why, n in told.get("silent", {}).items()),
        withdrawn=told["withdrawn"],
        hits=told["hits"],
        unclear=told.get("unclear", 0),
        first=_moment(told["first"]),
        last=_moment(told["last"]),
        answers=told["answers"],
    )


def _moment(told: str) -> datetime | None:
    return datetime.fromisoformat(told) if told else None

"""The permission table's words: a row says which address answers whom and how.

A room's file in this folder holds `ROWS`. `furnish(world)` may put objects into `world.things`
for addresses that need one. Whoever a row does not name gets 404, and visitors are sent to sign
in; that is the rule of the house, so a row only says who gets through.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from junheng.accounts.models import User
from junheng.accounts.tests.cast import Cast

VISITOR, FAMILY, STRANGER = "visitor", "family", "stranger"
ADMINISTRATORS = "system_admin security_admin audit_admin"
BUSINESS = "bureau_leader admissions_officer township_officer school_clerk school_head auditor"
AID = "aid_officer finance_officer village_officer"
STAFF = f"{BUSINESS} {AID} {ADMINISTRATORS} {STRANGER}"
SIGNED_IN = f"{STAFF} {FAMILY}"
EVERYONE = f"{SIGNED_IN} {VISITOR}"
AUDIENCE = tuple(EVERYONE.split())
"""Everybody who tries every address. The stranger is a school clerk of another county."""

SIGN_IN = "sign in"
"""The answer that leads to the sign-in page."""


@dataclass
class World:
    """Two counties, one person per role, and what the rooms have put in."""

    cast: Cast
    things: dict[str, Any] = field(default_factory=dict)
    sessions: dict[str, dict[str, str]] = field(default_factory=dict)

    def person(self, who: str) -> User | None:
        """Somebody of the audience; None is a visitor."""
        if who == VISITOR:
            return None
        if who == FAMILY:
            return self.cast.family
        return self.cast.stranger if who == STRANGER else self.cast.by_role[who]


FromWorld = Callable[[World], Mapping[str, Any]]


def nothing(_: World) -> Mapping[str, Any]:
    """An address without arguments, a form without values."""
    return {}


@dataclass(frozen=True)
class Row:
    """One address and who gets through.

    Attributes:
        url: Its name, with its namespace.
        may: Who gets `answer`, separated by blanks; see the groups above.
        answer: What those get, a status.
        method: GET or POST.
        args: The address's arguments, from the world.
        data: What is sent, from the world.
        otherwise: What everybody else who is signed in gets.
        visitor: What a visitor gets where `may` does not name them.
        note: What tells this row from another one of the same address.
    """

    url: str
    may: str = ""
    answer: int = 200
    method: str = "GET"
    args: FromWorld = nothing
    data: FromWorld = nothing
    otherwise: int = 404
    visitor: int | str = SIGN_IN
    note: str = ""

    def __post_init__(self) -> None:
        strangers = set(self.may.split()) - set(AUDIENCE)
        if strangers:
            raise ValueError(f"{self.url}: no such audience: {', '.join(sorted(strangers))}")

    def answer_to(self, who: str) -> int | str:
        """What somebody of the audience gets."""
        if who in self.may.split():
            return self.answer
        return self.visitor if who == VISITOR else self.otherwise

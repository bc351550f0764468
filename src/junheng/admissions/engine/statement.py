"""What a family states about a child that asks for a seat: values, and as JSON to be kept.

A statement is what somebody said, not what is true: the verification compares it with the
registers. Texts are as they were typed; a blank stands for "not stated".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Document(StrEnum):
    """By what a person is known."""

    RESIDENT_ID = "resident_id"
    """A resident identity number (GB 11643)."""
    OTHER = "other"
    """A passport, a permit for residents of Hong Kong, Macau or Taiwan, and the like."""
    NONE = "none"
    """No document yet, such as a child without a birth record."""


class Proof(StrEnum):
    """What a family can show for a seat; tiers are made of these."""

    HOUSEHOLD = "household"
    """The child is registered in a household in the zone."""
    HOUSE = "house"
    """The guardians own the home that the family lives in."""
    RESIDENCE = "residence"
    """A guardian holds a residence permit."""
    WORK = "work"
    """A guardian works or trades here: social insurance, business licence or tax."""


class Need(StrEnum):
    """What only a person can settle, whatever registers say."""

    ASSESSMENT = "assessment"
    """A child with a disability: placed by assessment."""
    ABROAD = "abroad"
    """From abroad, Hong Kong, Macau or Taiwan."""
    NO_RECORD = "no-record"
    """No document and no birth record."""


@dataclass(frozen=True, slots=True)
class Child:
    """The child itself; `sex` is a code of GB/T 2261.1 or blank."""

    name: str
    document: Document
    number: str
    born_on: date
    sex: str = ""
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Home:
    """Where the child lives, and by what right.

    Attributes:
        place: Code of the village or community.
        address: Street and number, block, door, as typed.
        claims: What the family can show.
        certificate: Number of the house's certificate.
        owner, owner_number: Whose house it is, where it is not the guardian's.
        permit: Number of the residence permit.
        work_number: Number of social insurance, business licence or taxpayer.
    """

    place: str
    address: str
    claims: tuple[Proof, ...] = ()
    certificate: str = ""
    owner: str = ""
    owner_number: str = ""
    permit: str = ""
    work_number: str = ""


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who answers for the child."""

    name: str
    relation: str
    document: Document
    number: str
    phone: str


@dataclass(frozen=True, slots=True)
class Statement:
    """All that a family states.

    Attributes:
        sibling, sibling_school: An older child who is a pupil, and the school's code.
        together: Name of the group of twins who must go to one school, blank for none.
        wishes: Codes of schools, first wish first.
    """

    child: Child
    home: Home
    guardian: Guardian
    sibling: str = ""
    sibling_school: str = ""
    together: str = ""
    wishes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The statement in plain values; `read` gives it back."""
        plain = asdict(self)
        plain["child"]["born_on"] = self.child.born_on.isoformat()
        return plain


def read(plain: Mapping[str, Any]) -> Statement:
    """A statement from what `as_json` gave.

    Raises:
        KeyError, ValueError: If it is none.
    """
    child, home, guardian = (dict(plain[name]) for name in ("child", "home", "guardian"))
    child["document"] = Document(child["document"])
    child["born_on"] = date.fromisoformat(child["born_on"])
    child["needs"] = tuple(map(Need, child.get("needs", ())))
    home["claims"] = tuple(map(Proof, home.get("claims", ())))
    guardian["document"] = Document(guardian["document"])
    rest = {name: plain.get(name, "") for name in ("sibling", "sibling_school", "together")}
    return Statement(
        child=Child(**child),
        home=Home(**home),
        guardian=Guardian(**guardian),
        wishes=tuple(plain.get("wishes", ())),
        **rest,
    )

"""A policy as people read it: the versions that the engine knows, with titles and documents."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from junheng.aid.engine.policies import Policy


class Level(StrEnum):
    """Whose policy it is."""

    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    NATION = "nation"


class Kind(StrEnum):
    """What it helps with."""

    RUNNING = "running"
    FEES = "fees"
    LIVING = "living"
    MEALS = "meals"
    BOOKS = "books"
    ENTRY = "entry"
    SKILLS = "skills"


@dataclass(frozen=True, slots=True)
class InBoth:
    """A text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Clause:
    """What one condition rests on.

    Attributes:
        sentence: The sentence of the document.
        place: Where in it, such as an article's number.
    """

    sentence: str
    place: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a policy.

    Attributes:
        policy: As the engine knows it.
        document: The title of the document that it rests on.
        document_number: The number of that document, or "".
        clauses: Of its conditions, in their order.
    """

    policy: Policy
    document: str
    document_number: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Described:
    """A policy with everything that is written of it.

    Attributes:
        code: As in the engine; also the name of its file.
        level: Whose policy it is.
        kind: What it helps with.
        title: What those in charge call it.
        plain: What others read of it, where the title would tell what a household is; or None.
        funds: Where the money comes from.
        versions: By number.
    """

    code: str
    level: Level
    kind: Kind
    title: InBoth
    plain: InBoth | None
    funds: str
    versions: tuple[Version, ...]

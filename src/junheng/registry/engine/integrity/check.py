"""What a check is, what it finds, and how one is run."""

from __future__ import annotations

import json
from abc import ABC
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from junheng.registry.engine.integrity.tables import Engine


class Severity(StrEnum):
    """How soon a finding has to be looked at."""

    HIGH = "high"
    MIDDLE = "middle"
    LOW = "low"


class Repair(StrEnum):
    """What can be mended by a button, since another register says it and nothing contradicts."""

    NONE = ""
    BIRTH_DATE = "birth_date"
    SEX = "sex"


class Check(ABC):
    """One check.

    Attributes:
        number: Of its rule, as lists show it.
        key: Its name in tables and addresses; never changes.
        sentence: What it says of a finding; source text for the catalogue.
        severity: How soon somebody has to look.
        exact: Whether it compares only what is equal or not, without probabilities.
        needs: Tables without which it says nothing.
        sql: Selects `pupil`, `other` (of a pair; null), `school` (where the case lies), `repair`,
            `facts` and `figures` (both structs), one row per finding.
    """

    number: ClassVar[str]
    key: ClassVar[str]
    sentence: ClassVar[str]
    severity: ClassVar[Severity]
    exact: ClassVar[bool] = True
    needs: ClassVar[frozenset[str]] = frozenset()
    sql: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check has against one record, or one pair.

    Attributes:
        check: The key of the check.
        pupil: Reference of the pupil, or of an entry of a roll call that is nobody's here.
        other: The second of a pair: a pupil, or an entry of another register; "" for none.
        school: Where it is to be looked into.
        repair: What can be mended by a button, "" if a person has to write.
        figures: What speaks, by name, for whoever looks.
        fingerprint: SHA-256 of the facts; another one is another finding.
    """

    check: str
    pupil: str
    other: str
    school: str
    repair: Repair
    figures: dict[str, Any]
    fingerprint: str


def find(check: type[Check], engine: Engine) -> list[Finding]:
    """Everything that one check finds, by pupil.

    Args:
        check: The check; its tables must have been delivered.
        engine: With tables, filled and set out.
    """
    rows = engine.execute(
        f"""
        SELECT DISTINCT ON (f.pupil, other) f.pupil, coalesce(f.other, '') AS other, f.school,
            f.repair, to_json(f.figures) AS figures,
            sha256(concat_ws('|', $key, f.pupil, f.other, to_json(f.facts))) AS fingerprint
        FROM ({check.sql}) f ORDER BY f.pupil, other, figures
        """,  # noqa: S608 - the check's own text
        {"key": check.key},
    ).fetchall()
    return [
        Finding(check.key, pupil, other, school, Repair(repair), json.loads(figures), fingerprint)
        for pupil, other, school, repair, figures, fingerprint in rows
    ]


def count(check: type[Check], engine: Engine) -> int:
    """How many findings a check has, without reading them."""
    [(found,)] = engine.execute(
        f"SELECT count(DISTINCT (f.pupil, coalesce(f.other, ''))) FROM ({check.sql}) f"  # noqa: S608
    ).fetchall()
    return int(found)

"""What a policy may ask of a person: the documented columns of a table of facts.

A row of the table says what was true of one person from one day until another. A value that
nobody told is missing (NULL); it is never a no and never a zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What a value is; two values are compared only within one kind.

    An amount of money, in fen, is compared with nothing: a rate may be a share of it.
    """

    YES_NO = "yes_no"
    NUMBER = "number"
    DAY = "day"
    CODE = "code"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Fact:
    """A column of the table of facts.

    Attributes:
        name: As it stands in a condition.
        kind: What its values are.
        source: The register that says so, as a code.
        codes: Of a code, all that there are; small, so a condition that names another one is
            a slip of the pen and is refused.
    """

    name: str
    kind: Kind
    source: str
    codes: tuple[str, ...] = ()


STAGES = (
    "kindergarten",
    "primary",
    "lower_secondary",
    "upper_secondary",
    "vocational",
    "higher",
)
DEGREES = ("college", "bachelor_second", "bachelor_first", "bachelor_key")
"""What somebody entered in higher education: a college's course, or a bachelor's course of the
second, the first or the key batch."""

_FACTS = (
    Fact("stage", Kind.CODE, "pupils", STAGES),
    Fact("grade", Kind.NUMBER, "pupils"),
    Fact("sex", Kind.CODE, "pupils", ("1", "2")),
    Fact("born_on", Kind.DAY, "pupils"),
    Fact("age", Kind.NUMBER, "pupils"),
    Fact("entered_on", Kind.DAY, "pupils"),
    Fact("studying", Kind.YES_NO, "pupils"),
    Fact("boarder", Kind.YES_NO, "pupils"),
    Fact("disabled", Kind.YES_NO, "pupils"),
    Fact("orphan", Kind.YES_NO, "pupils"),
    Fact("left_behind", Kind.YES_NO, "pupils"),
    Fact("migrant", Kind.YES_NO, "pupils"),
    Fact("striving_class", Kind.YES_NO, "pupils"),
    Fact("degree", Kind.CODE, "pupils", DEGREES),
    Fact("skills_certificate", Kind.YES_NO, "pupils"),
    Fact("private_school", Kind.YES_NO, "schools"),
    Fact("rural_school", Kind.YES_NO, "schools"),
    Fact("meal_school", Kind.YES_NO, "schools"),
    Fact("heated_school", Kind.YES_NO, "schools"),
    Fact("registered_poor", Kind.YES_NO, "households"),
    Fact("monitored", Kind.YES_NO, "households"),
    Fact("subsistence", Kind.YES_NO, "households"),
    Fact("destitute", Kind.YES_NO, "households"),
    Fact("fee", Kind.MONEY, "beneficiaries"),
)

FACTS: Mapping[str, Fact] = MappingProxyType({fact.name: fact for fact in _FACTS})
"""All columns by name. `age` stands in no table: it is the full years on the counting day, and
whoever was born on 29 February is a year older on 1 March of a common year."""

STORED: tuple[str, ...] = tuple(name for name in FACTS if name != "age")
"""The columns that a table of facts has, in its order."""

MONEY: tuple[str, ...] = tuple(name for name, fact in FACTS.items() if fact.kind is Kind.MONEY)
"""The facts that are amounts; `fee` is what a kindergarten or school asks for one term."""

MOST_FEN = 10**9
"""The most that an amount may be, a fact as well as a rate: 10 million yuan."""

SQL_TYPE: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.YES_NO: "BOOLEAN",
        Kind.NUMBER: "INTEGER",
        Kind.DAY: "DATE",
        Kind.CODE: "VARCHAR",
        Kind.MONEY: "BIGINT",
    }
)

KEYS: Mapping[str, str] = MappingProxyType(
    {
        "subject": "VARCHAR",
        "county": "VARCHAR",
        "township": "VARCHAR",
        "school": "VARCHAR",
        "valid_from": "DATE",
        "valid_to": "DATE",
    }
)
"""The columns before the facts: an opaque reference to the person, codes of the places, and the
stretch of time; `valid_to` is the first day on which the row does not hold, or missing. No
condition can read them, but for the days that decide which row counts."""

"""Whether what a register says of somebody counts as a hit: a condition that is data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from junheng.kernel.money import Fen, NotMoney

Facts = Mapping[str, str]
PRIVATE = frozenset({"resident_id", "name", "born_on", "address", "place_code"})
"""Who it is, as a register says it: read to find somebody, and not kept with a hit."""


class Test(StrEnum):
    """How entries are looked at."""

    __test__ = False  # no test of pytest's

    ANY = "any"
    AT_LEAST = "at_least"
    TOGETHER = "together"
    IS = "is"


@dataclass(frozen=True, slots=True)
class Condition:
    """What counts.

    Attributes:
        test: How entries are looked at.
        column: Of amounts or words, by its name in the register; "" for `ANY`.
        least_fen: The least amount, in fen.
        words: Of which a column has to say one.
    """

    test: Test
    column: str = ""
    least_fen: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of looking at one person's entries.

    Attributes:
        counting: Places of the entries that make the hit, from 0; empty where there is none.
        unclear: Whether it is no hit only since something is missing.
    """

    counting: tuple[int, ...]
    unclear: bool = False


def look(condition: Condition, entries: Sequence[Facts]) -> Looked:
    """Whether a person's entries in a register make a hit.

    Args:
        condition: What counts.
        entries: All entries of one person.

    Returns:
        The entries that count. A missing amount is never a yes, a no or a zero: whoever is no
        hit for want of one is unclear.
    """
    if condition.test == Test.ANY:
        return Looked(tuple(range(len(entries))))
    if condition.test == Test.IS:
        said = [facts.get(condition.column, "").strip() for facts in entries]
        counting = tuple(place for place, word in enumerate(said) if word in condition.words)
        return Looked(counting, unclear=not counting and "" in said)
    amounts = [fen_of(facts.get(condition.column, "")) for facts in entries]
    known = {place: fen for place, fen in enumerate(amounts) if fen is not None}
    if condition.test == Test.AT_LEAST:
        known = {place: fen for place, fen in known.items() if fen >= condition.least_fen}
    elif sum(known.values()) < condition.least_fen:
        known = {}
    return Looked(tuple(known), unclear=not known and None in amounts)


def fen_of(text: str) -> int | None:
    """An amount in yuan as fen; None where there is none to be read."""
    try:
        return Fen.parse(text).amount if text else None
    except NotMoney:
        return None


def kept(entries: Iterable[Facts]) -> str:
    """What is kept of entries: what they say, and not of whom."""
    said = [{k: v for k, v in facts.items() if k not in PRIVATE} for facts in entries]
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def said(text: str | None) -> list[dict[str, str]]:
    """The same again, entry by entry; nothing where it was emptied."""
    return list(json.loads(text)) if text else []

"""What a register has of somebody becomes hits, rule by rule; each is known again by its mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from junheng.aid.engine.hits import Facts, kept, look, said
from junheng.aid.models import CheckHit, CheckRule
from junheng.aid.snapshots.checks import Member
from junheng.commons.sealing import blind_index
from junheng.evidence.facade import NAMED_BY, Pair

MARK = "aid.hit"


@dataclass(frozen=True, slots=True)
class Found:
    """A hit, not yet written."""

    member: Member
    rule: CheckRule
    authorisation: int
    pair: Pair
    as_of: date
    sealed: str
    mark: str

    @property
    def line(self) -> str:
        """As the listing of the run has it: references, no name, no figure."""
        chance = round(self.pair.probability * 1_000)
        return f"{self.member.key},{self.rule.ref},{self.pair.step},{chance},{self.mark}"


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody who was found in a register.

    Attributes:
        authorisation: Under which it was asked about them.
        pair: By which step, and how surely.
        facts: All their entries.
        as_of: The day on which those were true.
    """

    member: Member
    authorisation: int
    pair: Pair
    facts: Sequence[Facts]
    as_of: date


def flags(one: Entered, rules: Sequence[CheckRule], tally: Counter[str]) -> Iterator[Found]:
    """The hits that these rules make of somebody's entries; steps, hits and doubts are counted."""
    tally[f"found_{one.pair.step}"] += 1
    for rule in rules:
        looked = look(rule.condition, one.facts)
        tally["unclear"] += looked.unclear
        if looked.counting:
            tally["hits"] += 1
            sealed = kept(one.facts[place] for place in looked.counting)
            hit = mark(one.member.key, rule, sealed)
            yield Found(one.member, rule, one.authorisation, one.pair, one.as_of, sealed, hit)


def mark(member: UUID, rule: CheckRule, sealed: str) -> str:
    """What was found of whom: the same while it speaks of one thing of one person."""
    names = NAMED_BY.get(rule.register, ())
    things = sorted(
        next((facts[name] for name in names if name in facts), "") for facts in said(sealed)
    )
    return blind_index(f"{member} {rule.ref} {' '.join(things)}", MARK)


def mark_of(hit: CheckHit) -> str:
    """The mark of a hit, made again; "" for one that was emptied."""
    return mark(hit.member_id, hit.rule, str(hit.sealed)) if hit.sealed else ""

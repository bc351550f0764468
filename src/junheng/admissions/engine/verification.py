"""From what a family states and what registers say to tier and zone, or to what is still open.

A program passes, waits, or asks; it never refuses. Whatever does not fit goes to a person, with
every reason at once. Rules are data: tiers made of proofs, each with its clause.

Source: design, sections 1 and 6; requirements ADM-3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from junheng.admissions.engine.statement import Need, Proof


class Standing(StrEnum):
    """How a proof stands by what the registers say."""

    PROVED = "proved"
    """The register says what the family says, of the same person with certainty."""
    UNCLEAR = "unclear"
    """Somebody who is probably meant, or several who may be."""
    DIFFERS = "differs"
    """The same person with certainty, but another address, owner or number."""
    NOT_FOUND = "not-found"
    """The register was asked and knows of nothing."""
    WAITING = "waiting"
    """The register did not answer: an outage is no answer."""
    NOT_ASKED = "not-asked"
    """No such register is connected."""


class Outcome(StrEnum):
    """What comes next for an application."""

    PASSED = "passed"
    CHECKING = "checking"
    ASKED = "asked"
    REVIEW = "review"


class Code(StrEnum):
    """Why; figures beside each say the rest."""

    PROVED = "proved"
    UNCLEAR = "unclear"
    DIFFERS = "differs"
    NOT_FOUND = "not-found"
    WAITING = "waiting"
    NOT_ASKED = "not-asked"
    HOUSE_USED = "house-used"
    NEEDS_PERSON = "needs-person"
    SIBLING = "sibling"
    SIBLING_HERE = "sibling-here"
    ASSESSED = "assessed"
    NO_TIER = "no-tier"
    NO_ZONE = "no-zone"
    TIER = "tier"


_ASKED_FOR = frozenset({Code.NOT_FOUND, Code.NOT_ASKED})
"""A paper of the family can settle these."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier of the round's rules.

    Attributes:
        number: 1 is served first.
        needs: All of these have to be proved.
        clause: Number of the clause it rests on.
    """

    number: int
    needs: frozenset[Proof]
    clause: str


@dataclass(frozen=True, slots=True)
class Rules:
    """How a round reads proofs.

    Attributes:
        tiers: In any order; the one with the smallest number that is proved holds.
        house_years: For so many years a house gives a seat to one family only, 0 for no limit.
        house_clause: Clause of that limit.
    """

    tiers: tuple[Tier, ...]
    house_years: int = 0
    house_clause: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one proof.

    Attributes:
        figures: Register, date, source, and what differs, as they are shown to people.
    """

    standing: Standing
    figures: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rules look at.

    Attributes:
        claims: What the family states that it can show.
        needs: What only a person can settle.
        evidence: What registers or a person say of the proofs; one that is missing here was
            not asked.
        zone: The zone of the stated home, blank where none or several are possible.
        house_used: In which year another family used the house, 0 for never.
        year: Of the round.
        sibling: An older child's school is stated and not confirmed.
        sibling_here: It is stated, and the register of pupils has that child there.
        answered: Whether the family was asked once already: nobody is asked twice.
    """

    claims: tuple[Proof, ...]
    needs: tuple[Need, ...]
    evidence: Mapping[Proof, Evidence]
    zone: str
    house_used: int
    year: int
    sibling: bool = False
    sibling_here: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that counted."""

    code: Code
    figures: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the program makes of it; `tier` is None unless it passes."""

    outcome: Outcome
    tier: int | None
    reasons: tuple[Reason, ...]


def decide(facts: Facts, rules: Rules) -> Verdict:
    """What comes next for an application.

    Every stated proof counts: one that is not proved keeps the application from passing, even
    where a lower tier would be proved without it, since the family may lose by that.

    Args:
        facts: Of one application.
        rules: Of its round.

    Returns:
        Passed, with the best tier whose needs are all proved; being checked, while a register
        that was asked does not answer; asked for papers, once, where only these are missing;
        with a reviewer otherwise. Reasons name every proof and every obstacle.
    """
    proofs = [_of_proof(proof, facts) for proof in facts.claims]
    obstacles = [*_obstacles(facts, rules)]
    open_ones = [reason for reason in proofs if reason.code is not Code.PROVED]
    if facts.sibling_here:
        proofs.append(Reason(Code.SIBLING_HERE, {}))
    tier = _best(facts, rules)
    if not open_ones and not obstacles:
        if tier is not None:
            held = Reason(Code.TIER, {"tier": tier.number, "clause": tier.clause})
            return Verdict(Outcome.PASSED, tier.number, (*proofs, held))
        obstacles.append(Reason(Code.NO_TIER, {}))
    reasons = (*proofs, *obstacles)
    return Verdict(_next(open_ones, obstacles, answered=facts.answered), None, reasons)


def _next(open_ones: Sequence[Reason], obstacles: Sequence[Reason], *, answered: bool) -> Outcome:
    if any(reason.code is Code.WAITING for reason in open_ones):
        return Outcome.CHECKING
    only_papers = bool(open_ones) and all(reason.code in _ASKED_FOR for reason in open_ones)
    if only_papers and not obstacles and not answered:
        return Outcome.ASKED
    return Outcome.REVIEW


def _of_proof(proof: Proof, facts: Facts) -> Reason:
    known = facts.evidence.get(proof)
    if known is None:
        return Reason(Code.NOT_ASKED, {"proof": proof.value})
    return Reason(Code(known.standing.value), {"proof": proof.value, **known.figures})


def _obstacles(facts: Facts, rules: Rules) -> list[Reason]:
    found = [Reason(Code.NEEDS_PERSON, {"need": need.value}) for need in facts.needs]
    if facts.sibling:
        found.append(Reason(Code.SIBLING, {}))
    if not facts.zone:
        found.append(Reason(Code.NO_ZONE, {}))
    since = facts.year - facts.house_used
    if facts.house_used and rules.house_years and since < rules.house_years:
        figures = {"year": facts.house_used, "years": rules.house_years}
        found.append(Reason(Code.HOUSE_USED, {**figures, "clause": rules.house_clause}))
    return found


def _best(facts: Facts, rules: Rules) -> Tier | None:
    proved = {
        proof
        for proof in facts.claims
        if proof in facts.evidence and facts.evidence[proof].standing is Standing.PROVED
    }
    fitting = [tier for tier in rules.tiers if tier.needs <= proved]
    return min(fitting, key=lambda tier: tier.number, default=None)

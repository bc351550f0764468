"""A program passes, waits or asks; it never refuses, and what is unknown proves nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.admissions.engine.standard_rules import STANDARD, rules_from
from junheng.admissions.engine.statement import (
    Child,
    Document,
    Guardian,
    Home,
    Need,
    Proof,
    Statement,
    read,
)
from junheng.admissions.engine.verification import (
    Code,
    Evidence,
    Facts,
    Outcome,
    Standing,
    decide,
)
from tests.examples import examples

RULES = rules_from(STANDARD)
PROVED = Evidence(Standing.PROVED, {})


def facts(*claims: Proof, **different: object) -> Facts:
    """A family that states these proofs, all of them proved."""
    plain = Facts(
        claims=claims,
        needs=(),
        evidence=dict.fromkeys(claims, PROVED),
        zone="z",
        house_used=0,
        year=2026,
    )
    return replace(plain, **different)  # type: ignore[arg-type]  # given by name in tests


def stands(standing: Standing, *claims: Proof) -> dict[Proof, Evidence]:
    return dict.fromkeys(claims, Evidence(standing, {}))


@pytest.mark.parametrize(
    ("claims", "tier"),
    [
        ((Proof.HOUSEHOLD, Proof.HOUSE), 1),
        ((Proof.HOUSE,), 2),
        ((Proof.HOUSEHOLD,), 3),
        ((Proof.RESIDENCE, Proof.WORK), 4),
        (tuple(Proof), 1),
    ],
)
def test_what_is_proved_gives_the_best_tier(claims: tuple[Proof, ...], tier: int) -> None:
    verdict = decide(facts(*claims), RULES)
    assert (verdict.outcome, verdict.tier) == (Outcome.PASSED, tier)
    assert verdict.reasons[-1].figures["tier"] == tier


@pytest.mark.parametrize(
    ("standing", "outcome"),
    [
        (Standing.WAITING, Outcome.CHECKING),
        (Standing.NOT_FOUND, Outcome.ASKED),
        (Standing.NOT_ASKED, Outcome.ASKED),
        (Standing.UNCLEAR, Outcome.REVIEW),
        (Standing.DIFFERS, Outcome.REVIEW),
    ],
)
def test_what_is_not_proved_waits_is_asked_or_goes_to_a_person(
    standing: Standing, outcome: Outcome
) -> None:
    evidence = {Proof.HOUSEHOLD: PROVED, **stands(standing, Proof.HOUSE)}
    verdict = decide(facts(Proof.HOUSEHOLD, Proof.HOUSE, evidence=evidence), RULES)
    assert (verdict.outcome, verdict.tier) == (outcome, None)


def test_nobody_is_asked_twice() -> None:
    evidence = stands(Standing.NOT_FOUND, Proof.HOUSE)
    verdict = decide(facts(Proof.HOUSE, evidence=evidence, answered=True), RULES)
    assert verdict.outcome is Outcome.REVIEW


def test_a_family_is_asked_for_all_that_is_missing_at_once() -> None:
    claims = (Proof.RESIDENCE, Proof.WORK)
    verdict = decide(facts(*claims, evidence=stands(Standing.NOT_FOUND, *claims)), RULES)
    assert [reason.figures["proof"] for reason in verdict.reasons] == ["residence", "work"]


@pytest.mark.parametrize(
    ("different", "code"),
    [
        ({"needs": (Need.ASSESSMENT,)}, Code.NEEDS_PERSON),
        ({"sibling": True}, Code.SIBLING),
        ({"zone": ""}, Code.NO_ZONE),
        ({"house_used": 2021}, Code.HOUSE_USED),
        ({"claims": ()}, Code.NO_TIER),
    ],
)
def test_what_only_a_person_settles_goes_to_one(different: dict[str, object], code: Code) -> None:
    verdict = decide(facts(Proof.HOUSE, **different), RULES)
    assert verdict.outcome is Outcome.REVIEW
    assert code in {reason.code for reason in verdict.reasons}


@pytest.mark.parametrize(("year", "outcome"), [(2020, Outcome.PASSED), (2021, Outcome.REVIEW)])
def test_a_house_is_free_again_after_the_set_years(year: int, outcome: Outcome) -> None:
    assert decide(facts(Proof.HOUSE, house_used=year), RULES).outcome is outcome


anything = st.builds(
    Facts,
    claims=st.lists(st.sampled_from(Proof), unique=True).map(tuple),
    needs=st.lists(st.sampled_from(Need), unique=True).map(tuple),
    evidence=st.dictionaries(
        st.sampled_from(Proof), st.builds(Evidence, st.sampled_from(Standing), st.just({}))
    ),
    zone=st.sampled_from(["", "z"]),
    house_used=st.sampled_from([0, 2019, 2020, 2021, 2026]),
    year=st.just(2026),
    sibling=st.booleans(),
    answered=st.booleans(),
)


@given(anything)
@examples(300)
def test_it_passes_only_with_every_stated_proof_and_no_obstacle(given_facts: Facts) -> None:
    verdict = decide(given_facts, RULES)
    proved = [
        given_facts.evidence.get(proof, Evidence(Standing.NOT_ASKED, {})).standing
        is Standing.PROVED
        for proof in given_facts.claims
    ]
    clear = given_facts.zone and not given_facts.needs and not given_facts.sibling
    if verdict.outcome is Outcome.PASSED:
        assert all(proved)
        assert proved
        assert clear
    assert (verdict.tier is not None) == (verdict.outcome is Outcome.PASSED)
    assert verdict.reasons


@given(anything, st.sampled_from(Proof))
@examples(200)
def test_more_evidence_never_takes_a_tier_away(given_facts: Facts, proof: Proof) -> None:
    before = decide(given_facts, RULES)
    better = replace(given_facts, evidence={**given_facts.evidence, proof: PROVED})
    after = decide(better, RULES)
    if before.tier is not None:
        assert after.tier == before.tier


def test_the_tier_is_that_of_a_brute_force_over_all_sets_of_proofs() -> None:
    sets = chain.from_iterable(combinations(Proof, size) for size in range(len(Proof) + 1))
    for proofs in sets:
        fitting = [t.number for t in RULES.tiers if t.needs <= set(proofs)]
        assert decide(facts(*proofs), RULES).tier == (min(fitting) if fitting else None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tiers": [{"number": 0, "needs": ["house"], "clause": "1"}]},
        {"tiers": [{"number": 1, "needs": [], "clause": "1"}]},
        {"tiers": [{"number": 1, "needs": ["a letter"], "clause": "1"}]},
        {"tiers": [{"number": 1, "needs": ["house"], "clause": "1"}] * 2},
        {"tiers": [], "house_years": -1},
    ],
)
def test_rules_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"every tier|not a valid|years"):
        rules_from(wrong)


def test_a_statement_comes_back_as_it_was_kept() -> None:
    from datetime import date

    told = Statement(
        Child("王小涵", Document.NONE, "", date(2020, 2, 29), "2", (Need.NO_RECORD,)),
        Home("990100001001", "东街 7 号", (Proof.HOUSE,), "云0000007"),
        Guardian("王大明", "father", Document.OTHER, "P123", "13800000001"),
        wishes=("a", "b"),
    )
    assert read(told.as_json()) == told

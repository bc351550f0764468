"""How proofs are read where a round says nothing else, and rules from data.

The order household and house, house, household, migrant worker is that of most counties' public
rules; which of them come first is each bureau's own decision, so it is data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from junheng.admissions.engine.statement import Proof
from junheng.admissions.engine.verification import Rules, Tier

STANDARD: Mapping[str, Any] = {
    "tiers": [
        {"number": 1, "needs": ["household", "house"], "clause": "1"},
        {"number": 2, "needs": ["house"], "clause": "2"},
        {"number": 3, "needs": ["household"], "clause": "3"},
        {"number": 4, "needs": ["residence", "work"], "clause": "4"},
    ],
    "house_years": 6,
    "house_clause": "5",
}


def rules_from(content: Mapping[str, Any]) -> Rules:
    """Rules from data of the form of `STANDARD`.

    Raises:
        KeyError, ValueError: If a proof is unknown, a tier has no needs, or a number is below 1
            or there twice.
    """
    tiers = tuple(
        Tier(int(row["number"]), frozenset(map(Proof, row["needs"])), str(row["clause"]))
        for row in content["tiers"]
    )
    numbers = [tier.number for tier in tiers]
    if any(not tier.needs or tier.number < 1 for tier in tiers) or len(set(numbers)) < len(numbers):
        raise ValueError("every tier has a number of its own from 1 on, and needs a proof")
    years = int(content.get("house_years", 0))
    if years < 0:
        raise ValueError("the years of a house are not negative")
    return Rules(tiers, years, str(content.get("house_clause", "")))

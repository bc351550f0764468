"""Chance from a seed: one stream per topic, so a change in one part leaves the others alone."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from random import Random


def stream(seed: str, topic: str) -> Random:
    """A source of chance that gives the same numbers for the same seed and topic."""
    return Random(f"{seed}/{topic}")  # noqa: S311  # an invented county has no secrets


def shared_out(total: int, weights: Sequence[float]) -> list[int]:
    """Split a whole number in proportion to weights, largest remainders first.

    Args:
        total: What is split, 0 or more.
        weights: Not negative, not all zero.

    Returns:
        One whole number per weight; they add up to `total`.
    """
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def skewed(chance: Random, spread: float) -> float:
    """A factor around 1 that is sometimes much larger; `spread` is the deviation of its log."""
    return exp(chance.gauss(0.0, spread))

"""How much an agreement is worth: Fellegi and Sunter's weights, learned from the pairs themselves.

Source: I. Fellegi, A. Sunter, A Theory for Record Linkage, JASA 64 (1969); learning by
expectation and maximisation after W. Winkler (1988), with the chance agreements measured on
random pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from junheng.evidence.engine.levels import Birth, Levels, Name, Number, Place

Floats = npt.NDArray[np.float64]
FIELDS = ("number", "name", "birth", "place")
SIZES = (len(Number), len(Name), len(Birth), len(Place))
ROUNDS = 30
SMALLEST = 1e-6
"""No level is impossible: neither among true pairs nor among chance ones."""


@dataclass(frozen=True, slots=True)
class Model:
    """How often each level is seen, by field: among pairs of one person, and among strangers.

    Attributes:
        same: Shares of the levels among pairs of one person; level 0, missing, tells nothing.
        chance: Shares among pairs of different people.
    """

    same: tuple[Floats, ...]
    chance: tuple[Floats, ...]

    def evidence(self, levels: Levels) -> Floats:
        """Natural logarithm of how much likelier each pair is of one person than of two."""
        total = np.zeros(len(levels.number))
        for field, same, chance in zip(FIELDS, self.same, self.chance, strict=True):
            weights = np.log(same / chance)
            weights[0] = 0.0
            total += weights[getattr(levels, field)]
        return total


def _shares(*known: float) -> Floats:
    """Shares of the levels from 1 on; level 0 is missing and has none."""
    return np.array([1.0, *known])


USUAL = Model(
    same=(
        _shares(0.93, 0.055, 0.015),
        _shares(0.915, 0.06, 0.012, 0.008, 0.005),
        _shares(0.985, 0.01, 0.005),
        _shares(0.80, 0.05, 0.15),
    ),
    chance=(
        _shares(SMALLEST, SMALLEST * 10, 1 - SMALLEST * 11),
        _shares(2e-4, 5e-4, 2e-4, 0.02, 0.9791),
        _shares(4e-4, 0.02, 0.9796),
        _shares(0.004, 0.004, 0.992),
    ),
)
"""For a handful of pairs, where nothing can be learned; near what `learn` finds in registers."""


def probability(evidence: Floats, prior: float) -> Floats:
    """How probable it is that a pair is one person.

    Args:
        evidence: From `Model.evidence`.
        prior: The share of all possible pairs that are of one person, above 0 and below 1.
    """
    odds = evidence + np.log(prior / (1 - prior))
    likely: Floats = 1 / (1 + np.exp(-np.clip(odds, -500, 500)))
    return likely


def learn(pairs: Levels, strangers: Levels, prior: float) -> Model:
    """Weights from the likely pairs of two registers.

    Args:
        pairs: Likely pairs, of one person and of two mixed.
        strangers: Random pairs: hardly one in a hundred thousand is of one person.
        prior: As for `probability`.
    """
    sizes = dict(zip(FIELDS, SIZES, strict=True))
    chance = tuple(_seen(getattr(strangers, field), size) for field, size in sizes.items())
    model = Model(USUAL.same, chance)
    grid = np.stack([getattr(pairs, field) for field in FIELDS], axis=1)
    kinds, counts = np.unique(grid, axis=0, return_counts=True)
    patterns = Levels(*kinds.T)
    for _ in range(ROUNDS):
        weight = probability(model.evidence(patterns), prior) * counts
        same = tuple(_seen(getattr(patterns, field), size, weight) for field, size in sizes.items())
        model = Model(same, chance)
    return model


def _seen(levels: npt.NDArray[np.int64], size: int, weight: Floats | None = None) -> Floats:
    """Shares of the levels, of those that are not missing; never nought."""
    counts = np.bincount(levels, weights=weight, minlength=size).astype(float)
    known = counts[1:] + SMALLEST * max(counts[1:].sum(), 1.0)
    return np.array([1.0, *(known / known.sum())])

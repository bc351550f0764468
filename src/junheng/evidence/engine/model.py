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

    Strangers do not agree independently: two people born on one day have numbers that are alike
    in eight digits, and two born on one day in one village may be twins, whose names differ in one
    character. So both are known by themselves.

    Attributes:
        same: Shares of the levels among pairs of one person; level 0, missing, tells nothing.
        chance: Shares among pairs of different people.
        number_of_day: The chance levels of the number among people born on the same day.
        name_of_twins: The chance levels of the name among people of the same day and place.
    """

    same: tuple[Floats, ...]
    chance: tuple[Floats, ...]
    number_of_day: Floats
    name_of_twins: Floats

    def evidence(self, levels: Levels) -> Floats:
        """Natural logarithm of how much likelier each pair is of one person than of two."""
        weights = [_weights(*shares) for shares in zip(self.same, self.chance, strict=True)]
        rarer = (
            np.stack([weights[0], _weights(self.same[0], self.number_of_day)]),
            np.stack([weights[1], _weights(self.same[1], self.name_of_twins)]),
        )
        of_day = levels.birth == Birth.SAME
        twins = of_day & (levels.place == Place.SAME)
        total: Floats = rarer[0][of_day.astype(np.int8), levels.number]
        total = total + rarer[1][twins.astype(np.int8), levels.name]
        return total + weights[2][levels.birth] + weights[3][levels.place]


def _weights(same: Floats, chance: Floats) -> Floats:
    weights: Floats = np.log(same / chance)
    weights[0] = 0.0
    return weights


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
    number_of_day=_shares(SMALLEST, 0.002, 1 - 0.002 - SMALLEST),
    name_of_twins=_shares(5e-4, 1e-3, 2e-4, 0.1, 0.8983),
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


def learn(
    pairs: Levels, open_pairs: Levels, strangers: Levels, of_day: Levels, prior: float
) -> Model:
    """Weights from the likely pairs of two registers.

    Args:
        pairs: Likely pairs, of one person and of two mixed; all that agree in day and place.
        open_pairs: Those of them where neither is certainly somebody: a twin who is known to be
            herself is no danger any more.
        strangers: Random pairs: hardly one in a hundred thousand is of one person.
        of_day: Random pairs of people born on the same day.
        prior: As for `probability`.
    """
    sizes = dict(zip(FIELDS, SIZES, strict=True))
    chance = tuple(_seen(getattr(strangers, field), size) for field, size in sizes.items())
    patterns, counts = _patterns(pairs)
    alike, shares = _patterns(of_day)
    unsettled, waiting = _patterns(open_pairs)
    twins = float(waiting @ (_are_two_numbers(unsettled) & (unsettled.name == Name.ONE_OFF)))
    together = counts * _are_two_numbers(patterns)
    model = Model(USUAL.same, chance, USUAL.number_of_day, USUAL.name_of_twins)
    for _ in range(ROUNDS):
        likely = probability(model.evidence(patterns), prior)
        same = tuple(
            _seen(getattr(patterns, f), size, likely * counts) for f, size in sizes.items()
        )
        misspelt = float(likely @ together) * same[1][Name.ONE_OFF]
        share = (twins - misspelt) / max(float((1 - likely) @ together), 1.0)
        known = 1 - probability(model.evidence(alike), prior)
        of_one_day = _seen(alike.number, SIZES[0], known * shares)
        model = Model(same, chance, of_one_day, _with_twins(chance[1], share))
    return model


def _are_two_numbers(levels: Levels) -> npt.NDArray[np.bool_]:
    """Pairs of one day and place with two sound numbers: twins, or one with another's number."""
    together = (levels.birth == Birth.SAME) & (levels.place == Place.SAME)
    two: npt.NDArray[np.bool_] = together & (levels.number == Number.DIFFERENT)
    return two


def _with_twins(chance: Floats, share: float) -> Floats:
    """Chance levels of the name, of which a share is one character apart, if not more are anyway.

    Only that share is learned: names that are the same are hardly ever of two people, and a share
    for them would swallow the people who have no number.
    """
    share = min(max(share, chance[Name.ONE_OFF]), 0.5)
    mixed: Floats = chance * (1 - share) / (1 - chance[Name.ONE_OFF])
    mixed[Name.ONE_OFF] = share
    return mixed


def _patterns(levels: Levels) -> tuple[Levels, Floats]:
    """The combinations of levels that there are, and how many pairs have each."""
    code = np.zeros(len(levels.number), np.int64)
    for field, size in zip(FIELDS, SIZES, strict=True):
        code = code * size + getattr(levels, field)
    counts = np.bincount(code, minlength=1)
    found = np.flatnonzero(counts)
    parts = np.unravel_index(found, SIZES)
    return Levels(*(part.astype(np.int8) for part in parts)), counts[found].astype(float)


def _seen(levels: npt.NDArray[np.int8], size: int, weight: Floats | None = None) -> Floats:
    """Shares of the levels, of those that are not missing; never nought."""
    counts = np.bincount(levels, weights=weight, minlength=size).astype(float)
    known = counts[1:] + SMALLEST * max(counts[1:].sum(), 1.0)
    return np.array([1.0, *(known / known.sum())])

"""Whether schools have what they need, and how unequally: seven indicators of resources.

Nothing here guesses: what a school has not reported is neither reached nor missed, and a
coefficient says for how many schools it speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, fsum, sqrt

from junheng.registry.engine.standards import PER_HUNDRED, Indicator, Standard

LEFT_OUT = frozenset({"special", "vocational"})
POINT = "teaching_point"
SLACK = 1e-9
"""A figure that is this close to its threshold reaches it: 4.2 is not a binary fraction."""


@dataclass(frozen=True, slots=True)
class SchoolResources:
    """What a school of one level has.

    Attributes:
        code: The school's code.
        kind: Kind of organisation, such as `primary`, `teaching_point` or `special`.
        pupils: Pupils who are taught there, 0 or more.
        amounts: By indicator: teachers or rooms (whole), square metres, yuan; 0 or more. None or
            absent where nobody has told.
    """

    code: str
    kind: str
    pupils: int
    amounts: Mapping[Indicator, float | None]

    def ratio(self, indicator: Indicator) -> float | None:
        """The amount for every 100 pupils or for each; None without amount or pupils."""
        amount = self.amounts.get(indicator)
        if amount is None or not self.pupils:
            return None
        return amount / self.pupils * _base(indicator)


@dataclass(frozen=True, slots=True)
class Gap:
    """An indicator that a school does not reach.

    Attributes:
        ratio: What it has, in the unit of the threshold; None if nobody has told.
        threshold: What it needs.
        short: How much is missing in all: teachers or rooms (whole), square metres, yuan; None if
            nobody has told what there is.
    """

    indicator: Indicator
    ratio: float | None
    threshold: float
    short: float | None

    @property
    def told(self) -> bool:
        """Whether the school has told what it has."""
        return self.ratio is not None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one school stands.

    Attributes:
        met: How many indicators it reaches.
        gaps: Those that it misses or has not told, in the order of the rules.
        passes: Whether it reaches enough of them; None while what is untold could decide it.
    """

    school: SchoolResources
    met: int
    gaps: tuple[Gap, ...]
    passes: bool | None


@dataclass(frozen=True, slots=True)
class Spread:
    """How unequally a resource is shared among the schools of a county.

    Attributes:
        mean: All of it over all pupils, in the unit of the threshold; None without pupils.
        cv: Coefficient of variation, weighted by pupils; unitless, 0 and more; None where there
            is no mean, or it is 0.
        schools: For how many schools this speaks.
        untold: Schools that count but have not told; they are left out of both figures.
        most: What the rules allow.
    """

    indicator: Indicator
    mean: float | None
    cv: float | None
    schools: int
    untold: int
    most: float

    @property
    def within(self) -> bool | None:
        """Whether it is within what the rules allow; None without a coefficient."""
        return None if self.cv is None else self.cv <= self.most + SLACK


def counts(school: SchoolResources, standard: Standard) -> bool:
    """Whether a school counts: no special or vocational school, no tiny teaching point.

    Source:
        Seats research, section 1: special and vocational schools and teaching points with fewer
        than 50 pupils are left out. A school without pupils has no figure per pupil.
    """
    if school.kind in LEFT_OUT or not school.pupils:
        return False
    return school.kind != POINT or school.pupils >= standard.least_pupils


def judge(school: SchoolResources, standard: Standard) -> Verdict:
    """What a school reaches, and what it misses by how much.

    Source:
        Each school reaches at least 6 of the 7 indicators.
    """
    found = [_gap(school, each, standard.thresholds[each]) for each in Indicator]
    gaps = tuple(gap for gap in found if gap is not None)
    met = len(found) - len(gaps)
    untold = sum(not gap.told for gap in gaps)
    passes = met >= standard.least_met
    undecided = not passes and met + untold >= standard.least_met
    return Verdict(school, met, gaps, None if undecided else passes)


def spreads(schools: Iterable[SchoolResources], standard: Standard) -> tuple[Spread, ...]:
    """The inequality of every indicator between the schools that count."""
    counted = [school for school in schools if counts(school, standard)]
    return tuple(_spread(each, counted, standard.most_cv) for each in Indicator)


def coefficient_of_variation(pupils: Sequence[int], amounts: Sequence[float]) -> float | None:
    """How unequally something is shared among schools, each weighing as much as its pupils.

    Args:
        pupils: Pupils of each school, 0 or more.
        amounts: What each has, any unit, 0 or more; as many as `pupils`.

    Returns:
        Unitless, 0 if each pupil has the same; None without pupils or where nobody has anything.

    Raises:
        ValueError: If there are more of one than of the other.

    Source:
        sqrt(sum (p_i/P) (x_i - X)^2) / X with X = sum R / sum P. Five schools with 45, 37, 89, 76
        and 55 pupils and 279, 137, 935, 160 and 402 books have 0.515 (printed as 0.52).
    """
    rows = [(p, a) for p, a in zip(pupils, amounts, strict=True) if p]
    everyone = sum(p for p, _ in rows)
    mean = fsum(a for _, a in rows) / everyone if everyone else 0.0
    if not mean:
        return None
    return sqrt(fsum(p / everyone * (a / p - mean) ** 2 for p, a in rows)) / mean


def _base(indicator: Indicator) -> int:
    return 100 if indicator in PER_HUNDRED else 1


def _gap(school: SchoolResources, indicator: Indicator, threshold: float) -> Gap | None:
    ratio = school.ratio(indicator)
    if ratio is None:
        return Gap(indicator, None, threshold, None)
    if ratio >= threshold - SLACK:
        return None
    missing = (threshold - ratio) * school.pupils / _base(indicator)
    whole = indicator in PER_HUNDRED
    return Gap(indicator, ratio, threshold, ceil(missing - SLACK) if whole else missing)


def _spread(indicator: Indicator, counted: Sequence[SchoolResources], most: float) -> Spread:
    told = [(s.pupils, amount) for s in counted if (amount := s.amounts.get(indicator)) is not None]
    pupils, amounts = [p for p, _ in told], [a for _, a in told]
    everyone = sum(pupils)
    return Spread(
        indicator=indicator,
        mean=fsum(amounts) / everyone * _base(indicator) if everyone else None,
        cv=coefficient_of_variation(pupils, amounts),
        schools=len(told),
        untold=len(counted) - len(told),
        most=most,
    )

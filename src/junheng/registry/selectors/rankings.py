"""Any indicator of the register ranked by county, township or school, against an earlier day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from junheng.accounts.facade import User
from junheng.registry.selectors.equity import counties_of
from junheng.registry.selectors.measures import Measure, Sums
from junheng.registry.selectors.on_a_day import SchoolOnDay, schools_on


class By(StrEnum):
    """What is ranked."""

    COUNTY = "county"
    TOWNSHIP = "township"
    SCHOOL = "school"


class Against(StrEnum):
    """The day before which it is set: a week for the ranking, one for the daily dispatch."""

    WEEK = "week"
    DAY = "day"


DAYS = {Against.WEEK: timedelta(days=7), Against.DAY: timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Ranked:
    """A county, township or school with its figure.

    Attributes:
        rank: From 1, for what needs attention most; equal figures share one. None without figure.
        key: Of a school, its code; of a place, its code as well.
        part, whole: What the figure is made from; a number alone has no whole.
        value, before: The figure on the day and on the earlier day; None where nobody told.
    """

    rank: int | None
    key: str
    name: str
    township: str
    schools: int
    part: int
    whole: int | None
    value: float | None
    before: float | None

    @property
    def change(self) -> float | None:
        if self.value is None or self.before is None:
            return None
        return self.value - self.before


def ranked(user: User, measure: Measure, by: By, *, on: date, against: Against) -> list[Ranked]:
    """The units that somebody sees, what needs attention first, those without a figure last."""
    rows, before = schools_on(user, on), on - DAYS[against]
    names = {place.code: place.name for place in counties_of(user, rows)}
    sums = _sums(user, measure, by, on, rows)
    earlier = _sums(user, measure, by, before, schools_on(user, before))
    units = [
        _unit(by, key, schools, (sums.get(key), earlier.get(key)), names)
        for key, schools in _units(rows, by).items()
    ]
    return _placed(units, measure)


def _sums(
    user: User, measure: Measure, by: By, on: date, rows: Sequence[SchoolOnDay]
) -> dict[str, Sums | None]:
    """What each unit has on a day."""
    counted = measure.counted(user, on, rows) if measure.counted else None
    units = _units([row for row in rows if _has(measure, by, row)], by)
    found = {key: measure.sums(schools, counted) for key, schools in units.items()}
    if measure.around is None:
        return found
    around: Counter[str] = Counter()
    for path, number in measure.around(user, on).items():
        around[_place_of(path, by)] += number
    return {
        key: (sums[0], around[key]) if sums and key in around else None
        for key, sums in found.items()
    }


def _has(measure: Measure, by: By, row: SchoolOnDay) -> bool:
    return by is not By.SCHOOL or row.kind not in measure.not_of


def _units(rows: Sequence[SchoolOnDay], by: By) -> dict[str, list[SchoolOnDay]]:
    units: dict[str, list[SchoolOnDay]] = {}
    for row in rows:
        units.setdefault(_key(row, by), []).append(row)
    return units


def _key(row: SchoolOnDay, by: By) -> str:
    """Code of the unit. A school that stands in no township is the county's own."""
    return row.code if by is By.SCHOOL else _place_of(row.path, by)


def _place_of(path: str, by: By) -> str:
    """Code of the township or county of a path; "" for single schools, which are no places.

    Province, prefecture, county and township stand first in every path.
    """
    county, *below = path.strip("/").split("/")[2:4]
    if by is By.SCHOOL:
        return ""
    return county if by is By.COUNTY or not below or below[0].startswith("@") else below[0]


def _figure(sums: Sums | None) -> float | None:
    if sums is None or sums[1] == 0:
        return None
    return sums[0] if sums[1] is None else sums[0] / sums[1]


def _unit(
    by: By,
    key: str,
    schools: Sequence[SchoolOnDay],
    both: tuple[Sums | None, Sums | None],
    names: Mapping[str, str],
) -> Ranked:
    first, (sums, before) = schools[0], both
    name = {By.TOWNSHIP: first.township, By.SCHOOL: first.name}.get(by) or names.get(key, key)
    return Ranked(
        rank=None,
        key=key,
        name=name,
        township="" if by is By.COUNTY else first.township,
        schools=len({row.pk for row in schools}),
        part=sums[0] if sums else 0,
        whole=sums[1] if sums else None,
        value=_figure(sums),
        before=_figure(before),
    )


def _placed(units: Sequence[Ranked], measure: Measure) -> list[Ranked]:
    told = [(unit, unit.value) for unit in units if unit.value is not None]
    sign = -1 if measure.most_first else 1
    ordered = sorted(told, key=lambda each: (sign * each[1], each[0].key))
    ranks: dict[float, int] = {}
    for number, (_row, value) in enumerate(ordered, start=1):
        ranks.setdefault(value, number)
    untold = [unit for unit in units if unit.value is None]
    return [replace(unit, rank=ranks[value]) for unit, value in ordered] + untold

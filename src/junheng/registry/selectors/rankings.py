"""Any indicator of the register ranked by county, township or school, against an earlier day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from junheng.accounts.facade import User
from junheng.registry.engine.cap import CLASS_CAP
from junheng.registry.selectors.equity import counties_of
from junheng.registry.selectors.on_a_day import SchoolOnDay, schools_on
from junheng.registry.selectors.returns import SHARES


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
Told = Callable[[SchoolOnDay], int | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """How an indicator is put together: a number, or one number over another.

    Attributes:
        part: What is counted at a school; None where it has not told.
        whole: Over what; None where it has not told. A number alone without it.
        most_first: Whether much of it is what needs attention.
    """

    part: Told
    whole: Told | None = None
    most_first: bool = True


def _of_resources(name: str) -> Told:
    def told(row: SchoolOnDay) -> int | None:
        found: int | None = getattr(row.resources, name) if row.resources else None
        return found

    return told


def _pupils(row: SchoolOnDay) -> int:
    return row.pupils


MEASURES: Mapping[str, Measure] = {
    "large_classes": Measure(lambda row: sum(each.size > CLASS_CAP for each in row.classes)),
    "pupils_per_class": Measure(_pupils, lambda row: len(row.classes)),
    "pupils_per_teacher": Measure(_pupils, lambda row: row.teachers),
    "pupils": Measure(_pupils),
    "entrants": Measure(lambda row: row.entrants),
    "suspended": Measure(lambda row: row.suspended),
    "dropped_out": Measure(lambda row: row.dropped_out),
    **{
        name: Measure(_of_resources(name), _pupils, most_first=False)
        for name in ("building_m2", "sports_m2", "books", "equipment_fen")
    },
    **{
        part: Measure(_of_resources(part), _of_resources(whole), most_first=False)
        for part, whole in SHARES.items()
    },
}


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
    rows = schools_on(user, on)
    names = {place.code: place.name for place in counties_of(user, rows)}
    before = {
        key: _figure(measure, schools)
        for key, schools in _units(schools_on(user, on - DAYS[against]), by).items()
    }
    units = [
        _unit(measure, by, key, schools, before.get(key), names)
        for key, schools in _units(rows, by).items()
    ]
    return _placed(units, measure)


def _units(rows: Sequence[SchoolOnDay], by: By) -> dict[str, list[SchoolOnDay]]:
    units: dict[str, list[SchoolOnDay]] = {}
    for row in rows:
        units.setdefault(_key(row, by), []).append(row)
    return units


def _key(row: SchoolOnDay, by: By) -> str:
    """Code of the unit: province, prefecture, county and township stand first in every path.

    A school that stands in no township is the county's own.
    """
    if by is By.SCHOOL:
        return row.code
    county, below = row.path.strip("/").split("/")[2:4]
    return county if by is By.COUNTY or below.startswith("@") else below


def _sums(measure: Measure, schools: Sequence[SchoolOnDay]) -> tuple[int, int | None] | None:
    """Sums over the schools that told both numbers; None where none did."""
    told = [
        (part, whole)
        for row in schools
        if (part := measure.part(row)) is not None
        and (whole := measure.whole(row) if measure.whole else 0) is not None
    ]
    if not told:
        return None
    wholes = sum(whole for _part, whole in told) if measure.whole else None
    return sum(part for part, _whole in told), wholes


def _figure(measure: Measure, schools: Sequence[SchoolOnDay]) -> float | None:
    sums = _sums(measure, schools)
    if sums is None or sums[1] == 0:
        return None
    return sums[0] if sums[1] is None else sums[0] / sums[1]


def _unit(
    measure: Measure,
    by: By,
    key: str,
    schools: Sequence[SchoolOnDay],
    before: float | None,
    names: Mapping[str, str],
) -> Ranked:
    first, sums = schools[0], _sums(measure, schools)
    name = {By.TOWNSHIP: first.township, By.SCHOOL: first.name}.get(by) or names.get(key, key)
    return Ranked(
        rank=None,
        key=key,
        name=name,
        township="" if by is By.COUNTY else first.township,
        schools=len({row.pk for row in schools}),
        part=sums[0] if sums else 0,
        whole=sums[1] if sums else None,
        value=_figure(measure, schools),
        before=before,
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

"""Equity between the schools of a county: snapshots for the engine, and its verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from junheng.accounts.facade import User
from junheng.kernel.levels import Level
from junheng.places.facade import Level as PlaceLevel
from junheng.places.facade import Place
from junheng.registry.engine.equity import SchoolResources, Spread, Verdict, counts, judge, spreads
from junheng.registry.engine.standards import Indicator, Standard
from junheng.registry.selectors.on_a_day import SchoolOnDay, schools_on

FEN_A_YUAN = 100
OF_STAFF = (
    Indicator.QUALIFIED_TEACHERS,
    Indicator.BACKBONE_TEACHERS,
    Indicator.SPORT_AND_ARTS_TEACHERS,
)
COLUMNS = {
    Indicator.TEACHING_AREA: "teaching_m2",
    Indicator.SPORTS_AREA: "sports_m2",
    Indicator.MULTIMEDIA_ROOMS: "multimedia_rooms",
}


@dataclass(frozen=True, slots=True)
class SchoolVerdict:
    """A school with what it reaches and what it lacks."""

    row: SchoolOnDay
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Equity:
    """The schools of one level of a county.

    Attributes:
        schools: Those that count, the fewest indicators reached first.
        left_out: Those that do not: special, vocational, tiny teaching points, without pupils.
        spreads: Inequality of each indicator.
    """

    schools: tuple[SchoolVerdict, ...]
    left_out: tuple[SchoolOnDay, ...]
    spreads: tuple[Spread, ...]

    @property
    def passing(self) -> int:
        return sum(each.verdict.passes is True for each in self.schools)

    @property
    def undecided(self) -> int:
        return sum(each.verdict.passes is None for each in self.schools)


def counties_of(user: User, rows: Sequence[SchoolOnDay]) -> list[Place]:
    """The counties in which these schools lie, by code."""
    parts = {part for row in rows for part in row.path.split("/")}
    found = Place.objects.filter(level=PlaceLevel.COUNTY, code__in=parts).defer("outline")
    return list(found.order_by("code"))


def equity_of(
    user: User, level: Level, *, on: date, standard: Standard, county: str = ""
) -> tuple[Equity, list[Place]]:
    """Equity between the schools that somebody sees in one county, and the counties there are.

    `county` is a code; the first by code where it is empty or not seen.
    """
    rows = [row for row in schools_on(user, on) if row.level == level]
    counties = counties_of(user, rows)
    chosen = next((each for each in counties if each.code == county), None) or next(
        iter(counties), None
    )
    inside = [row for row in rows if chosen is None or row.path.startswith(chosen.path)]
    return _judged(inside, standard), counties


def _judged(rows: Sequence[SchoolOnDay], standard: Standard) -> Equity:
    values = {row.code: resources_of(row) for row in rows}
    counted = [row for row in rows if counts(values[row.code], standard)]
    verdicts = [SchoolVerdict(row, judge(values[row.code], standard)) for row in counted]
    return Equity(
        schools=tuple(sorted(verdicts, key=lambda each: (each.verdict.met, each.row.code))),
        left_out=tuple(row for row in rows if not counts(values[row.code], standard)),
        spreads=spreads(values.values(), standard),
    )


def resources_of(row: SchoolOnDay) -> SchoolResources:
    """A school as the engine takes it; what nobody told stays untold."""
    amounts: dict[Indicator, float | None] = {
        each: row.staff.get(each.value) if row.staff else None for each in OF_STAFF
    }
    if row.resources is not None:
        amounts |= {each: getattr(row.resources, name) for each, name in COLUMNS.items()}
        fen = row.resources.equipment_fen
        amounts[Indicator.EQUIPMENT_VALUE] = None if fen is None else fen / FEN_A_YUAN
    return SchoolResources(row.code, row.kind, row.pupils, amounts)

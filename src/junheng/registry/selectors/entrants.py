"""Entrants of schools against former years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Sum

from junheng.accounts.facade import User
from junheng.kernel.levels import Level
from junheng.registry.engine.growth import growth
from junheng.registry.models import Entrants, School, Setting
from junheng.registry.models.entrants import EntrantsQuerySet

LOWER_SECONDARY = Level.LOWER_SECONDARY.entry_grade.number


@dataclass(frozen=True, slots=True)
class RuralEntrants:
    """Entrants of the rural lower secondary schools of a place.

    Attributes:
        years: Year and entrants, the earliest first.
    """

    years: tuple[tuple[int, int], ...]

    @property
    def last_year(self) -> int | None:
        return self.years[-1][0] if self.years else None

    @property
    def growth(self) -> float | None:
        """From the first year to the last; unitless, None without two."""
        return growth(self.years[0][1], self.years[-1][1]) if len(self.years) > 1 else None


@dataclass(frozen=True, slots=True)
class SchoolEntrants:
    """One school, or all of them together.

    Attributes:
        figures: Entrants by year; a year that nobody told is missing.
    """

    code: str
    name: str
    figures: Mapping[int, int]

    @property
    def first(self) -> int:
        return self.figures[min(self.figures)]

    @property
    def last(self) -> int:
        return self.figures[max(self.figures)]

    @property
    def growth(self) -> float | None:
        """From the first year that was told to the last; None without two."""
        return growth(self.first, self.last) if len(self.figures) > 1 else None


def rural(rows: EntrantsQuerySet) -> EntrantsQuerySet:
    """Only lower secondary schools that stand in no town of the county seat."""
    here = School.objects.filter(
        organisation=OuterRef("organisation"), lowest_grade__gte=LOWER_SECONDARY
    )
    outside = here.exclude(setting=Setting.URBAN)
    return rows.filter(Exists(outside), grade=LOWER_SECONDARY)


def rural_below(path: str) -> RuralEntrants:
    """The rural schools below a path, year by year."""
    rows = rural(Entrants.objects.filter(organisation__path__startswith=path))
    counted = rows.order_by("year").values_list("year").annotate(n=Sum("number"))
    return RuralEntrants(tuple(counted))


def rural_schools(user: User) -> list[SchoolEntrants]:
    """The rural schools that somebody sees, year by year, by growth."""
    rows = rural(Entrants.objects.for_user(user)).order_by("year")
    columns = ("organisation__code", "organisation__name", "year", "number")
    seen: dict[str, tuple[str, dict[int, int]]] = {}
    for code, name, year, number in rows.values_list(*columns):
        seen.setdefault(code, (name, {}))[1][year] = number
    lines = [SchoolEntrants(code, name, figures) for code, (name, figures) in seen.items()]
    return sorted(lines, key=lambda line: (-(line.growth or 0), line.code))


def together(lines: Sequence[SchoolEntrants]) -> SchoolEntrants:
    """All these schools as one line."""
    sums: Counter[int] = Counter()
    for line in lines:
        sums.update(line.figures)
    return SchoolEntrants("", "", dict(sorted(sums.items())))

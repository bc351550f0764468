"""The yearly return as on any day: sums over its schools, and shares with both their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from junheng.accounts.facade import User
from junheng.kernel.levels import Level
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import OrganisationKind, Place
from junheng.registry.engine.cap import CLASS_CAP, STANDARD, VERY_LARGE
from junheng.registry.engine.equity import Spread, spreads
from junheng.registry.engine.ratios import Retention, Share, net_enrolment
from junheng.registry.engine.standards import LATEST, STANDARDS
from junheng.registry.models import SchoolAgeChildren
from junheng.registry.models.staff import Employment
from junheng.registry.selectors.equity import counties_of, resources_of
from junheng.registry.selectors.on_a_day import SchoolOnDay, others_on, schools_on
from junheng.registry.selectors.retention import retention_of
from junheng.registry.selectors.staff import posts_on

SIZES = ("standard", "near", "large", "very_large")
"""Within the standard of the level, up to the cap, up to 65, from 66."""


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """All schools of a level together; the unit of each figure stands in `SchoolOnDay`."""

    level: str
    schools: tuple[SchoolOnDay, ...]

    def sum(self, name: str) -> int:
        """Sum of one figure over the schools."""
        return sum(getattr(row, name) for row in self.schools)

    @property
    def pupils(self) -> int:
        return self.sum("pupils")

    @property
    def classes(self) -> int:
        return sum(len(row.classes) for row in self.schools)

    def staff(self, name: str) -> int:
        """Sum of one figure of staff."""
        return sum(row.staff.get(name, 0) for row in self.schools)

    @property
    def pupils_per_teacher(self) -> float | None:
        teachers = self.staff("teachers")
        return self.pupils / teachers if teachers else None

    @property
    def teachers_per_class(self) -> float | None:
        return self.staff("teachers") / self.classes if self.classes else None


@dataclass(frozen=True, slots=True)
class Resource:
    """A figure of resources over the schools that told it.

    Attributes:
        name: Field of `Resources`, or of a part and its whole.
        part: What there is; of a share, the part.
        whole: Pupils of the schools that told; of a share, the whole.
        told, schools: How many schools told, of how many.
    """

    name: str
    part: int
    whole: int
    told: int
    schools: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def share(self) -> Share:
        return Share(self.part, self.whole)


PER_PUPIL = ("building_m2", "sports_m2", "books", "equipment_fen")
SHARES = {
    "lessons_given": "lessons_planned",
    "equipment_used": "equipment_sets",
}


@dataclass(frozen=True, slots=True)
class StaffLine:
    """People with posts of one level and kind, by sex."""

    level: str
    kind: str
    men: int
    women: int
    untold: int
    permanent: int

    @property
    def people(self) -> int:
        return self.men + self.women + self.untold


@dataclass(frozen=True, slots=True)
class KindLine:
    """Schools of one kind; a nine-year school is one school.

    Attributes:
        quality: How many of them are quality schools.
        classes, pupils: None of kinds whose pupils no register here has.
    """

    kind: str
    schools: int
    quality: int
    classes: int | None
    pupils: int | None

    @property
    def share(self) -> Share:
        """Of quality schools."""
        return Share(self.quality, self.schools)


@dataclass(frozen=True, slots=True)
class EquityLine:
    """Inequality between the schools of one level of one county."""

    county: Place
    level: Level
    spreads: tuple[Spread, ...]


@dataclass(frozen=True, slots=True)
class YearlyReturn:
    """What the return says on a day."""

    day: date
    levels: tuple[LevelFigures, ...]
    kinds: tuple[KindLine, ...]
    staff: tuple[StaffLine, ...]
    resources: tuple[tuple[str, tuple[Resource, ...]], ...]
    sizes: tuple[tuple[str, int, tuple[int, ...]], ...]
    retention: tuple[tuple[str, int, Retention], ...]
    enrolment: tuple[tuple[str, Share | None], ...]
    equity: tuple[EquityLine, ...]


def return_on(user: User, day: date) -> YearlyReturn:
    """The yearly return of the schools that somebody sees."""
    schools = schools_on(user, day)
    levels = tuple(
        LevelFigures(level.value, tuple(row for row in schools if row.level == level))
        for level in Level
    )
    return YearlyReturn(
        day=day,
        levels=levels,
        kinds=_kinds([*schools, *others_on(user, day)]),
        staff=staff_lines(user, day),
        resources=tuple((each.level, _resources(each.schools)) for each in levels),
        sizes=_sizes(schools),
        retention=tuple(retention_of(user, level, day) for level in Level),
        enrolment=_enrolment(user, levels, day),
        equity=_equity(user, schools),
    )


def _enrolment(
    user: User, levels: Sequence[LevelFigures], day: date
) -> tuple[tuple[str, Share | None], ...]:
    """By level; None where nobody told how many children there are in the places in scope."""
    rows = SchoolAgeChildren.objects.for_user(user).filter(year=SchoolYear.of(day).start)
    known: dict[str, int] = {}
    for level, number in rows.order_by().values_list("level", "number"):
        known[level] = known.get(level, 0) + number
    return tuple(
        (
            row.level,
            net_enrolment(row.sum("of_age"), known[row.level]) if row.level in known else None,
        )
        for row in levels
    )


def _kinds(schools: Sequence[SchoolOnDay]) -> tuple[KindLine, ...]:
    kinds: dict[str, list[SchoolOnDay]] = {}
    for row in schools:
        kinds.setdefault(row.kind, []).append(row)
    order = {kind.value: number for number, kind in enumerate(OrganisationKind)}
    return tuple(
        _kind(kind, rows) for kind, rows in sorted(kinds.items(), key=lambda e: order[e[0]])
    )


def _kind(kind: str, rows: Sequence[SchoolOnDay]) -> KindLine:
    taught = any(row.level for row in rows)
    return KindLine(
        kind,
        schools=len({row.pk for row in rows}),
        quality=len({row.pk for row in rows if row.quality}),
        classes=sum(len(row.classes) for row in rows) if taught else None,
        pupils=sum(row.pupils for row in rows) if taught else None,
    )


def _equity(user: User, schools: Sequence[SchoolOnDay]) -> tuple[EquityLine, ...]:
    return tuple(
        EquityLine(county, level, spreads(map(resources_of, inside), STANDARDS[LATEST][level]))
        for county in counties_of(user, schools)
        for level in Level
        if (inside := [r for r in schools if r.level == level and r.path.startswith(county.path)])
    )


def staff_lines(user: User, day: date) -> tuple[StaffLine, ...]:
    """People with posts of a day, by level and kind."""
    people = Count("person", distinct=True)
    permanent = Count("person", distinct=True, filter=Q(employment=Employment.PERMANENT))
    rows = posts_on(user, day).order_by().values_list("level", "kind", "person__sex")
    lines: dict[tuple[str, str], Counter[str]] = {}
    for level, kind, sex, number, kept in rows.annotate(n=people, kept=permanent):
        lines.setdefault((level, kind), Counter()).update({sex: number, "permanent": kept})
    return tuple(
        StaffLine(level, kind, c["1"], c["2"], c[""], c["permanent"])
        for (level, kind), c in sorted(lines.items(), reverse=True)
    )


def _resources(schools: Sequence[SchoolOnDay]) -> tuple[Resource, ...]:
    figures = [_resource(name, schools, lambda row: row.pupils) for name in PER_PUPIL]
    shares = [_resource(part, schools, _teller(whole)) for part, whole in SHARES.items()]
    return tuple(figures + shares)


def _teller(name: str) -> Callable[[SchoolOnDay], int | None]:
    return lambda row: _told(row, name)


def _resource(
    name: str, schools: Sequence[SchoolOnDay], whole: Callable[[SchoolOnDay], int | None]
) -> Resource:
    told = [
        (part, over)
        for row in schools
        if (part := _told(row, name)) is not None and (over := whole(row)) is not None
    ]
    return Resource(
        name, sum(part for part, _ in told), sum(over for _, over in told), len(told), len(schools)
    )


def _told(row: SchoolOnDay, name: str) -> int | None:
    found: int | None = getattr(row.resources, name) if row.resources else None
    return found


def _sizes(schools: Sequence[SchoolOnDay]) -> tuple[tuple[str, int, tuple[int, ...]], ...]:
    """Level, grade, and how many classes have each size."""
    table: dict[tuple[str, int], Counter[str]] = {}
    for school in schools:
        for row in school.classes:
            band = size_of(row.size, school.level)
            table.setdefault((school.level, row.grade), Counter())[band] += 1
    return tuple(
        (level, grade, tuple(counted[band] for band in SIZES))
        for (level, grade), counted in sorted(table.items(), key=lambda each: each[0][1])
    )


def size_of(size: int, level: str) -> str:
    """What a class of a level counts as in the table of sizes."""
    if size >= VERY_LARGE:
        return "very_large"
    if size > CLASS_CAP:
        return "large"
    return "near" if size > STANDARD[level] else "standard"

"""The yearly return as on any day: sums over its schools, and shares with both their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from junheng.accounts.facade import User
from junheng.kernel.levels import Level
from junheng.kernel.school_year import SchoolYear
from junheng.registry.engine.cap import CLASS_CAP, STANDARD, VERY_LARGE
from junheng.registry.engine.ratios import RETENTION, Retention, Share, net_enrolment
from junheng.registry.models import SchoolAgeChildren, Standing
from junheng.registry.models.staff import Employment
from junheng.registry.selectors.on_a_day import SchoolOnDay, schools_on
from junheng.registry.selectors.staff import posts_on

COUNT_DAY = (9, 30)
"""Who is in the entry grade on this day has entered: transfers close a month after the start."""
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
class YearlyReturn:
    """What the return says on a day."""

    day: date
    levels: tuple[LevelFigures, ...]
    kinds: tuple[tuple[str, int, int, int], ...]
    staff: tuple[StaffLine, ...]
    resources: tuple[tuple[str, tuple[Resource, ...]], ...]
    sizes: tuple[tuple[str, int, tuple[int, ...]], ...]
    retention: tuple[tuple[str, int, Retention], ...]
    enrolment: tuple[tuple[str, Share | None], ...]


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
        kinds=_kinds(schools),
        staff=_staff(user, day),
        resources=tuple((each.level, _resources(each.schools)) for each in levels),
        sizes=_sizes(schools),
        retention=tuple(retention_of(user, level, day) for level in Level),
        enrolment=_enrolment(user, levels, day),
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


def _kinds(schools: Sequence[SchoolOnDay]) -> tuple[tuple[str, int, int, int], ...]:
    """Kind, schools, classes and pupils; a nine-year school is one school."""
    codes = {row.code: row.kind for row in schools}
    classes, pupils = Counter[str](), Counter[str]()
    for row in schools:
        classes[row.kind] += len(row.classes)
        pupils[row.kind] += row.pupils
    counted = Counter(codes.values())
    return tuple((kind, n, classes[kind], pupils[kind]) for kind, n in sorted(counted.items()))


def _staff(user: User, day: date) -> tuple[StaffLine, ...]:
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


# --------------------------------------------------------------------------- retention


def cohort_year(level: Level, day: date) -> int:
    """The school year in which the latest cohort entered whose last year is over."""
    return SchoolYear.of(day).start - RETENTION[level].years


def retention_of(user: User, level: Level, day: date) -> tuple[str, int, Retention]:
    """Retention of the latest cohort that is through: level, year of entry, figures.

    Entered: studying in the entry grade of a school in scope on 30 September of that year.
    Completed: the last grade of the rule, to the end of its school year, at a school in scope.
    """
    entered, completed = entered_of(user, level, day), completed_of(user, level, day)
    both = [rows.order_by().values("pupil") for rows in (entered, completed)]
    # A join is taken for a small one by the planner, and costs ten times as much.
    stayed = both[0].intersection(both[1]).count()
    return (
        level.value,
        cohort_year(level, day),
        Retention(entered=entered.count(), stayed=stayed, joined=completed.count() - stayed),
    )


def entered_of(user: User, level: Level, day: date) -> QuerySet[Standing]:
    """The standings with which the cohort entered, one a pupil."""
    year = cohort_year(level, day)
    own = Standing.objects.for_user(user).studying().on(date(year, *COUNT_DAY))
    return own.filter(school_year=year, grade=RETENTION[level].entry_grade)


def completed_of(user: User, level: Level, day: date) -> QuerySet[Standing]:
    """The standings with which pupils completed the last year of the cohort, one a pupil."""
    rule = RETENTION[level]
    own = Standing.objects.for_user(user).filter(completed=True)
    return own.filter(school_year=cohort_year(level, day) + rule.years - 1, grade=rule.last_grade)


COHORT = ("entered", "stayed", "joined", "gone")


def cohort_rows(user: User, level: Level, which: str, day: date) -> QuerySet[Standing]:
    """The pupils behind a figure of retention, as the standings that it counts."""
    entered, completed = entered_of(user, level, day), completed_of(user, level, day)
    if which == "entered":
        return entered
    if which == "gone":
        return entered.exclude(pupil__in=completed.values("pupil"))
    inside = completed.filter(pupil__in=entered.values("pupil"))
    return inside if which == "stayed" else completed.exclude(pupil__in=entered.values("pupil"))

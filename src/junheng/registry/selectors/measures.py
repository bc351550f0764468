"""What can be ranked: each indicator as a number of schools, or one number over another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db.models import Count, Exists, OuterRef

from junheng.accounts.facade import User
from junheng.kernel.levels import Level
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import OrganisationKind
from junheng.registry.engine.cap import CLASS_CAP
from junheng.registry.models import FindingStretch, IntegrityFinding, SchoolAgeChildren
from junheng.registry.selectors.on_a_day import Key, SchoolOnDay
from junheng.registry.selectors.retention import completed_of, entered_of
from junheng.registry.selectors.returns import SHARES

Told = Callable[[SchoolOnDay], int | None]
Sums = tuple[int, int | None]
"""A number, and what it is set over; None for a number alone."""
Counted = Callable[[User, date, Sequence[SchoolOnDay]], Mapping[Key, Sums]]
Around = Callable[[User, date], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Measure:
    """How an indicator is put together: a number, or one number over another.

    Attributes:
        part: What is counted at a school; None where it has not told.
        whole: Over what; None where it has not told. A number alone without it.
        most_first: Whether much of it is what needs attention.
        counted: Both numbers of each school, where they do not stand in its row.
        around: What the schools of a place are set over, by the path of the place it is known of;
            such an indicator has places, and no single school.
        not_of: Kinds of schools that have no such figure by themselves, and count in their place.
    """

    part: Told = lambda _row: None
    whole: Told | None = None
    most_first: bool = True
    counted: Counted | None = None
    around: Around | None = None
    not_of: frozenset[str] = frozenset()

    def sums(self, rows: Sequence[SchoolOnDay], counted: Mapping[Key, Sums] | None) -> Sums | None:
        """Sums over the schools that told both numbers; None where none did."""
        if counted is not None:
            told = [counted[row.pk, row.level] for row in rows if (row.pk, row.level) in counted]
        else:
            told = list(self._told(rows))
        if not told:
            return None
        wholes = [whole for _part, whole in told if whole is not None]
        return sum(part for part, _whole in told), sum(wholes) if wholes else None

    def _told(self, rows: Sequence[SchoolOnDay]) -> Sequence[Sums]:
        found: list[Sums] = []
        for row in rows:
            part, whole = self.part(row), self.whole(row) if self.whole else None
            if part is not None and (self.whole is None or whole is not None):
                found.append((part, whole))
        return found


def _of_resources(name: str) -> Told:
    def told(row: SchoolOnDay) -> int | None:
        found: int | None = getattr(row.resources, name) if row.resources else None
        return found

    return told


def _of_staff(name: str) -> Told:
    return lambda row: row.staff.get(name)


def _pupils(row: SchoolOnDay) -> int:
    return row.pupils


def _of_age(level: Level) -> Told:
    return lambda row: row.of_age if row.level == level.value else None


def children_of(level: Level, user: User, on: date) -> dict[str, int]:
    """Children of the age of a level in the school year of a day, by the path of their place."""
    rows = SchoolAgeChildren.objects.for_user(user).filter(
        year=SchoolYear.of(on).start, level=level.value
    )
    return dict(rows.order_by().values_list("place__path", "number"))


def retention_by_school(
    level: Level, user: User, on: date, _rows: Sequence[SchoolOnDay]
) -> dict[Key, Sums]:
    """Who completed the last year at each school, over who had entered there."""
    by_school = Count("pk")
    entered, completed = (
        dict(rows.order_by().values_list("organisation_id").annotate(n=by_school))
        for rows in (entered_of(user, level, on), completed_of(user, level, on))
    )
    return {
        (school, level.value): (completed.get(school, 0), entered.get(school, 0))
        for school in entered.keys() | completed.keys()
    }


def findings_by_school(user: User, on: date, rows: Sequence[SchoolOnDay]) -> dict[Key, Sums]:
    """What stood open against each school on a day, whatever became of it; of no check, nothing."""
    seen = IntegrityFinding.objects.for_user(user).filter(first_on__lte=on)
    if not seen.exists():
        return {}
    there = Exists(FindingStretch.objects.on(on).filter(finding=OuterRef("pk")))
    counted = Counter(
        dict(seen.filter(there).order_by().values_list("organisation_id").annotate(n=Count("pk")))
    )
    found: dict[Key, Sums] = {}
    for row in rows:  # a nine-year school stands in two rows, and has its findings once
        found[row.pk, row.level] = (counted.pop(row.pk, 0), None)
    return found


MEASURES: Mapping[str, Measure] = {
    "large_classes": Measure(lambda row: sum(each.size > CLASS_CAP for each in row.classes)),
    "pupils_per_class": Measure(_pupils, lambda row: len(row.classes)),
    "pupils_per_teacher": Measure(_pupils, lambda row: row.teachers),
    "pupils": Measure(_pupils),
    "entrants": Measure(lambda row: row.entrants),
    "suspended": Measure(lambda row: row.suspended),
    "dropped_out": Measure(lambda row: row.dropped_out),
    "findings": Measure(counted=findings_by_school),
    **{
        f"enrolment_{level.value}": Measure(
            _of_age(level), most_first=False, around=partial(children_of, level)
        )
        for level in Level
    },
    **{
        f"retention_{level.value}": Measure(
            most_first=False,
            counted=partial(retention_by_school, level),
            not_of=frozenset({OrganisationKind.TEACHING_POINT.value}),
        )
        for level in Level
    },
    "quality": Measure(lambda row: int(row.quality), lambda _row: 1, most_first=False),
    **{
        name: Measure(_of_staff(name), _of_staff("teachers"), most_first=False)
        for name in ("permanent", "qualified_teachers", "backbone_teachers")
    },
    **{
        name: Measure(_of_resources(name), _pupils, most_first=False)
        for name in ("building_m2", "sports_m2", "books", "equipment_fen")
    },
    **{
        part: Measure(_of_resources(part), _of_resources(whole), most_first=False)
        for part, whole in SHARES.items()
    },
}
PERCENT = frozenset(
    {
        *(f"{what}_{level.value}" for what in ("enrolment", "retention") for level in Level),
        *("quality", "permanent", "qualified_teachers", "backbone_teachers", *SHARES),
    }
)
"""Measures that are shown in percent."""

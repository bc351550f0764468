"""The monitor of class sizes: ranking of schools, day by day, the trend, the last large class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, Max, Q, Sum

from junheng.accounts.facade import User, scope_q
from junheng.kernel.school_year import SchoolYear
from junheng.registry.engine.cap import CLASS_CAP, NEAR, VERY_LARGE
from junheng.registry.models import SchoolClass, Standing
from junheng.registry.models.standings import GONE, Movement, State

WEEK = timedelta(days=7)
COMING = (
    *(Movement.ENTERED, Movement.FROM_OUTSIDE, Movement.TRANSFERRED),
    *(Movement.RETURNED, Movement.RESUMED),
)
GOING = (*GONE, State.SUSPENDED, State.DROPPED_OUT)


@dataclass(frozen=True, slots=True)
class RankedSchool:
    """A school by its class sizes.

    Attributes:
        rank: From 1; schools with the same figures share one.
        near, large, very_large: Classes of 51 to 55, from 56, from 66.
        week_ago: Large classes a week before; equal to `large` where nothing is known of it.
        exempt: Classes that two people have exempted, until a day to come.
    """

    rank: int
    pk: int
    code: str
    name: str
    township: str
    classes: int
    pupils: int
    largest: int
    near: int
    large: int
    very_large: int
    week_ago: int
    exempt: int

    @property
    def change(self) -> int:
        """More or fewer large classes than a week before."""
        return self.large - self.week_ago


@dataclass(frozen=True, slots=True)
class YearOfSizes:
    """Large classes of a school year, at their last count."""

    year: int
    classes: int
    large: int


@dataclass(frozen=True, slots=True)
class GradeOfSizes:
    """The classes of a grade.

    Attributes:
        near, large, very_large: Classes of 51 to 55, from 56, from 66.
    """

    grade: int
    classes: int
    pupils: int
    largest: int
    near: int
    large: int
    very_large: int


@dataclass(frozen=True, slots=True)
class DayOfMoves:
    """How many pupils came to classes and went on a day."""

    day: date
    came: int
    went: int


def ranking(user: User, year: int | None, today: date) -> list[RankedSchool]:
    """The schools that somebody sees, the most and largest classes above the cap first."""
    before = _sizes_on(user, year, today - WEEK)
    schools: dict[int, dict[str, Any]] = {}
    rows = SchoolClass.objects.for_user(user).of_year(year).order_by("organisation__code")
    columns = ("organisation_id", "organisation__code", "organisation__name", "pk", "size")
    places = ("organisation__place__name", "organisation__place__parent__name")
    more = ("organisation__place__level", "by_register", "exempt_until")
    for school, code, name, pk, size, place, parent, level, kept, exempt in rows.values_list(
        *columns, *places, *more
    ):
        own = schools.setdefault(
            school,
            {"code": code, "name": name, "sizes": [], "before": [], "exempt": 0},
        )
        own["township"] = place if level == "township" else parent or ""
        own["sizes"].append(size)
        own["before"].append(before.get(pk, 0) if kept else size)
        own["exempt"] += exempt is not None and exempt >= today
    return _ranked(list(schools.items()))


def _ranked(schools: list[tuple[int, dict[str, Any]]]) -> list[RankedSchool]:
    ordered = sorted(schools, key=lambda each: (*_place(each[1]), each[1]["code"]))
    ranks: dict[tuple[int, int], int] = {}
    for number, (_pk, own) in enumerate(ordered, start=1):
        ranks.setdefault(_place(own), number)
    return [_row(ranks[_place(own)], pk, own) for pk, own in ordered]


def _place(own: dict[str, Any]) -> tuple[int, int]:
    return -_above(own["sizes"], CLASS_CAP), -max(own["sizes"])


def _above(sizes: list[int], most: int) -> int:
    return sum(size > most for size in sizes)


def _row(rank: int, pk: int, own: dict[str, Any]) -> RankedSchool:
    sizes = own["sizes"]
    large = _above(sizes, CLASS_CAP)
    return RankedSchool(
        rank=rank,
        pk=pk,
        code=own["code"],
        name=own["name"],
        township=own["township"],
        classes=len(sizes),
        pupils=sum(sizes),
        largest=max(sizes),
        near=_above(sizes, CLASS_CAP - NEAR) - large,
        large=large,
        very_large=_above(sizes, VERY_LARGE - 1),
        week_ago=_above(own["before"], CLASS_CAP),
        exempt=own["exempt"],
    )


def _sizes_on(user: User, year: int | None, day: date) -> dict[int, int]:
    """Pupils in each class of the register on a day, set by set."""
    if year is None:
        return {}
    rows = Standing.objects.for_user(user).on(day).studying().filter(school_year=year)
    counted = rows.exclude(school_class=None).order_by().values_list("school_class_id")
    return dict(counted.annotate(n=Count("pk")))


def grades(user: User, year: int | None) -> list[GradeOfSizes]:
    """The classes of a school year that somebody sees, grade by grade."""
    rows = SchoolClass.objects.for_user(user).of_year(year).order_by("grade").values_list("grade")
    counted = rows.annotate(
        n=Count("pk"),
        pupils=Sum("size"),
        largest=Max("size"),
        near=Count("pk", filter=Q(size__gt=CLASS_CAP - NEAR, size__lte=CLASS_CAP)),
        large=Count("pk", filter=Q(size__gt=CLASS_CAP)),
        very_large=Count("pk", filter=Q(size__gte=VERY_LARGE)),
    )
    return [GradeOfSizes(*row) for row in counted]


def trend(user: User) -> list[YearOfSizes]:
    """Large classes by school year, the earliest first; the target is none."""
    rows = SchoolClass.objects.for_user(user).order_by("school_year").values_list("school_year")
    counted = rows.annotate(n=Count("pk"), large=Count("pk", filter=Q(size__gt=CLASS_CAP)))
    return [YearOfSizes(*row) for row in counted]


def moves(user: User, today: date) -> list[DayOfMoves]:
    """Who came and who went on each of the last seven days, the latest first."""
    rows = Standing.objects.for_user(user).filter(
        valid_from__gt=today - WEEK, valid_from__lte=today
    )
    counted = (
        rows.order_by()
        .values_list("valid_from")
        .annotate(
            came=Count("pk", filter=Q(movement__in=COMING)),
            went=Count("pk", filter=Q(state__in=GOING)),
        )
    )
    known = {day: (came, went) for day, came, went in counted}
    days = [today - timedelta(days=n) for n in range(WEEK.days)]
    return [DayOfMoves(day, *known.get(day, (0, 0))) for day in days]


def large_until(user: User, year: int | None, today: date) -> date | None:
    """The day on which the last class above the cap ceased to be; today while there is one.

    None if there never was one. A class that stayed large ceased with its school year.
    """
    seen = SchoolClass.objects.for_user(user)
    if seen.of_year(year).large().exists():
        return today
    ended = seen.large().aggregate(last=Max("school_year"))["last"]
    days = [SchoolYear(ended).ends_on] if ended is not None else []
    if (shrunk := _last_shrunk(user)) is not None:
        days.append(shrunk)
    return max(days, default=None)


def _last_shrunk(user: User) -> date | None:
    """The latest day on which a class came down to the cap, by the history of counts."""
    events: Any = SchoolClass.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        scope_q(user, "organisation__path")
    )
    once = events.filter(size__gt=CLASS_CAP).values("pgh_obj_id")
    rows = events.filter(pgh_obj_id__in=once).order_by("pgh_obj_id", "pgh_id")
    steps = pairwise(rows.values_list("pgh_obj_id", "size", "counted_on"))
    return max(
        (
            day
            for (one, before, _day), (same, after, day) in steps
            if one == same and before > CLASS_CAP >= after
        ),
        default=None,
    )

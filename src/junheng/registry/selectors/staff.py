"""Questions about staff: how many there are, who was recruited, who was trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear

from junheng.accounts.facade import User
from junheng.commons.dated import current_on
from junheng.registry.engine.ratios import per_hundred
from junheng.registry.engine.rotation import RotationRules, flexible_posts
from junheng.registry.engine.standards import ABOVE_REQUIRED
from junheng.registry.models import Honour, SchoolClass, StaffMember, StaffPost, Training
from junheng.registry.models.classes import SchoolClassQuerySet
from junheng.registry.models.staff import (
    SPORT_AND_ARTS,
    Employment,
    PostKind,
    StaffPostQuerySet,
)
from junheng.registry.models.staff_titles import COUNTY_AND_ABOVE, GivenBy, HonourKind


def posts_on(user: User, on: date) -> StaffPostQuerySet:
    """The posts that somebody sees, as they are on a day."""
    found: StaffPostQuerySet = StaffPost.objects.for_user(user).filter(current_on(on))
    return found


def above_required() -> Q:
    """Posts of teachers with more than the qualification that their level requires."""
    wanted = Q(pk__in=[])
    for level, qualifications in ABOVE_REQUIRED.items():
        wanted |= Q(level=level.value, person__qualification__in=qualifications)
    return wanted


def backbone(on: date) -> Exists:
    """Posts of people with a backbone title of the county or above on a day."""
    titles = Honour.objects.filter(
        current_on(on),
        person=OuterRef("person"),
        kind=HonourKind.BACKBONE,
        given_by__in=COUNTY_AND_ABOVE,
    )
    return Exists(titles)


def sport_and_arts() -> Q:
    """Posts with sport, music or art among the subjects."""
    return Q(subjects__overlap=list(SPORT_AND_ARTS))


@dataclass(frozen=True, slots=True)
class StaffFigures:
    """Staff on a day, in figures.

    Attributes:
        people: Everybody with a post.
        teachers: Those who teach.
        backbone: Those of them with a backbone title of the county or above.
        permanent, contract: All people by their employment; who has both counts as permanent.
        flexible: Flexible posts, and how many are allowed.
        classes, pupils: Of the latest count, for the ratios.
    """

    people: int
    teachers: int
    backbone: int
    permanent: int
    contract: int
    posts: int
    flexible: int
    flexible_most: int
    classes: int
    pupils: int

    @property
    def teachers_per_class(self) -> float | None:
        return self.teachers / self.classes if self.classes else None

    @property
    def teachers_per_hundred(self) -> float | None:
        """Teachers for every 100 pupils."""
        return per_hundred(self.teachers, self.pupils)

    @property
    def pupils_per_teacher(self) -> float | None:
        return self.pupils / self.teachers if self.teachers else None


def staff_figures(
    posts: StaffPostQuerySet, classes: SchoolClassQuerySet, rules: RotationRules, on: date
) -> StaffFigures:
    """These posts in figures, beside these classes, as on a day, in two queries."""
    permanent, teaches = Q(employment=Employment.PERMANENT), Q(kind=PostKind.TEACHER)
    counted = posts.alias(has_title=backbone(on)).aggregate(
        people=Count("person", distinct=True),
        teachers=Count("person", distinct=True, filter=teaches),
        backbone=Count("person", distinct=True, filter=teaches & Q(has_title=True)),
        permanent=Count("person", distinct=True, filter=permanent),
        posts=Count("pk"),
        flexible=Count("pk", filter=Q(flexible=True)),
    )
    sizes = classes.aggregate(classes=Count("pk"), pupils=Sum("size"))
    return StaffFigures(
        **counted,
        contract=counted["people"] - counted["permanent"],
        flexible_most=flexible_posts(counted["posts"], rules),
        classes=sizes["classes"],
        pupils=sizes["pupils"] or 0,
    )


@dataclass(frozen=True, slots=True)
class RecruitedRow:
    """People recruited in a calendar year."""

    year: int
    permanent: int
    contract: int

    @property
    def together(self) -> int:
        return self.permanent + self.contract


def recruited_by_year(user: User) -> list[RecruitedRow]:
    """Everybody whom somebody sees by the year of recruitment, the latest first.

    People who have left are counted: the figure is about recruiting, not about who is there.
    """
    rows = StaffMember.objects.for_user(user).annotate(year=ExtractYear("recruited_on"))
    counted = (
        rows.order_by("-year")
        .values_list("year")
        .annotate(
            permanent=Count("pk", filter=Q(recruited_as=Employment.PERMANENT)),
            contract=Count("pk", filter=Q(recruited_as=Employment.CONTRACT)),
        )
    )
    return [RecruitedRow(*row) for row in counted]


def recruits_behind(user: User, asked: Mapping[str, str]) -> QuerySet[StaffMember]:
    """Whom a figure of recruitment counts: by `year`, and by `employment` where it is said."""
    rows: QuerySet[StaffMember] = StaffMember.objects.for_user(user)
    if asked.get("year", "").isdecimal():
        rows = rows.filter(recruited_on__year=int(asked["year"]))
    if asked.get("employment") in Employment.values:
        rows = rows.filter(recruited_as=asked["employment"])
    return rows.select_related("organisation", "recruited_for").order_by("number")


def courses_behind(user: User, asked: Mapping[str, str]) -> QuerySet[Training]:
    """Which courses a figure of training counts: by `year`, and by `level` where it is said."""
    rows: QuerySet[Training] = Training.objects.for_user(user)
    if asked.get("year", "").isdecimal():
        rows = rows.filter(year=int(asked["year"]))
    if asked.get("level") in GivenBy.values:
        rows = rows.filter(level=asked["level"])
    return rows.select_related("person__organisation").order_by("person__number", "title")


@dataclass(frozen=True, slots=True)
class TrainedRow:
    """Courses of one level in one year: how often taken, by how many, for how many hours."""

    year: int
    level: str
    taken: int
    people: int
    hours: int

    @property
    def level_name(self) -> str:
        return str(GivenBy(self.level).label)


def trained_by_level(user: User) -> list[TrainedRow]:
    """Courses of the people whom somebody sees, the latest year first, by level."""
    rows = Training.objects.for_user(user).order_by("-year", "level")
    counted = rows.values_list("year", "level").annotate(
        taken=Count("pk"), people=Count("person", distinct=True), hours=Sum("hours")
    )
    return [TrainedRow(*row) for row in counted]


@dataclass(frozen=True, slots=True)
class SchoolStaff:
    """The staff of one school on a day."""

    people: int
    teachers: int
    permanent: int
    class_teachers: int


def staff_of_school(organisation_id: int, on: date) -> SchoolStaff:
    """The staff of a school on a day, in one query."""
    posts = StaffPost.objects.filter(current_on(on), organisation=organisation_id)
    counted: Any = posts.aggregate(
        people=Count("person", distinct=True),
        teachers=Count("person", distinct=True, filter=Q(kind=PostKind.TEACHER)),
        permanent=Count("person", distinct=True, filter=Q(employment=Employment.PERMANENT)),
        class_teachers=Count("pk", filter=Q(class_teacher=True)),
    )
    return SchoolStaff(**counted)


def teachers_by_school(user: User, on: date) -> dict[tuple[int, str], dict[str, int]]:
    """Teachers of each school and level that count for the indicators, in one query.

    Returns:
        By the school's primary key and level: `teachers`, `qualified_teachers`,
        `backbone_teachers`, `sport_and_arts_teachers`, and `permanent`.
    """
    posts = posts_on(user, on).filter(kind=PostKind.TEACHER).alias(has_title=backbone(on))
    counted = (
        posts.order_by()
        .values("organisation_id", "level")
        .annotate(
            teachers=_people(Q()),
            permanent=_people(Q(employment=Employment.PERMANENT)),
            qualified_teachers=_people(above_required()),
            backbone_teachers=_people(Q(has_title=True)),
            sport_and_arts_teachers=_people(sport_and_arts()),
        )
    )
    return {(row.pop("organisation_id"), row.pop("level")): row for row in counted}


def _people(which: Q) -> Count:
    return Count("person", distinct=True, filter=which)


def classes_beside(user: User, year: int | None) -> SchoolClassQuerySet:
    """The classes to set staff against: those that somebody sees of a school year."""
    found: SchoolClassQuerySet = SchoolClass.objects.for_user(user).of_year(year)
    return found

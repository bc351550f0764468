"""Households as they are on a day: counts by village, the entries of a book, one card."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)

from junheng.accounts.facade import User
from junheng.aid.models import (
    HEAD,
    Household,
    HouseholdMember,
    HouseholdStatus,
    WorkClass,
)
from junheng.aid.models.statuses import REGISTERED_POOR
from junheng.aid.selectors.targets import Target, targets_on
from junheng.places.facade import Place

PERMILLE = 1_000
MOST = 30
"""The poverty rate that a village is to stay below, in permille: 3 %."""


@dataclass(frozen=True, slots=True)
class Size:
    """So many households with so many people."""

    households: int = 0
    people: int = 0


@dataclass(frozen=True, slots=True)
class VillageCounts:
    """A village on a day.

    Attributes:
        poor: Registered poor, and of those class A and B.
        others: Other statuses by code.
        left: People whose registered-poor status ended in the year of that day, until it.
        target, population: Of that year; None where nobody has set them.
    """

    village: Place
    township: str
    poor: Size
    able: Size
    not_able: Size
    others: Mapping[str, Size]
    left: int
    target: int | None
    population: int | None

    @property
    def permille(self) -> int | None:
        """Registered poor people in a thousand of the population; None without a population."""
        return None if not self.population else self.poor.people * PERMILLE // self.population

    @property
    def below(self) -> bool | None:
        """Whether the poverty rate is below 3 %; None where it is not known."""
        if not self.population:
            return None
        return self.poor.people * PERMILLE < MOST * self.population


def villages_on(user: User, day: date) -> list[VillageCounts]:
    """The villages that somebody sees with a household or a target, as they were on a day.

    Also those whose households have all left, or have no status yet: who fell back is found there.
    """
    sizes, left, targets = _sizes(user, day), _left(user, day), targets_on(user, day)
    written = Household.objects.for_user(user).lying(day).filter(entered_on__lte=day).order_by()
    homes = written.values_list("lay_in", flat=True).distinct()
    wanted = Place.objects.filter(pk__in={*sizes, *targets, *left, *homes}).defer("outline")
    places = wanted.select_related("parent").order_by("code")
    return [_counts(place, sizes, left, targets) for place in places]


def _counts(
    place: Place,
    sizes: Mapping[int, Mapping[tuple[str, str], Size]],
    left: Mapping[int, int],
    targets: Mapping[int, Target | None],
) -> VillageCounts:
    here, target = sizes.get(place.pk, {}), targets.get(place.pk)
    able = here.get((REGISTERED_POOR, WorkClass.ABLE), Size())
    not_able = here.get((REGISTERED_POOR, WorkClass.NOT_ABLE), Size())
    return VillageCounts(
        village=place,
        township=place.parent.name if place.parent else "",
        poor=Size(able.households + not_able.households, able.people + not_able.people),
        able=able,
        not_able=not_able,
        others={kind: size for (kind, _c), size in here.items() if kind != REGISTERED_POOR},
        left=left.get(place.pk, 0),
        target=target.people if target else None,
        population=target.population if target else None,
    )


def _sizes(user: User, day: date) -> dict[int, dict[tuple[str, str], Size]]:
    """Households and people by village, status and class."""
    by = ("lay_in", "kind", "work_class")
    rows = HouseholdStatus.objects.for_user(user).lying(day).on(day).counted()
    homes = {row[:3]: row[3] for row in rows.order_by().values_list(*by).annotate(n=Count("pk"))}
    found: dict[int, dict[tuple[str, str], Size]] = defaultdict(dict)
    people = _people(user, day)
    for (village, kind, work_class), n in homes.items():
        size = Size(n, people.get((village, kind, work_class), 0))
        found[village][kind, work_class] = size
    return found


def _people(user: User, day: date) -> dict[tuple[Any, ...], int]:
    status = "household__statuses__"
    held = Q(**{f"{status}valid_from__lte": day}) & (
        Q(**{f"{status}valid_to": None}) | Q(**{f"{status}valid_to__gt": day})
    )
    counted = Q(**{f"{status}opening": None}) | Q(
        **{f"{status}opening__approved_at__isnull": False}
    )
    members = HouseholdMember.objects.for_user(user).lying(day).on(day)
    by = ("lay_in", f"{status}kind", f"{status}work_class")
    rows = members.filter(held & counted).order_by().values_list(*by).annotate(n=Count("pk"))
    return {row[:3]: row[3] for row in rows}


def _left(user: User, day: date) -> dict[int, int]:
    """People whose registered-poor status ended this year, by the village of that day."""
    ended = HouseholdStatus.objects.for_user(user).lying(day).counted()
    ended = ended.filter(
        kind=REGISTERED_POOR, valid_to__gte=date(day.year, 1, 1), valid_to__lte=day
    )
    there = Q(household__members__valid_to=None) | Q(
        household__members__valid_to__gte=F("valid_to")
    )
    rows = ended.order_by().values_list("lay_in")
    return dict(rows.annotate(n=Count("household__members", filter=there)))


def entries_on(user: User, day: date, path: str) -> QuerySet[HouseholdStatus]:
    """The entries of a book or ledger: every status that holds on a day, with its household."""
    heads = HouseholdMember.objects.filter(relation=HEAD, valid_to=None)
    members = Count(
        "household__members",
        filter=(Q(household__members__valid_from=None) | Q(household__members__valid_from__lte=day))
        & (Q(household__members__valid_to=None) | Q(household__members__valid_to__gt=day)),
    )
    rows: QuerySet[HouseholdStatus] = (
        HouseholdStatus.objects.for_user(user).lying(day, path).on(day).counted()
    )
    rows = rows.select_related("household").prefetch_related(
        Prefetch("household__members", heads, to_attr="heads")
    )
    return rows.annotate(people=members).order_by("household__number", "kind")


NOW, BEFORE, NEVER = "now", "before", "never"


def homes_on(user: User, day: date, path: str) -> QuerySet[Household]:
    """Every household of a place, whatever it is said to be, with `stands` on a day.

    `stands` is `NOW` where a status holds, `BEFORE` where one was decided and none holds any more,
    `NEVER` where none was decided yet.
    """
    own = HouseholdStatus.objects.counted().filter(household=OuterRef("pk"))
    begun = own.filter(valid_from__lte=day)
    stands = Case(
        When(Exists(own.on(day)), then=Value(NOW)),
        When(Exists(begun), then=Value(BEFORE)),
        default=Value(NEVER),
        output_field=CharField(),
    )
    heads = HouseholdMember.objects.filter(relation=HEAD, valid_to=None)
    told = HouseholdStatus.objects.counted().filter(valid_from__lte=day).order_by("-valid_from")
    rows: QuerySet[Household] = Household.objects.for_user(user).lying(day, path)
    return (
        rows.annotate(stands=stands)
        .prefetch_related(
            Prefetch("members", heads, to_attr="heads"), Prefetch("statuses", told, to_attr="told")
        )
        .order_by("number")
    )

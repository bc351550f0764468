"""What a family sees of its own: drafts, applications, and the rounds that are open for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from junheng.accounts.facade import User
from junheng.admissions.models import Application, ApplicationDraft, PlannedIntake, Round, RoundDate
from junheng.admissions.selectors.lotteries import lotteries_of
from junheng.admissions.selectors.public import opened_round
from junheng.admissions.selectors.rounds import round_title
from junheng.commons.briefly import briefly
from junheng.commons.made_once import made_once
from junheng.places.facade import place_by_code
from junheng.registry.facade import find_zones

Choice = tuple[str, str]
TYPED_IN_SHOWN = 30
TOGETHER, JUST_NOW = timedelta(hours=2), 3
"""A family at the counter has its children typed in one after the other."""


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round that takes applications in now, or will."""

    title: str
    place: str
    code: str
    ref: str
    begins_at: datetime
    ends_at: datetime
    is_on: bool


def rounds_to_apply_to(now: datetime | None = None) -> list[OpenRound]:
    """Opened rounds whose time for applications is not over, the first to end first."""
    moment = now or timezone.now()
    dates = RoundDate.objects.filter(
        what=RoundDate.What.APPLICATIONS,
        round__state=Round.State.OPEN,
        round__verification_rules__isnull=False,
        ends_at__gte=moment,
    ).select_related("round__place")
    return [
        OpenRound(
            title=round_title(row.round),
            place=row.round.place.name,
            code=row.round.place.code,
            ref=row.round.ref,
            begins_at=row.begins_at,
            ends_at=row.ends_at,
            is_on=row.begins_at <= moment,
        )
        for row in dates.order_by("ends_at")
    ]


def drafts_of(owner: User) -> list[ApplicationDraft]:
    """What somebody has begun and not submitted, the latest first."""
    rows = ApplicationDraft.objects.filter(owner=owner).select_related("round__place")
    return list(rows.order_by("-saved_at"))


def applications_of(family: User) -> list[Application]:
    """A family's applications, the latest first."""
    return _of_family(family.pk) if family.pk else []


@made_once
def _of_family(person: int) -> QuerySet[Application]:
    rows = Application.objects.of_family(User(pk=person)).select_related("round__place")
    return rows.order_by("-submitted_at", "number")


def typed_in_by(clerk: User) -> list[Application]:
    """What somebody of staff typed in for families, the latest first."""
    rows = Application.objects.filter(entered_by=clerk).select_related("round__place")
    return list(rows.order_by("-submitted_at", "number")[:TYPED_IN_SHOWN])


def just_typed_in(clerk: User, now: datetime) -> list[tuple[str, str]]:
    """Numbers and names of the children typed in last: brothers and sisters come together."""
    rows = Application.objects.filter(entered_by=clerk, submitted_at__gte=now - TOGETHER)
    rows = rows.exclude(statement=None).order_by("-submitted_at", "number")
    return [(row.number, str(row.child_name)) for row in rows[:JUST_NOW]]


def children_of(family: User) -> list[tuple[str, str]]:
    """Numbers and names of a family's children whose statements can be taken over."""
    return [(row.number, str(row.child_name)) for row in _stated_by(family.pk)]


@made_once
def _stated_by(person: int) -> QuerySet[Application]:
    """Without round and place: to plan such a join takes longer than to answer this."""
    rows = Application.objects.of_family(User(pk=person)).exclude(statement=None)
    return rows.only("number", "child_name").order_by("-submitted_at", "number")


@briefly
def round_shown(round_id: int) -> Round:
    """A round with its place, for the pages around a draft: title, level, path, never its state."""
    found: Round = Round.objects.select_related("place").get(pk=round_id)
    return found


@briefly
def round_at(code: str, ref: str) -> Round | None:
    """An opened round by its public address; whether it takes applications in is asked anew."""
    return opened_round(code, ref)


@briefly
def calendar_shown(round_id: int) -> dict[str, datetime]:
    """When each part of a round ends, as a page tells it; what decides asks for it anew."""
    return dict(RoundDate.objects.filter(round=round_id).values_list("what", "ends_at"))


@briefly
def schools_to_name(the_round: Round) -> tuple[Choice, ...]:
    """The schools of the round's plan, by name: where an older child may be a pupil."""
    rows = PlannedIntake.objects.filter(round=the_round).order_by("township", "name", "code")
    return tuple((code, name or code) for code, name in rows.values_list("code", "name"))


@briefly
def schools_by_lottery(the_round: Round) -> tuple[Choice, ...]:
    """The schools that every family may name besides those of its zone, by code."""
    return tuple(lotteries_of(the_round).items())


@dataclass(frozen=True, slots=True)
class ZoneOfHome:
    """The zone to which a home belongs, and its schools by rank."""

    code: str
    name: str
    schools: tuple[Choice, ...]


def zone_of_home(the_round: Round, place: str, address: str) -> ZoneOfHome | None:
    """The zone of a home on the first day of school; None where it is not certain."""
    day = date(the_round.year, 9, 1)
    found = find_zones(place_by_code(place), the_round.level, on=day, text=address)
    if not found.certain:
        return None
    zone = found.zones[0].zone
    names = tuple(zip(zone.schools, zone.school_names, strict=True))
    return ZoneOfHome(zone.code, zone.name, names)

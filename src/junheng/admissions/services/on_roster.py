"""A child that a school or village reported, and whose family applies itself: one application.

A roster has no identity numbers, so a child is known by name and birthday, and by its guardian's
name or telephone. Twins share all but the name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from junheng.admissions.engine.statement import Statement
from junheng.admissions.models import Application
from junheng.admissions.services.applications import plain
from junheng.commons.history import reason
from junheng.commons.made_once import made_once

State, Channel = Application.State, Application.Channel


class Known(NamedTuple):
    """What is compared, in one spelling."""

    child: str
    guardian: str
    phone: str


def known(child: str, guardian: str, phone: str) -> Known:
    """What a child is known by beside its birthday."""
    return Known(plain(child), plain(guardian), plain(phone))


def known_of(row: Application) -> Known:
    """The same of an application."""
    return known(str(row.child_name), str(row.guardian_name), str(row.phone))


def same_child(one: Known, other: Known) -> bool:
    """Whether two of one birthday are the same child."""
    alike = one.guardian == other.guardian or (one.phone == other.phone != "")
    return one.child == other.child and alike


def reported(round_id: int, told: Statement) -> Application | None:
    """The application by which a roster of the round names the child; None if none does."""
    child = known(told.child.name, told.guardian.name, told.guardian.phone)
    rows = _born_on(round_id, told.child.born_on)
    return next((row for row in rows if same_child(known_of(row), child)), None)


@made_once
def _born_on(round_id: int, day: date) -> QuerySet[Application]:
    rows = Application.objects.filter(round=round_id, born_on=day, channel=Channel.ROSTER)
    return rows.exclude(state=State.WITHDRAWN).order_by("number")


def give_way(row: Application) -> None:
    """Take a roster's application back, since the family's own takes its place and its code."""
    row.state = State.WITHDRAWN
    with reason(_("the family applied itself")):
        row.save(update_fields=["state"])


def in_place_of(row: Application) -> str:
    """The number of the family's own application that took the place of a roster's; "" if none."""
    if row.channel != Channel.ROSTER or row.state != State.WITHDRAWN:
        return ""
    held = Application.objects.filter(round=row.round_id, code=row.code)
    held = held.exclude(channel=Channel.ROSTER).exclude(state=State.WITHDRAWN)
    return held.values_list("number", flat=True).first() or ""


def stood_as(row: Application) -> str:
    """The number that a roster had for the child of an application; "" if none had it."""
    rows = Application.objects.filter(round=row.round_id, code=row.code, channel=Channel.ROSTER)
    return rows.exclude(pk=row.pk).values_list("number", flat=True).first() or ""


def twice(
    of_roster: Iterable[Application], own: Iterable[Application]
) -> Iterator[tuple[str, str]]:
    """Numbers of the same child: a roster's, and its family's."""
    by_day: dict[date | None, list[tuple[Known, str]]] = defaultdict(list)
    for row in of_roster:
        by_day[row.born_on].append((known_of(row), row.number))
    for row in own:
        same_day = by_day.get(row.born_on, ())
        child = known_of(row) if same_day else None
        for other, number in same_day:
            if child is not None and same_child(child, other):
                yield number, row.number

"""Who belongs to a household changes: somebody joins, leaves, or becomes its head.

Before anything is decided of a household its village writes this down. Once it has a status, its
people decide who is entitled, so the township or the bureau does, on a paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.access import may_check, may_keep, may_propose
from junheng.aid.models import HEAD, Household, HouseholdMember
from junheng.aid.services.batches import require_post
from junheng.aid.services.households import Person, add_member
from junheng.commons.history import reason
from junheng.commons.refusals import Refusal


class DayDoesNotFit(Refusal):
    """The day has not come yet, or stands before the one on which somebody joined."""


class HeadGoesLast(Refusal):
    """A household has a head as long as somebody belongs to it."""


def may_change_people(user: User, home: Household) -> bool:
    """Whether somebody writes down who belongs to a household."""
    path = home.village.path
    if home.statuses.exists():
        return may_check(user, path) or may_keep(user, path)
    return may_propose(user, path) or may_check(user, path) or may_keep(user, path)


@contextmanager
def _changed(home: Household, paper: str, by: User) -> Iterator[Household]:
    """One change at a time, on its paper."""
    require_post(may=may_change_people(by, home))
    with transaction.atomic(), reason(paper):
        yield Household.objects.select_for_update().get(pk=home.pk)


def join(home: Household, person: Person, *, since: date, paper: str, by: User) -> HouseholdMember:
    """Somebody belongs to a household from a day on: born, married, moved in.

    Raises:
        DayDoesNotFit: If the day has not come yet, or is before the birthday.
        ElsewhereAlready: If the person belongs to a household, or there is a head already.
        NotTheirPost: If somebody writes nothing down there.
    """
    _not_to_come(since)
    if person.born_on and since < person.born_on:
        raise DayDoesNotFit(_("That is before the birthday."))
    with _changed(home, paper, by) as row:
        return add_member(row, person, since=since)


def leave(member: HouseholdMember, *, on: date, paper: str, by: User) -> None:
    """Somebody does not belong to a household any more, from a day on.

    Raises:
        DayDoesNotFit: If the day has not come yet, or the person left or joined after it.
        HeadGoesLast: For the head, while there are others.
        NotTheirPost: If somebody writes nothing down there.
    """
    _not_to_come(on)
    with _changed(member.household, paper, by) as home:
        row = HouseholdMember.objects.select_for_update().get(pk=member.pk)
        if row.valid_to is not None or (row.valid_from and on <= row.valid_from):
            raise DayDoesNotFit(_("Nobody leaves twice, or before they joined."))
        present = home.members.filter(valid_to=None).exclude(pk=row.pk)
        if row.relation == HEAD and present.exists():
            raise HeadGoesLast(_("Write down first who is the head now."))
        row.valid_to = on
        row.save(update_fields=["valid_to"])


def make_head(member: HouseholdMember, *, before: str, paper: str, by: User) -> None:
    """Somebody of a household becomes its head.

    Args:
        member: Who.
        before: What the head until now is to the new one, in GB/T 4761.
        paper: What it rests on.
        by: Who writes it down.

    Raises:
        HeadGoesLast: If the person has left, or is the head.
        NotTheirPost: If somebody writes nothing down there.
    """
    with _changed(member.household, paper, by) as home:
        row = HouseholdMember.objects.select_for_update().get(pk=member.pk)
        if row.valid_to is not None or row.relation == HEAD or before == HEAD:
            raise HeadGoesLast(_("Choose somebody of the household who is not its head yet."))
        home.members.filter(relation=HEAD, valid_to=None).update(relation=before)
        row.relation = HEAD
        row.save(update_fields=["relation"])


def _not_to_come(day: date) -> None:
    if day > timezone.localdate():
        raise DayDoesNotFit(_("That day has not come yet."))

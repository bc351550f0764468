"""Counting classes, and the opening count that finds those above the cap."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons.refusals import Refusal
from junheng.places.facade import Place
from junheng.registry.engine.cap import CLASS_CAP, Count, most
from junheng.registry.models import OpeningCount, SchoolClass


class AboveTheCap(Refusal):
    """A class would have more pupils than it may."""


class CountedInTheFuture(Refusal):
    """A count cannot have been held on a day that is yet to come."""


class CountedByRegister(Refusal):
    """Of a class whose pupils are known one by one, nobody writes another number down."""


class CountIsClosed(Refusal):
    """A county holds its opening count once."""


def count_class(row: SchoolClass, *, size: int, counted_on: date) -> SchoolClass:
    """Write down how many pupils a class has.

    Args:
        row: The class.
        size: Pupils, 0 to 200.
        counted_on: The day of the count.

    Raises:
        AboveTheCap: If the class may not be that large.
        CountedByRegister: If the register knows its pupils, and they are more or fewer.
        CountedInTheFuture: If the day is yet to come.
    """
    if counted_on > timezone.localdate():
        raise CountedInTheFuture(_("The day of the count is yet to come."))
    with transaction.atomic():
        found = SchoolClass.objects.select_for_update().select_related("organisation")
        row = found.get(pk=row.pk)
        if row.by_register and size != row.size:
            raise CountedByRegister(by_register(row.size))
        opening = OpeningCount.objects.open().over(row.organisation.path).first()
        limit = most(counted_on, known=row.count, opening=opening is not None)
        if size > limit:
            raise AboveTheCap(too_large(limit))
        row.size, row.counted_on = size, counted_on
        if opening is not None:
            mark_inherited(row, opening)
        row.save()
    return row


def by_register(size: int) -> str:
    """Why a class is not counted by hand, and what to do."""
    return _(
        "The register knows the %(size)d pupils of this class one by one. Whoever came or left is "
        "written down at the pupil."
    ) % {"size": size}


def too_large(limit: int) -> str:
    """Why a class may not be larger, and what to do."""
    if limit > CLASS_CAP:
        return _(
            "This class was above %(cap)d before the system began. It may have at most %(limit)d "
            "pupils and may only become smaller."
        ) % {"cap": CLASS_CAP, "limit": limit}
    return _(
        "A class may have at most %(cap)d pupils. Divide the class or place pupils elsewhere."
    ) % {"cap": CLASS_CAP}


def mark_inherited(row: SchoolClass, opening: OpeningCount) -> None:
    """While the opening count is open, a class above the cap is one that was found so."""
    large = row.size > CLASS_CAP
    row.inherited_on = opening.held_on if large else None
    row.inherited_size = row.size if large else None


def carry_over(row: SchoolClass, year_before: Count | None) -> None:
    """The same class a year later: what was above the cap may still be, no larger than it was."""
    if row.size > CLASS_CAP and year_before is not None:
        row.inherited_on, row.inherited_size = year_before.inherited_on, row.size


def open_count(place: Place, *, held_on: date, by: User) -> OpeningCount:
    """Begin the county's opening count: until it is closed, large classes may be entered.

    Raises:
        CountIsClosed: If the county has held one already.
        CountedInTheFuture: If the day is yet to come.
    """
    if held_on > timezone.localdate():
        raise CountedInTheFuture(_("The day of the count is yet to come."))
    held, fresh = OpeningCount.objects.get_or_create(
        place=place, defaults={"held_on": held_on, "opened_by": by}
    )
    if not fresh:
        raise CountIsClosed(_("The opening count is held once and was begun already."))
    return held


def close_count(held: OpeningCount, *, by: User) -> OpeningCount:
    """End it: from now on no class above the cap can come about.

    Raises:
        CountIsClosed: If it was closed already.
    """
    with transaction.atomic():
        held = OpeningCount.objects.select_for_update().get(pk=held.pk)
        if held.closed_at is not None:
            raise CountIsClosed(_("The opening count is held once and was closed already."))
        held.closed_at, held.closed_by = timezone.now(), by
        held.save()
    return held

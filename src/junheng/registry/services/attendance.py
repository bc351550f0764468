"""Writing down who was in class: a class and a day at a time, whole or not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons.refusals import Refusal
from junheng.kernel.school_year import SchoolYear
from junheng.registry.models import AttendanceMark, Mark, Pupil, RollCall, SchoolClass, Standing
from junheng.registry.services.keys import resident_id_key


class NoSuchDay(Refusal):
    """A roll call is of a day of the class's own school year that is not yet to come."""


class NotInThisClass(Refusal):
    """Only pupils of the class are marked; others are guests."""


class NoSuchGuest(Refusal):
    """A guest has a pupil number that there is, or a name."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A child in class that is not on its list, by pupil number or by name and identity number."""

    number: str = ""
    name: str = ""
    resident_id: str = ""


def write_roll_call(
    school_class: SchoolClass,
    *,
    day: date,
    marks: Mapping[UUID, str],
    guests: Iterable[Guest] = (),
    keep: Collection[UUID] = (),
    by: User,
) -> RollCall:
    """Write down a day of a class; what was written of that day before is replaced.

    Args:
        school_class: The class.
        day: Today or a day before, of its school year.
        marks: Why a pupil of the class was not simply there; who is not named was there.
        guests: Who else sat there.
        keep: Marks of guests that were written before and still hold.
        by: Who writes it down.

    Raises:
        NoSuchDay, NotInThisClass, NoSuchGuest: Nothing was written.
    """
    if day > timezone.localdate() or SchoolYear.of(day).start != school_class.school_year:
        raise NoSuchDay(_("Choose a day of this school year that is not yet to come."))
    listed = set(pupils_on(school_class, day).values_list("pupil_id", flat=True))
    if set(marks) - listed:
        raise NotInThisClass(_("A pupil was marked who is not in this class on that day."))
    with transaction.atomic():
        call, _made = RollCall.objects.update_or_create(
            school_class=school_class,
            day=day,
            defaults={
                "organisation_id": school_class.organisation_id,
                "entered_by": by,
                "entered_at": timezone.now(),
            },
        )
        call.marks.exclude(mark=Mark.GUEST, pk__in=keep).delete()
        rows = [AttendanceMark(call=call, pupil_id=one, mark=mark) for one, mark in marks.items()]
        rows += [_guest(call, guest, listed) for guest in guests]
        AttendanceMark.objects.bulk_create(rows)
    return call


def pupils_on(school_class: SchoolClass, day: date) -> QuerySet[Standing]:
    """Who stands in a class on a day and is expected there."""
    rows = Standing.objects.on(day).studying().filter(school_class=school_class)
    found: QuerySet[Standing] = rows.select_related("pupil").order_by("pupil__number")
    return found


def _guest(call: RollCall, guest: Guest, listed: set[UUID]) -> AttendanceMark:
    pupil = _record_of(guest)
    if pupil is not None and pupil.pk in listed:
        raise NoSuchGuest(_("%(number)s is a pupil of this class.") % {"number": pupil.number})
    made = AttendanceMark(call=call, mark=Mark.GUEST, pupil=pupil)
    if pupil is None:
        made.name, made.resident_id = guest.name.strip(), guest.resident_id.strip() or None
        made.resident_id_key = resident_id_key(guest.resident_id)
    return made


def _record_of(guest: Guest) -> Pupil | None:
    if guest.number.strip():
        found: Pupil | None = Pupil.objects.filter(number=guest.number.strip()).first()
        if found is None:
            raise NoSuchGuest(
                _("There is no pupil with the number %(number)s.") % {"number": guest.number}
            )
        return found
    if not guest.name.strip():
        raise NoSuchGuest(_("Give the guest's pupil number, or its name."))
    return None

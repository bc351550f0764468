"""What schools and departments say of the register: roll calls of three weeks, and two tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from junheng.accounts.facade import Role, User
from junheng.commons.copying import count_after_commit
from junheng.evidence.facade import Register, connect_tables, load_delivery
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Organisation, place_by_code
from junheng.registry.demo.chance import stream
from junheng.registry.demo.county import build
from junheng.registry.demo.names import all_names
from junheng.registry.demo.people import USERNAMES
from junheng.registry.demo.register.faults import Planted, Row, plant_faults
from junheng.registry.demo.register.whole import first_schools
from junheng.registry.demo.values import COUNTY
from junheng.registry.models import AttendanceMark, Mark, Pupil, RollCall, SchoolClass, Standing
from junheng.registry.services.keys import resident_id_key

DAYS, ILL, ON_LEAVE = 15, 0.008, 0.002
"""School days that were delivered, and how likely a child is ill or on leave on one."""


def tell(seed: str, *, at: Sequence[str] = ()) -> Planted | None:
    """Plant faults in three schools and deliver what speaks of them.

    Args:
        seed: The county's.
        at: Codes of the schools, two of one level first; else the first, where the school's
            people of the demonstration work, and two of the first rural township.

    Returns:
        What was planted; None if it was there.
    """
    inside = sorted(first_schools(build(seed)))
    codes = at or (*inside[:2], inside[-1])
    with transaction.atomic():
        if RollCall.objects.exists():
            return None
        found = {one.code: one for one in Organisation.objects.filter(code__in=codes)}
        schools = [found[code] for code in codes]
        people = list(_people(schools))
        planted = plant_faults(schools)
        _deliver(planted, people)
        _call(schools, planted, seed)
    return planted


def _people(schools: Sequence[Organisation]) -> Iterator[tuple[Any, Row]]:
    """Who they are, as civil registration knows them, before anything is changed."""
    rows = Standing.objects.open().studying().filter(organisation__in=schools)
    for row in rows.select_related("pupil").order_by("pupil__number"):
        pupil = row.pupil
        yield (
            pupil.pk,
            {
                "resident_id": str(pupil.resident_id or ""),
                "name": str(pupil.name),
                "born_on": pupil.born_on,
                "household_number": str(pupil.household_number or ""),
            },
        )


def _deliver(planted: Planted, people: Sequence[tuple[Any, Row]]) -> None:
    words, path = all_names().delivered, place_by_code(COUNTY).path
    as_of = timezone.localdate().replace(day=1)
    civil = [
        row | {"status": words[planted.status.get(key, "living")]} | _since(planted, key, as_of)
        for key, row in people
        if key not in planted.unknown
    ]
    for register, name, rows in (
        (Register.HOUSEHOLD, "civil", civil),
        (Register.ENROLMENT, "elsewhere", planted.rolls),
    ):
        made = connect_tables(
            name=words[name], register=register, path=path, contact=words["contact"]
        )
        load_delivery(made, rows, as_of=as_of)


def _since(planted: Planted, key: Any, as_of: date) -> Row:
    return {"status_on": as_of - timedelta(days=20)} if key in planted.status else {}


def _call(schools: Sequence[Organisation], planted: Planted, seed: str) -> None:
    """Roll calls of all classes of some schools, by their exceptions."""
    by = User.objects.get(username=USERNAMES[Role.ADMISSIONS_OFFICER])
    year = SchoolYear.of(timezone.localdate()).start
    classes = list(SchoolClass.objects.filter(organisation__in=schools, school_year=year))
    calls = [
        RollCall(school_class=one, organisation_id=one.organisation_id, day=day, entered_by=by)
        for day in _days(year)
        for one in classes
    ]
    RollCall.objects.bulk_create(calls, batch_size=2_000)
    marks = [*_ill(calls, planted, seed), *_guests(calls, planted)]
    AttendanceMark.objects.bulk_create(marks, batch_size=2_000)
    count_after_commit(RollCall, AttendanceMark)


def _days(year: int) -> list[date]:
    """The last school days before today, the newest first."""
    today = timezone.localdate()
    back = (today - timedelta(days=n) for n in range(1, 2 * DAYS))
    return [day for day in back if day.weekday() < 5 and SchoolYear.of(day).start == year][:DAYS]


def _ill(calls: Sequence[RollCall], planted: Planted, seed: str) -> Iterator[AttendanceMark]:
    """Who is known not to be there, and whom no class knows."""
    chance = stream(seed, "attendance")
    standing = Standing.objects.open().studying()
    rows = standing.filter(school_class__in={one.school_class_id for one in calls})
    there: dict[int, list[Any]] = defaultdict(list)
    for pupil, school_class in rows.order_by("pk").values_list("pupil_id", "school_class_id"):
        there[school_class].append(pupil)
    for call in calls:
        for pupil in there[call.school_class_id]:
            drawn = chance.random()
            if pupil in planted.away:
                yield AttendanceMark(call=call, pupil_id=pupil, mark=Mark.NOT_LISTED)
            elif drawn < ILL + ON_LEAVE:
                mark = Mark.ILL if drawn < ILL else Mark.LEAVE
                yield AttendanceMark(call=call, pupil_id=pupil, mark=mark)


def _guests(calls: Sequence[RollCall], planted: Planted) -> Iterator[AttendanceMark]:
    """Who sits in a class whose list does not have them."""
    numbers = [guest.number for _class, guest, _days in planted.guests if guest.number]
    known = dict(Pupil.objects.filter(number__in=numbers).values_list("number", "pk"))
    by_class: dict[int, list[RollCall]] = defaultdict(list)
    for call in calls:
        by_class[call.school_class_id].append(call)
    for school_class, guest, days in planted.guests:
        for call in by_class[school_class][:days]:
            yield AttendanceMark(
                call=call,
                mark=Mark.GUEST,
                pupil_id=known.get(guest.number),
                name=guest.name or None,
                resident_id=guest.resident_id or None,
                resident_id_key=resident_id_key(guest.resident_id),
            )

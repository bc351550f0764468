"""Records with faults, and checks that are carried out at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.commons.models import Run
from junheng.evidence.facade import number_index
from junheng.kernel.school_year import SchoolYear
from junheng.registry.models import IntegrityFinding, Pupil, SchoolClass
from junheng.registry.services.attendance import Guest, write_roll_call
from junheng.registry.services.integrity.requesting import freeze_and_request
from junheng.registry.services.integrity.running import execute
from junheng.registry.tests import builders

SOUND = "990100201705010029"
BORN = date(2017, 5, 1)


def this_year() -> int:
    """The school year of today."""
    return SchoolYear.of(timezone.localdate()).start


def a_class(school: str = "school-1", **given: Any) -> SchoolClass:
    """Grade 3 class 1 of this school year."""
    made: SchoolClass = builders.a_class(
        cast.school(school), size=0, school_year=this_year(), **given
    )
    return made


def child(school_class: SchoolClass | None = None, **given: Any) -> Pupil:
    """A girl with a sound number, unless something else is given; she was there all September."""
    number = given.pop("resident_id", None)
    facts: dict[str, Any] = {"born_on": BORN, "entered_on": date(this_year(), 9, 1)}
    if number:
        facts |= {"resident_id": number, "resident_id_key": number_index(number)}
    made: Pupil = builders.a_pupil(school_class, **facts | given)
    return made


def checked(told: Any = None) -> Run:
    """The register of Yunhuai, checked now."""
    county = cast.counties()
    run = freeze_and_request(
        county, on=timezone.localdate(), by=cast.li(), enqueue=lambda _run: None
    )
    execute(run, told or (lambda _done, _total: None))
    run.refresh_from_db()
    return run


def findings(rule: str) -> list[IntegrityFinding]:
    """What a check has, in every state."""
    return list(IntegrityFinding.objects.filter(rule=rule).order_by("first_on", "subject"))


def days(number: int) -> list[date]:
    """The last days, today first."""
    return [timezone.localdate() - timedelta(days=back) for back in range(number)]


def called(school_class: SchoolClass, number: int, *, marks: Any = None, guests: Any = ()) -> None:
    """The same roll call on so many days."""
    for day in days(number):
        write_roll_call(school_class, day=day, marks=marks or {}, guests=guests, by=cast.sun())


def guest(pupil: Pupil) -> Guest:
    """Somebody from elsewhere, by the number of the record."""
    return Guest(number=pupil.number)

"""Whom a story about the register is about: `python -m tests.register_facts transfer`.

Run in the environment of a site, with its database. Names are sealed and masked on every page; a
receiving school knows one from the family, and the story from here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from tests.launched import Site


def facts(site: Site, deed: str) -> dict[str, Any]:
    """What one of the functions here says, asked in a process of its own."""
    environment = {**os.environ, "JUNHENG_VAR": str(site.var)}
    command = [sys.executable, "-m", "tests.register_facts", deed]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def transfer() -> dict[str, Any]:
    """A pupil, a school with a free seat in the same grade, and one with a large class there."""
    from django.db.models import Max, Min
    from django.utils import timezone

    from junheng.kernel.school_year import SchoolYear
    from junheng.registry.engine.cap import CLASS_CAP
    from junheng.registry.models import SchoolClass, Standing, State

    year = SchoolYear.of(timezone.localdate()).start
    grades = (
        SchoolClass.objects.filter(school_year=year)
        .values("organisation__name", "grade")
        .annotate(largest=Max("size"), smallest=Min("size"))
        .order_by("organisation__code", "grade")
    )
    large = next(one for one in grades if one["largest"] > CLASS_CAP)
    room = next(
        one for one in grades if one["grade"] == large["grade"] and one["largest"] < CLASS_CAP - 1
    )
    there = {large["organisation__name"], room["organisation__name"]}
    found = Standing.objects.open().filter(
        school_year=year,
        grade=large["grade"],
        state=State.STUDYING,
        valid_from__lt=timezone.localdate(),
    )
    row = (
        found.exclude(organisation__name__in=there).select_related("pupil", "organisation").first()
    )
    assert row is not None
    return {
        "number": row.pupil.number,
        "name": str(row.pupil.name),
        "school": row.organisation.name,
        "large": large["organisation__name"],
        "room": room["organisation__name"],
    }


def entering() -> dict[str, Any]:
    """The number of a child that is here, and a class of the clerk's school with a free seat."""
    from django.utils import timezone

    from junheng.accounts.models import User
    from junheng.kernel.school_year import SchoolYear
    from junheng.registry.engine.cap import CLASS_CAP
    from junheng.registry.models import Pupil, SchoolClass

    school = User.objects.get(username="clerk").home
    year = SchoolYear.of(timezone.localdate()).start
    rows = SchoolClass.objects.filter(organisation=school, school_year=year)
    large = rows.filter(size__gt=CLASS_CAP).values("grade")
    row = rows.filter(size__lt=CLASS_CAP).exclude(grade__in=large).order_by("grade").first()
    here = Pupil.objects.filter(left_on=None).exclude(organisation=school)
    there = here.exclude(resident_id_key="").select_related("organisation").first()
    assert row is not None
    assert there is not None
    return {
        "grade": str(row.grade),
        "class": str(row.number),
        "size": row.size,
        "number": str(there.resident_id),
        "record": there.number,
        "school": there.organisation.name,
    }


def finding() -> dict[str, Any]:
    """Two findings at the clerk's school, the only ones open there, and one of another school."""
    from junheng.accounts.models import User
    from junheng.cases.facade import case_of
    from junheng.registry.models import IntegrityFinding
    from junheng.registry.services.integrity.cases import KIND
    from junheng.registry.services.integrity.settling import mark_false_alarm

    home, officer = (User.objects.get(username=name) for name in ("clerk", "admissions"))
    _wait_for(IntegrityFinding.objects.open().exists)
    here = IntegrityFinding.objects.open().filter(organisation=home.home)
    wrong = here.filter(rule="birth_date_differs")[0]
    alarm = here.filter(rule="sex_differs")[0]
    for row in here.exclude(pk__in=(wrong.pk, alarm.pk)):
        mark_false_alarm(row, reason="Looked at before this story", by=officer)
    elsewhere = IntegrityFinding.objects.open().exclude(organisation=home.home)
    case = case_of(KIND, wrong.organisation.code)
    assert case is not None
    return {
        "wrong": str(wrong.pk),
        "alarm": str(alarm.pk),
        "elsewhere": str(elsewhere.select_related("organisation")[0].pk),
        "other_school": elsewhere[0].organisation.name,
        "born_on": wrong.figures["in_number"],
        "case": case.number,
    }


def _wait_for(there: Callable[[], bool]) -> None:
    """What the worker does when the demonstration starts."""
    deadline = time.monotonic() + 120
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.5)


DEEDS = {"transfer": transfer, "entering": entering, "finding": finding}


LATE_CLASS, HELD_BACK = 90, 2
"""A number that no school uses, and how many of its pupils stay in their grade already."""


def turn() -> dict[str, Any]:
    """A class that still stands in last school year: eight pupils, two of them held back.

    Its school reports late, so that year can be turned on any day; the county's other pupils stand
    in this year and are not touched.
    """
    from django.db import transaction

    from junheng.accounts.models import User
    from junheng.kernel.school_year import SchoolYear
    from junheng.registry.models import HeldBack, Pupil, SchoolClass, Standing
    from junheng.registry.services.pupils import first_standing, pupil_number

    officer = User.objects.get(username="admissions")
    school, year = _with_room(4)
    ends = SchoolYear(year.start - 1)
    with transaction.atomic():
        row = SchoolClass.objects.create(
            organisation=school,
            school_year=ends.start,
            grade=4,
            number=LATE_CLASS,
            size=0,
            counted_on=ends.starts_on,
            by_register=True,
        )
        made = Pupil.objects.bulk_create(
            Pupil(
                number=pupil_number(ends.start),
                organisation=school,
                name=f"云晚{sign}",
                sex="2",
                entered_on=ends.starts_on,
                entered_by=officer,
            )
            for sign in "一二三四五六七八"
        )
        Standing.objects.bulk_create(
            first_standing(pupil, grade=4, school_class=row) for pupil in made
        )
        for number, pupil in enumerate(made[:HELD_BACK], start=1):
            HeldBack.objects.create(
                pupil=pupil, school_year=ends.start, paper=f"Decision {number}", entered_by=officer
            )
    numbers = [pupil.number for pupil in made]
    return {"year": str(ends), "next": str(ends.following), "numbers": numbers}


def _with_room(grade: int) -> Any:
    """A school of the demo's county with room for eight more in a grade and the next one."""
    from django.db.models import Max
    from django.utils import timezone

    from junheng.kernel.school_year import SchoolYear
    from junheng.registry.models import School, SchoolClass

    year = SchoolYear.of(timezone.localdate())
    taught = School.objects.current(year.starts_on).filter(highest_grade=6, lowest_grade=1)
    rows = SchoolClass.objects.filter(
        organisation__in=taught.values("organisation"), school_year=year.start, grade=grade
    )
    small = rows.values("organisation").annotate(largest=Max("size")).filter(largest__lt=46)
    schools = rows.filter(organisation__in=small.values("organisation"))
    found = schools.order_by("organisation__code").select_related("organisation").first()
    assert found is not None
    return found.organisation, year


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "junheng.site.settings"
    django.setup()
    deeds = {"transfer": transfer, "entering": entering, "finding": finding, "turn": turn}
    sys.stdout.write(json.dumps(deeds[sys.argv[1]]()))

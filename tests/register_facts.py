"""Whom a story about the register is about: `python -m tests.register_facts transfer`.

Run in the environment of a site, with its database. Names are sealed and masked on every page; a
receiving school knows one from the family, and the story from here.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django


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


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "junheng.site.settings"
    django.setup()
    sys.stdout.write(json.dumps({"transfer": transfer, "entering": entering}[sys.argv[1]]()))

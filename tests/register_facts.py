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


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "junheng.site.settings"
    django.setup()
    sys.stdout.write(json.dumps({"transfer": transfer}[sys.argv[1]]()))

"""A small published round beside the demonstration's own: `python -m tests.after_round begin`.

Run in the environment of a site, with its database, as the owner of its tables. `begin` publishes
the round and prints as JSON whose telephone belongs to which application; `over ROUND` lets the
time for check-in be over. Both put dates back, which no page and no service can do: the calendar of
an opened round stays.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django

REF = "2026-released"  # after the demo's own round, which the tour takes as the first


def begin(ref: str = REF) -> dict[str, Any]:
    """Seven families of one county; one of them has no seat."""
    from junheng.accounts.facade import User
    from junheng.admissions.models import Application
    from junheng.admissions.services.applications import look_up_key
    from junheng.admissions.tests.after import builders
    from junheng.admissions.tests.rounds.builders import SCHOOLS
    from junheng.places.facade import place_by_code

    people = {name: User.objects.get(username=name) for name in ("admissions", "leader", "clerk")}
    school = people["clerk"].home
    assert school is not None
    record = builders.published(
        people["admissions"],
        people["leader"],
        at=place_by_code("990100"),
        ref=ref,
        schools=SCHOOLS.replace("school-2,Beihe Primary", f"{school.code},{school.name}"),
        zones="zone_id,rank,school_id,name\n"
        "990100001001,1,school-1,East Village\n"
        f"Z2,1,{school.code},Beihe\n",
    )
    told = {}
    for row in Application.objects.filter(round=record.round_id):
        row.phone = f"1380000888{row.code[1:]}"
        row.look_up = look_up_key(row.number, row.phone[-4:])
        row.save(update_fields=["phone", "look_up"])
        told[row.number] = row.phone
    return {
        "round": record.round_id,
        "run": record.run.ref,
        "phones": told,
        "unplaced": builders.child(record, builders.unplaced(record)).number,
        "school": school.name,
    }


def over(round_id: int) -> dict[str, Any]:
    """Let check-in be over."""
    import pgtrigger
    from django.utils import timezone

    from junheng.admissions.models import RoundDate

    span = RoundDate.objects.filter(round=round_id, what=RoundDate.What.CHECK_IN)
    with pgtrigger.ignore("admissions.RoundDate:round_date_while_planned"):
        span.update(ends_at=timezone.now())
    return {"round": round_id}


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "junheng.site.settings"
    os.environ["JUNHENG_AS_OWNER"] = "1"
    django.setup()
    deed, *rest = sys.argv[1:]
    done = begin(*rest) if deed == "begin" else over(int(rest[0]))
    sys.stdout.write(json.dumps(done))

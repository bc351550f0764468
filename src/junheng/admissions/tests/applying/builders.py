"""A round that takes applications in, and families that apply."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from stdnum.cn import ric

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.engine.standard_rules import STANDARD
from junheng.admissions.models import Application, ApplicationDraft, Round, RoundDate
from junheng.admissions.services import applying, steps, tiers
from junheng.admissions.tests.rounds import builders as rounds
from junheng.places.models import Place
from junheng.registry.tests import builders as registry

DAY = timedelta(days=1)
BEGAN = 2 * DAY
"""So long ago applications began; the list is frozen in ten days."""


def taking(by: User, second: User, **different: Any) -> Round:
    """The round, open, with its time for applications on; East Village belongs to school-1."""
    now = timezone.now()
    the_round = rounds.loaded(by, **different)
    village = Place.objects.get(code=cast.VILLAGE)
    registry.zone([village], [cast.school("school-1")], code=cast.VILLAGE)
    dates = {
        "applications": (now - BEGAN, now + 9 * DAY),
        "freeze": (now + 10 * DAY, now + 10 * DAY),
        "publication": (now + 21 * DAY, now + 21 * DAY),
    }
    RoundDate.objects.bulk_create(
        RoundDate(round=the_round, what=what, begins_at=begins, ends_at=ends)
        for what, (begins, ends) in dates.items()
    )
    tiers.lay_down(the_round, STANDARD["tiers"], house_years=6, house_clause="5", by=by)
    rounds.named(the_round, by, after=20 * DAY)
    rounds.both(steps.OPEN, the_round, by, second)
    return rounds.fresh(the_round)


def family(name: str = "zhao") -> User:
    """A family with an account."""
    found, _new = User.objects.get_or_create(username=name, defaults={"name": name})
    return found


def number_of(day: str, order: int = 2) -> str:
    """An invented identity number of somebody born on a day."""
    body = f"990100{day.replace('-', '')}{order:03}"
    return body + str(ric.calc_check_digit(body + "0"))


CHILD_ID = number_of("2020-02-29")
GUARDIAN_ID = number_of("1990-03-07", 1)


def answers(**different: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What a family fills in, by page; `child={…}` changes some of it."""
    pages: dict[str, dict[str, Any]] = {
        "child": {
            "name": "王小涵",
            "document": "resident_id",
            "number": CHILD_ID,
            "born_on": "2020-02-29",
            "sex": "2",
            "needs": [],
        },
        "home": {
            "place": cast.VILLAGE,
            "address": "东街 7 号",
            "claims": ["household", "house"],
            "certificate": "云（2020）槐不动产权第0000007号",
            "owner": "",
            "permit": "",
            "work_number": "",
            "zone": cast.VILLAGE,
            "schools": [["school-1", "Chengguan Primary"]],
        },
        "guardian": {
            "name": "王大明",
            "relation": "father",
            "document": "resident_id",
            "number": GUARDIAN_ID,
            "phone": "13800000001",
            "sibling": "",
            "sibling_school": "",
        },
    }
    return {name: {**page, **different.get(name, {})} for name, page in pages.items()}


def drafted(the_round: Round, owner: User, **different: Any) -> ApplicationDraft:
    """A draft with every page filled in."""
    draft = applying.begin(the_round, owner=owner)
    for number, (page, kept) in enumerate(answers(**different).items(), start=1):
        applying.save_page(draft, page, kept, done=number)
    return draft


def applied(the_round: Round, owner: User, **different: Any) -> Application:
    """A submitted application."""
    return applying.submit(drafted(the_round, owner, **different).pk, owner=owner)

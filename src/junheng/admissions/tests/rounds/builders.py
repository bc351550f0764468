"""A small round of Yunhuai with everything in it, and the ways to load and run it.

Chengguan (a township) has school-1 with 2 seats and East Village with 4 children; Beihe has
school-2 with 3 seats and zone Z2 with 3 children, of whom two are twins; school-3 in no known
township has 1 seat and nobody's zone. 7 children, 6 seats.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import pgtrigger
from django.db.models import F
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import PublicEvent, Round, RoundDate, RoundRun, RoundUpload
from junheng.admissions.services import events, loading, planning, requesting, running, steps
from junheng.admissions.services.reading import read_round
from junheng.commons import approvals, runs
from junheng.commons.models import Approval, Run
from junheng.places.models import Place

TOML = """\
[round]
ref = "{ref}"
year = 2026
level = "primary"
class_cap = {cap}
priority = ["tier", "sibling", "ticket"]
[lottery]
method = "{method}"
seed = "{seed}"
[diversion]
mode = "zone"
"""
SCHOOLS = """\
school_id,name,township,lon,lat,classes,class_size,continuing,reserved
school-1,Chengguan Primary,Chengguan Township,116.000000,36.500000,1,2,0,0
school-2,Beihe Primary,Beihe Township,116.010000,36.500000,1,4,1,0
school-3,,Elsewhere,116.020000,36.500000,1,1,0,0
"""
ZONES = """\
zone_id,rank,school_id,name
990100001001,1,school-1,East Village
Z2,1,school-2,Beihe
"""
CHILDREN = """\
applicant_id,zone_id,lon,lat,tier,sibling_school_id,group_id
c1,990100001001,116.000100,36.500000,1,,
c2,990100001001,116.000200,36.500000,1,school-1,
c3,990100001001,116.000300,36.500000,2,,
c4,990100001001,116.000400,36.500000,2,,
c5,Z2,116.010100,36.500000,1,,
c6,Z2,116.010200,36.500000,1,,twins
c7,Z2,116.010200,36.500000,1,,twins
"""
CHOICES = """\
applicant_id,rank,school_id
c5,1,school-3
"""
OFFERING = 'mode = "open"\nsilence = "nearest"\nunranked = "decline"\n'
OFFICIAL, REHEARSAL = "drawn in public", "rehearsal:1"


def round_files(
    *,
    ref: str = "2026-g1",
    seed: str = "",
    method: str = "hmac-sha256",
    cap: int = 55,
    diversion: str = "",
    by_lottery: str = "",
    **tables: str,
) -> dict[str, bytes]:
    """The files of the round; `children="…"` replaces a table, `diversion` what stands there,
    `by_lottery` names a school open by lottery.
    """
    texts = {"schools": SCHOOLS, "zones": ZONES, "applicants": CHILDREN, "choices": CHOICES}
    texts |= tables
    files = {f"{name}.csv": text.encode() for name, text in texts.items()}
    toml = TOML.format(ref=ref, seed=seed, method=method, cap=cap)
    if diversion:
        toml = toml.replace("[round]\n", "[round]\nversion = 2\n")
        toml = toml.replace('mode = "zone"\n', diversion)
    if by_lottery:
        toml = toml.replace("[round]\n", "[round]\nversion = 3\n")
        toml = toml.replace("[lottery]\n", f'[lottery]\nby_lottery = ["{by_lottery}"]\n')
    return files | {"round.toml": toml.encode()}


def county() -> Place:
    """Yunhuai with its two townships and the schools that are known by code."""
    cast.counties()
    cast.school("school-1", at=cast.TOWNSHIP)
    cast.school("school-2", at=cast.NEXT_TOWNSHIP)
    found: Place = Place.objects.get(code=cast.COUNTY)
    return found


def loaded(by: User | None = None, at: Place | None = None, **different: Any) -> Round:
    """The round, loaded."""
    files = round_files(**different)
    snapshot = runs.freeze(loading.KIND, files)
    return loading.load(at or county(), snapshot, read_round(files), by)


def uploaded(by: User, **different: Any) -> RoundUpload:
    """The files of the round, sent and read."""
    upload = loading.receive(county(), round_files(**different), by)
    return loading.read_upload(upload.pk)


def asked(the_round: Round, seed: str = REHEARSAL, by: User | None = None) -> Run:
    """A run that waits."""
    record = requesting.request(the_round, seed=seed, by=by, enqueue=lambda _run: None)
    found: Run = Run.objects.get(pk=record.pk)
    return found


def ran(the_round: Round | None = None, seed: str = REHEARSAL, by: User | None = None) -> RoundRun:
    """The round with a finished run."""
    run = asked(the_round or loaded(by), seed, by)
    running.execute(run)
    found: RoundRun = RoundRun.objects.select_related("run", "outcome", "input", "round").get(
        pk=run.pk
    )
    return found


# --- the act -------------------------------------------------------------------------------

TEXT = "Every child near home."
FIGURES = "03-11-28+07"
SOON = timedelta(seconds=2)
LATER = timedelta(hours=1)
"""Far enough for whatever is done before, on however slow a machine; see `let_pass`."""


def named(
    the_round: Round, by: User, *, after: timedelta = SOON, example: str = "00-00-00+00"
) -> PublicEvent:
    """The public event of the round, very soon."""
    planning.begin_plan(the_round, by=by)
    moment = timezone.now() + after
    event = events.Event(
        "Drawing 2026-100 of the state lottery", "As drawn", example, moment, moment
    )
    dated(the_round, moment)
    Round.objects.filter(pk=the_round.pk, policy="").update(policy=TEXT)
    return events.name_event(the_round, event, by=by)


def dated(the_round: Round, event_at: datetime) -> None:
    """A calendar around the public event; dates that the round has stay."""
    day = timedelta(days=1)
    rows = []
    for number, what in enumerate(RoundDate.What.values):
        before = what in ("applications", "freeze")
        moment = event_at - day if before else event_at + number * day
        rows.append(RoundDate(round=the_round, what=what, begins_at=moment, ends_at=moment))
    RoundDate.objects.bulk_create(rows, ignore_conflicts=True)


def both(kind: str, the_round: Round, by: User, second: User, **payload: Any) -> Approval:
    """A step that one asks for and the other one agrees to."""
    return approvals.agree(steps.ask(kind, the_round, by=by, **payload), second)


def opened(by: User, second: User, *, after: timedelta = SOON, **different: Any) -> Round:
    """The round, loaded and open."""
    the_round = loaded(by, **different)
    named(the_round, by, after=after)
    both(steps.OPEN, the_round, by, second)
    return fresh(the_round)


def frozen(by: User, second: User, **different: Any) -> Round:
    """The round with two contributions and its list frozen."""
    the_round = opened(by, second, **different)
    for words in ("a sunny day", "云淮"):
        events.contribute(the_round, words, by=by)
    both(steps.FREEZE, the_round, by, second, input=the_round.input_id)
    return fresh(the_round)


def drawn(by: User, second: User, *, figures: str = FIGURES, **different: Any) -> Round:
    """The round with its seed."""
    the_round = frozen(by, second, after=LATER, **different)
    let_pass(the_round, the_round.event.takes_place_at)
    the_round = fresh(the_round)
    both(steps.DRAW, the_round, by, second, figures=figures)
    return fresh(the_round)


def official(by: User, second: User, **different: Any) -> RoundRun:
    """The round, run with its seed."""
    return ran(drawn(by, second, **different), seed="", by=by)


def published(by: User, second: User, **different: Any) -> RoundRun:
    """The round with its result published."""
    record = official(by, second, **different)
    both(steps.PUBLISH, record.round, by, second, run=record.run.ref)
    found: RoundRun = RoundRun.objects.select_related("run", "round", "input").get(pk=record.pk)
    return found


def fresh(the_round: Round) -> Round:
    """The round as the database has it now."""
    found: Round = Round.objects.select_related("input", "place").get(pk=the_round.pk)
    return found


def let_pass(the_round: Round, moment: datetime) -> None:
    """Put the announced calendar back so far that a moment of it is now: nobody waits for it.

    What stands in the way is ignored for it: nobody who works through the site could do so.
    """
    now = timezone.now()
    back = moment - now
    with pgtrigger.ignore(*ANNOUNCED):
        RoundDate.objects.filter(round=the_round).update(
            begins_at=F("begins_at") - back, ends_at=F("ends_at") - back
        )
        PublicEvent.objects.filter(round=the_round, takes_place_at__gt=now).update(
            takes_place_at=F("takes_place_at") - back,
            contributions_until=F("contributions_until") - back,
        )


ANNOUNCED = (
    "admissions.PublicEvent:event_stays_as_named",
    "admissions.RoundDate:round_date_while_planned",
)


def wait_for(moment: datetime) -> None:
    """Until a moment has passed on the database's clock, which is this machine's in tests."""
    time.sleep(max(0.0, (moment - timezone.now()).total_seconds()) + 0.01)

"""A check: delivered registers are asked about households that signed for it; hits open visits.

Safe to run twice and to be killed: everything is written in one transaction with the receipt,
and what was found of whom is known again by its mark.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.access import may_keep
from junheng.aid.engine.hits import kept, look, said
from junheng.aid.models import (
    CheckAuthorisation,
    CheckHit,
    CheckRule,
    HouseholdVisit,
    Speaks,
)
from junheng.aid.models.checks import REPLY_DAYS
from junheng.aid.services import finding_left_out
from junheng.aid.services.visiting import open_visit_case
from junheng.aid.snapshots.checks import (
    KIND,
    Frozen,
    Member,
    delivered,
    freeze_check,
    grouped,
    members,
    rules_on,
    thawed,
)
from junheng.commons.models import Run
from junheng.commons.refusals import Refusal
from junheng.commons.runs import attach, finish, queue_run, start
from junheng.commons.sealing import blind_index
from junheng.evidence.facade import NAMED_BY, Pair, Step, connections_of, pairs_of
from junheng.kernel.ref import Ref
from junheng.places.facade import Place, place_by_code

VERSION = "1"
MARK = "aid.hit"
Told = Callable[[int, int], None]


class NothingToAsk(Refusal):
    """No rule holds, or nothing was delivered to what the rules ask."""


class NotTheirCounty(Refusal):
    """Somebody checks nothing there."""


@dataclass(frozen=True, slots=True)
class Found:
    """A hit, not yet written."""

    member: Member
    rule: CheckRule
    authorisation: int
    pair: Pair
    as_of: date
    sealed: str
    mark: str

    @property
    def line(self) -> str:
        """As the listing of the run has it: references, no name, no figure."""
        chance = round(self.pair.probability * 1_000)
        return f"{self.member.key},{self.rule.ref},{self.pair.step},{chance},{self.mark}"


def matter_of(place: Place) -> str:
    """What the runs of a county are about."""
    return f"aid check {place.code}"


def request_check(place: Place, *, by: User, enqueue: Callable[[Run], None]) -> Run:
    """Ask for a check of a county: what it is made from is frozen now.

    Raises:
        NotTheirCounty, NothingToAsk: If there is nothing of it to be asked.
        AlreadyRunning: If one is under way.
    """
    if not may_keep(by, place.path):
        raise NotTheirCounty(_("Only an aid officer of the county asks for a check."))
    day = timezone.localdate()
    rules = rules_on(place, day)
    if not rules:
        raise NothingToAsk(_("No rule of checks holds today: set one up first."))
    frozen = freeze_check(place, rules, day)
    if not thawed(frozen).deliveries:
        raise NothingToAsk(_("Nothing was delivered to the registers that the rules ask."))
    return queue_run(
        kind=KIND,
        matter=matter_of(place),
        snapshot=frozen,
        rules_version=VERSION,
        by=by,
        enqueue=enqueue,
    )


def execute(run: Run, told: Told) -> None:
    """Carry out a check; killed halfway it leaves nothing, and done twice it does the same once.

    Raises:
        DeliveredAnew: If a delivery was taken back, or its rows are gone, since it was asked.
    """
    if not start(run):
        return
    frozen = thawed(run.snapshot)
    rules = list(CheckRule.objects.filter(pk__in=frozen.rules).select_related("connection"))
    found: list[Found] = []
    counts: dict[str, dict[str, int]] = {}
    against = [one for one in rules if one.speaks == Speaks.AGAINST]
    for done, (connection, several) in enumerate(_by_connection(against).items()):
        told(done, len(frozen.deliveries) + 1)
        if connection in frozen.deliveries:
            found += _asked(frozen, connection, several, counts)
    left_out = finding_left_out.look(frozen, [one for one in rules if one.speaks == Speaks.FOR])
    lines = sorted(one.line for one in found) + sorted(one.line for one in left_out)
    listing = "".join(f"{line}\n" for line in lines).encode()
    attach(run, {"hits.csv": listing})
    with transaction.atomic():
        written = _write(run, found)
        written["left_out"] = finding_left_out.write(run, left_out)
        finish(
            run,
            receipt=_receipt(run, frozen, counts, written),
            result_sha256=hashlib.sha256(listing).hexdigest(),
        )


def _by_connection(rules: Sequence[CheckRule]) -> dict[int, list[CheckRule]]:
    found: dict[int, list[CheckRule]] = defaultdict(list)
    for one in rules:
        found[one.connection_id].append(one)
    return found


def _asked(
    frozen: Frozen, connection: int, rules: Sequence[CheckRule], counts: dict[str, dict[str, int]]
) -> list[Found]:
    """Ask one register about everybody who signed for it."""
    register = rules[0].register
    signed = {home: by[register] for home, by in frozen.signed.items() if register in by}
    people = members(frozen.day, Q(household__in=list(signed)))
    entries = delivered(frozen, rules[0])
    theirs, facts = grouped(entries) if people else ([], [])
    pairs = pairs_of([one.person for one in people], theirs) if people else []
    tally = Counter(
        {"households": len(signed), "people": len(people), "rows": entries.rows, "hits": 0}
    )
    found = []
    for pair in pairs:
        tally[f"found_{pair.step}"] += 1
        for rule in rules:
            looked = look(rule.condition, facts[pair.right])
            tally["unclear"] += looked.unclear
            if looked.counting:
                tally["hits"] += 1
                sealed = kept(facts[pair.right][place] for place in looked.counting)
                who = people[pair.left]
                found.append(
                    Found(
                        who,
                        rule,
                        signed[who.household],
                        pair,
                        entries.as_of,
                        sealed,
                        mark(who.key, rule, sealed),
                    )
                )
    counts[str(rules[0].connection.uid)] = dict(tally)
    return found


def mark(member: UUID, rule: CheckRule, sealed: str) -> str:
    """What was found of whom: the same while it speaks of one thing of one person."""
    names = NAMED_BY.get(rule.register, ())
    things = sorted(
        next((facts[name] for name in names if name in facts), "") for facts in said(sealed)
    )
    return blind_index(f"{member} {rule.ref} {' '.join(things)}", MARK)


def mark_of(hit: CheckHit) -> str:
    """The mark of a hit, made again; "" for one that was emptied."""
    return mark(hit.member_id, hit.rule, str(hit.sealed)) if hit.sealed else ""


def _write(run: Run, found: Sequence[Found]) -> dict[str, int]:
    """Hits that are new become rows, each in the visit of its household."""
    valid = _still_signed({one.authorisation for one in found})
    standing = [one for one in found if one.authorisation in valid]
    known = set(
        CheckHit.objects.filter(mark__in=[one.mark for one in standing]).values_list(
            "mark", flat=True
        )
    )
    fresh: dict[int, list[Found]] = defaultdict(list)
    for one in standing:
        if one.mark not in known:
            fresh[one.member.household].append(one)
    heard = set(
        HouseholdVisit.objects.filter(
            household__in=list(fresh), outcome="", heard_on__isnull=False
        ).values_list("household", flat=True)
    )
    new = {home: several for home, several in fresh.items() if home not in heard}
    for home, several in sorted(new.items()):
        visit = _visit_of(home, run)
        CheckHit.objects.bulk_create(_row(run, visit, one) for one in several)
    return {
        "new_hits": sum(map(len, new.values())),
        "visits": len(new),
        "known": len(standing) - sum(map(len, fresh.values())),
        "withdrawn": len(found) - len(standing),
        "later": sum(len(fresh[home]) for home in heard),
    }


def _still_signed(wanted: set[int]) -> set[int]:
    """Those authorisations that hold now, locked so that none is withdrawn meanwhile."""
    today = timezone.localdate()
    rows = CheckAuthorisation.objects.select_for_update(of=("self",)).filter(
        pk__in=wanted, withdrawn_at=None, valid_from__lte=today, valid_to__gt=today
    )
    return set(rows.order_by("pk").values_list("pk", flat=True))


def _visit_of(home: int, run: Run) -> HouseholdVisit:
    running = HouseholdVisit.objects.filter(household=home, outcome="").first()
    if running is not None:
        return running  # type: ignore[no-any-return]  # the manager is untyped
    today = timezone.localdate()
    visit: HouseholdVisit = HouseholdVisit.objects.create(
        number=str(Ref.draw("HV", today.year, secrets.randbelow)),
        household_id=home,
        reply_until=today + timedelta(days=REPLY_DAYS),
    )
    open_visit_case(visit, by=run.requested_by)
    return visit


def _row(run: Run, visit: HouseholdVisit, one: Found) -> CheckHit:
    return CheckHit(
        run=run,
        visit=visit,
        household_id=one.member.household,
        member_id=one.member.key,
        rule=one.rule,
        authorisation_id=one.authorisation,
        register=one.rule.register,
        source=one.rule.connection.name,
        as_of=one.as_of,
        step=str(one.pair.step),
        certain=one.pair.certain,
        probability=one.pair.probability,
        mark=one.mark,
        sealed=one.sealed,
    )


def _receipt(
    run: Run, frozen: Frozen, counts: dict[str, dict[str, int]], written: dict[str, int]
) -> dict[str, Any]:
    return {
        "kind": run.kind,
        "county": frozen.county,
        "day": frozen.day.isoformat(),
        "snapshot": run.snapshot.sha256,
        "rules_version": run.rules_version,
        "rules": len(frozen.rules),
        "households": len(frozen.signed),
        "registers": counts,
        "written": written,
    }


def county_of(run: Run) -> Place:
    """Which county a run checks."""
    return place_by_code(run.matter.rsplit(" ", 1)[-1])


@dataclass(frozen=True, slots=True)
class Asked:
    """What one register was asked in a run, and what it said."""

    name: str
    rows: int
    people: int
    found: dict[str, int]
    hits: int
    unclear: int


def asked_of(run: Run) -> list[Asked]:
    """The registers of a run's receipt."""
    registers: dict[str, dict[str, int]] = (run.receipt or {}).get("registers", {})
    names = {str(one.uid): one.name for one in connections_of(county_of(run).path)}
    return [
        Asked(
            names.get(uid, uid),
            told.get("rows", 0),
            told.get("people", 0),
            {str(step): told.get(f"found_{step}", 0) for step in Step},
            told.get("hits", 0),
            told.get("unclear", 0),
        )
        for uid, told in sorted(registers.items())
    ]

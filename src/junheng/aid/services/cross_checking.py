"""A check: registers are asked about households that signed for it; hits open visits.

Safe to run twice and to be killed: what tables say is written in one transaction with the receipt,
what services answer is kept before, and what was found of whom is known again by its mark.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.access import may_keep
from junheng.aid.models import (
    CheckHit,
    CheckRule,
    HouseholdVisit,
    Speaks,
)
from junheng.aid.models.checks import REPLY_DAYS
from junheng.aid.services import asking_services, finding_left_out
from junheng.aid.services.asking_services import Heard
from junheng.aid.services.authorising import still_signed
from junheng.aid.services.flagging import Entered, Found, flags
from junheng.aid.services.visiting import open_visit_case
from junheng.aid.snapshots.checks import (
    KIND,
    Frozen,
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
from junheng.evidence.facade import pairs_of
from junheng.kernel.ref import Ref
from junheng.places.facade import Place

VERSION = "1"
Told = Callable[[int, int], None]


class NothingToAsk(Refusal):
    """No rule holds, or nothing was delivered to what the rules ask."""


class NotTheirCounty(Refusal):
    """Somebody checks nothing there."""


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
    if not thawed(frozen).deliveries and not thawed(frozen).services:
        raise NothingToAsk(_("Nothing was delivered to the registers that the rules ask."))
    return queue_run(
        kind=KIND,
        matter=matter_of(place),
        snapshot=frozen,
        rules_version=VERSION,
        by=by,
        enqueue=enqueue,
    )


@dataclass(slots=True)
class ToldOf:
    """What registers said against the need of those who signed.

    Attributes:
        found: Hits, not yet written.
        tables, services: What was counted, by the register's connection.
    """

    found: list[Found] = field(default_factory=list)
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    services: dict[str, Heard] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, bytes]:
        """The listing of what services answered, as a file; none where none was asked."""
        lines = [line for uid in sorted(self.services) for line in self.services[uid].listing]
        return {"answers.csv": _lines(lines)} if self.services else {}


def execute(run: Run, told: Told) -> None:
    """Carry out a check; killed halfway it leaves nothing, and done twice it does the same once.

    Raises:
        DeliveredAnew: If a delivery was taken back, its rows are gone, or a service is asked in
            another way, since the check was asked for.
    """
    if not start(run):
        return
    frozen = thawed(run.snapshot)
    rules = list(CheckRule.objects.filter(pk__in=frozen.rules).select_related("connection"))
    told_of = _speaking_against(run, frozen, rules, told)
    left_out = finding_left_out.look(frozen, [one for one in rules if one.speaks == Speaks.FOR])
    lines = sorted(one.line for one in told_of.found) + sorted(one.line for one in left_out)
    listing = _lines(lines)
    attach(run, {"hits.csv": listing} | told_of.answers)
    with transaction.atomic():
        written = _write(run, told_of.found)
        written["left_out"] = finding_left_out.write(run, left_out)
        finish(
            run,
            receipt=_receipt(run, frozen, told_of, written),
            result_sha256=hashlib.sha256(listing).hexdigest(),
        )


def _speaking_against(run: Run, frozen: Frozen, rules: Sequence[CheckRule], told: Told) -> ToldOf:
    """Ask every register that speaks against need, table by table and service by service."""
    result = ToldOf()
    against = [one for one in rules if one.speaks == Speaks.AGAINST]
    total = len(frozen.deliveries) + len(frozen.services) + 1
    for done, (connection, several) in enumerate(by_connection(against).items()):
        told(done, total)
        uid = str(several[0].connection.uid)
        if connection in frozen.services:
            heard = asking_services.ask(run, frozen, several, between=partial(told, done, total))
            result.services[uid] = heard
            result.found += heard.found
        elif connection in frozen.deliveries:
            result.tables[uid], found = _asked(frozen, several)
            result.found += found
    return result


def _lines(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def by_connection(rules: Sequence[CheckRule]) -> dict[int, list[CheckRule]]:
    """Rules by the register that they ask."""
    found: dict[int, list[CheckRule]] = defaultdict(list)
    for one in rules:
        found[one.connection_id].append(one)
    return found


def _asked(frozen: Frozen, rules: Sequence[CheckRule]) -> tuple[dict[str, int], list[Found]]:
    """Ask one table about everybody who signed for its register."""
    signed = frozen.signed_for(rules[0].register)
    people = members(frozen.day, Q(household__in=list(signed)))
    entries = delivered(frozen, rules[0])
    theirs, facts = grouped(entries) if people else ([], [])
    pairs = pairs_of([one.person for one in people], theirs) if people else []
    tally = Counter(
        {"households": len(signed), "people": len(people), "rows": entries.rows, "hits": 0}
    )
    found: list[Found] = []
    for pair in pairs:
        who = people[pair.left]
        entered = Entered(who, signed[who.household], pair, facts[pair.right], entries.as_of)
        found += flags(entered, rules, tally)
    return dict(tally), found


def _write(run: Run, found: Sequence[Found]) -> dict[str, int]:
    """Hits that are new become rows, each in the visit of its household."""
    valid = still_signed(one.authorisation for one in found)
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


def _receipt(run: Run, frozen: Frozen, told_of: ToldOf, written: dict[str, int]) -> dict[str, Any]:
    services = {uid: _of_a_service(one) for uid, one in sorted(told_of.services.items())}
    return {
        "kind": run.kind,
        "county": frozen.county,
        "day": frozen.day.isoformat(),
        "snapshot": run.snapshot.sha256,
        "rules_version": run.rules_version,
        "rules": len(frozen.rules),
        "households": len(frozen.signed),
        "registers": told_of.tables,
        "written": written,
    } | ({"services": services} if services else {})


def _of_a_service(heard: Heard) -> dict[str, Any]:
    """What was asked of it, from when to when, and the fingerprint of what came back."""
    answers = hashlib.sha256(_lines(heard.listing)).hexdigest()
    told = {**heard.counts, "silent": dict(sorted(heard.silent.items()))}
    return {**told, "first": heard.first, "last": heard.last, "answers": answers}

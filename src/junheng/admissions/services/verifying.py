"""Applications are checked by the program: in batches, again as often as one likes, killed safely.

Registers are asked outside of transactions; what follows from their answers is written under a
lock on each application that is still where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from junheng.admissions.engine.standard_rules import STANDARD, rules_from
from junheng.admissions.engine.statement import Document, Proof, Statement
from junheng.admissions.engine.verification import (
    Code,
    Evidence,
    Facts,
    Outcome,
    Rules,
    Verdict,
    decide,
)
from junheng.admissions.models import (
    Application,
    HouseClaim,
    Round,
    Verification,
    VerificationRules,
)
from junheng.admissions.services import review_cases
from junheng.admissions.services.applications import family_key, house_key, statement_of
from junheng.admissions.services.proofs import LEGAL_BASIS, PURPOSE, evidence_of, questions_of
from junheng.admissions.services.telling import tell_outcome
from junheng.commons.made_once import Insertion, Update, made_once
from junheng.evidence.facade import Register, is_failing, look_up_many
from junheng.kernel.canonical import canonical_json
from junheng.places.facade import place_by_code
from junheng.registry.facade import find_zones, is_pupil_there

BATCH = 500
State = Application.State
WAITING = (State.RECEIVED, State.CHECKING)


def batches(register: str = "", *, size: int = BATCH) -> Iterator[list[UUID]]:
    """Applications that the program has to look at, the oldest first, each of them once.

    Args:
        register: Instead of those that came in, those that wait for this register. The first
            batch is then a single one, that tries it; only if the register answers, the others
            follow.
        size: Of a batch.
    """
    rows = _waiting(register).order_by("submitted_at", "pk")
    columns, trial = ("submitted_at", "pk"), bool(register)
    while batch := list(rows.values_list(*columns)[: 1 if trial else size]):
        yield [pk for _at, pk in batch]
        if trial and is_failing(Register(register)):
            return
        trial = False
        at, last = batch[-1]
        rows = rows.filter(Q(submitted_at__gt=at) | Q(submitted_at=at, pk__gt=last))


def count_waiting(register: str = "") -> int:
    """How many those are."""
    return int(_waiting(register).count())


def _waiting(register: str) -> Any:
    rows = Application.objects.filter(round__state=Round.State.OPEN)
    if not register:
        return rows.filter(state=State.RECEIVED)
    newest = Verification.objects.filter(application=OuterRef("pk")).order_by("-id")
    waits = [{"code": Code.WAITING.value, "figures": {"register": register}}]
    last = Verification.objects.filter(pk=OuterRef("last"), reasons__contains=waits)
    checking = rows.filter(state=State.CHECKING).annotate(last=newest.values("pk")[:1])
    return checking.filter(Exists(last))


def verify(ids: Sequence[UUID]) -> dict[str, int]:
    """Check applications; those that moved on meanwhile stay as they are.

    Returns:
        How many got which outcome.
    """
    rows = list(Application.objects.filter(pk__in=ids, state__in=WAITING).select_related("round"))
    told = {row.pk: stated for row in rows if (stated := statement_of(row))}
    evidence = _ask(rows, told)
    rules = {one.pk: rules_content(one) for one in {row.round for row in rows}}
    done: dict[str, int] = {}
    for row in rows:
        if row.pk in told:
            outcome = _settle(row, told[row.pk], evidence[row.pk], rules[row.round_id])
            done[outcome] = done.get(outcome, 0) + 1
    return done


def _ask(
    rows: Sequence[Application], told: dict[UUID, Statement]
) -> dict[UUID, dict[Proof, Evidence]]:
    asked = [
        (row, proof, question)
        for row in rows
        if row.pk in told
        for proof, question in questions_of(told[row.pk])
    ]
    answers = look_up_many(
        [(subject_of(row), question) for row, _proof, question in asked],
        purpose=PURPOSE,
        legal_basis=LEGAL_BASIS,
    )
    by_row: dict[UUID, list[Any]] = {row.pk: [] for row in rows}
    for (row, proof, _question), answer in zip(asked, answers, strict=True):
        by_row[row.pk].append((proof, answer))
    return {pk: evidence_of(found, told[pk]) for pk, found in by_row.items() if pk in told}


def subject_of(application: Application) -> str:
    """What findings about an application are kept under."""
    return f"admissions.application:{application.pk}"


@made_once
def _held(application: UUID) -> QuerySet[Application]:
    """Under lock, with whether the family was asked for something before."""
    asked = Verification.objects.filter(application=OuterRef("pk"), outcome=State.ASKED)
    rows: QuerySet[Application] = Application.objects.select_for_update(of=("self",))
    return rows.filter(pk=application).annotate(was_asked=Exists(asked))


def _settle(
    row: Application,
    told: Statement,
    evidence: dict[Proof, Evidence],
    content: dict[str, Any],
) -> str:
    here = _sibling_here(row.round, told)
    with transaction.atomic():
        (held,) = _held(row.pk)
        if held.state not in WAITING or held.statement is None:
            return str(held.state)
        zone = zone_of(row.round, told)
        facts = Facts(
            claims=told.home.claims,
            needs=told.child.needs,
            evidence=evidence,
            zone=zone,
            house_used=_house_used(row, told),
            year=row.round.year,
            sibling=_unconfirmed(held, told) and not here,
            sibling_here=here,
            answered=held.was_asked,  # type: ignore[attr-defined]  # annotated
        )
        verdict = decide(facts, rules_from(content))
        if here:
            held.sibling_school = told.sibling_school
        found = write_down(held, verdict, zone=zone, content=content)
        tell_outcome(held, found)
        if verdict.outcome is Outcome.PASSED and Proof.HOUSE in told.home.claims:
            claim_house(held, told)
    return verdict.outcome.value


def _unconfirmed(held: Application, told: Statement) -> bool:
    return bool(told.sibling_school) and held.sibling_school != told.sibling_school


def _sibling_here(the_round: Round, told: Statement) -> bool:
    """Whether the register of pupils has the older child at the school that is named."""
    guardian = told.guardian
    if not told.sibling_school or guardian.document is not Document.RESIDENT_ID:
        return False
    return is_pupil_there(told.sibling_school, told.sibling, guardian.number, year=the_round.year)


def rules_content(the_round: Round) -> dict[str, Any]:
    """How the round reads proofs; the standard where it says nothing."""
    own = VerificationRules.objects.filter(pk=the_round.pk).first()
    return dict(own.content if own else STANDARD)


def rules_of(the_round: Round) -> Rules:
    """The same as the engine wants it."""
    return rules_from(rules_content(the_round))


def zone_of(the_round: Round, told: Statement) -> str:
    """The zone of the stated home on the first day of school, blank where it is not certain."""
    place, day = place_by_code(told.home.place), date(the_round.year, 9, 1)
    found = find_zones(place, the_round.level, on=day, text=told.home.address)
    return found.zones[0].zone.code if found.certain else ""


def _house_used(row: Application, told: Statement) -> int:
    """The last year in which another family used the house, 0 for never."""
    if Proof.HOUSE not in told.home.claims or not told.home.certificate:
        return 0
    key = house_key(told.home.certificate)
    with connection.cursor() as cursor:  # two families with one house must not pass side by side
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    others = HouseClaim.objects.filter(house_key=key, level=row.round.level)
    others = others.exclude(family_key=family_key(told)).exclude(application__state=State.WITHDRAWN)
    years = others.order_by("-year").values_list("year", flat=True)
    return years.first() or 0


def claim_house(held: Application, told: Statement) -> None:
    """Write down that a house stands behind an application."""
    HouseClaim.objects.update_or_create(
        application=held,
        defaults={
            "house_key": house_key(told.home.certificate),
            "family_key": family_key(told),
            "year": held.round.year,
            "level": held.round.level,
        },
    )


keep = Insertion(Verification)
move_on = Update(Application, "state", "zone", "tier", "decided_at", "by_person", "sibling_school")


def write_down(
    held: Application,
    verdict: Verdict,
    *,
    zone: str,
    content: dict[str, Any],
) -> Verification:
    """Keep what the program found, and move the application there."""
    now = timezone.now()
    found = Verification(
        application=held,
        outcome=verdict.outcome.value,
        tier=verdict.tier,
        zone=zone,
        reasons=[asdict(reason) for reason in verdict.reasons],
        rules_sha256=hashlib.sha256(canonical_json(content)).hexdigest(),
        at=now,
    )
    keep(found)
    held.state, held.zone = verdict.outcome.value, zone
    if verdict.outcome is Outcome.PASSED:
        held.tier, held.decided_at, held.by_person = verdict.tier, now, False
    move_on(held)
    if verdict.outcome is Outcome.REVIEW:
        review_cases.open_for(held)
    return found

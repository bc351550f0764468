"""Issuing letters: one for every child that the published result seats and whose name is known."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.models import (
    Application,
    Letter,
    Placement,
    Round,
    RoundRun,
    RoundSchool,
    SeatDecision,
)
from junheng.admissions.services.acts import locked
from junheng.admissions.services.publishing import published_run
from junheng.commons.refusals import Refusal
from junheng.kernel.ref import Ref

KIND = "AL"
BATCH = 2_000


class NotPublished(Refusal):
    """Letters tell of a published result and of nothing else."""


class LetterStands(Refusal):
    """The child has a valid letter."""


def result_of(the_round: Round) -> RoundRun:
    """The published run, whose seats letters tell.

    Raises:
        NotPublished: If there is none.
    """
    record = published_run(the_round)
    if record is None:
        raise NotPublished(_("Letters can be made once the result of the round is published."))
    return record


def without_letter(record: RoundRun) -> QuerySet[Placement]:
    """Seated children who never got a letter for this seat and have no valid one.

    Whose letter was revoked by hand is not among them: that was somebody's decision.
    """
    valid = Letter.objects.filter(round=record.round_id, application__code=OuterRef("code"), end="")
    decided = SeatDecision.objects.filter(round=record.round_id, application__code=OuterRef("code"))
    return _seated(record).filter(
        ~Exists(decided), ~Exists(valid), ~Exists(Letter.objects.filter(placement=OuterRef("pk")))
    )


def _seated(record: RoundRun) -> QuerySet[Placement]:
    seated: QuerySet[Placement] = Placement.objects.filter(run=record, school__isnull=False)
    return seated.select_related("school")


def issue(the_round: Round, school: RoundSchool, *, by: User) -> int:
    """Issue what letters of a school are still to be issued; how many that were.

    Args:
        the_round: A round with a published result.
        school: A school of that result's input.
        by: Who asks for it.

    Raises:
        NotPublished: If there is nothing to issue letters for.
    """
    with transaction.atomic():
        record = result_of(locked(the_round.pk))
        missing = list(
            without_letter(record)
            .filter(school=school)
            .select_related("school")
            .order_by("place_in_order")
        )
        known = applications_of(record.round_id, [placement.code for placement in missing])
        now = timezone.now()
        letters = [
            _letter(placement, known[placement.code], record, by, now)
            for placement in missing
            if placement.code in known
        ]
        Letter.objects.bulk_create(letters, BATCH)
    return len(letters)


def issue_again(letter: Letter, *, by: User) -> Letter:
    """Issue a new letter in place of one that was revoked by mistake or for the sake of safety.

    Raises:
        NotPublished: If the published result seats the child nowhere.
        LetterStands: If the child has a valid letter.
    """
    with transaction.atomic():
        record = result_of(locked(letter.round_id))
        if Letter.objects.filter(application=letter.application_id, end="").exists():
            raise LetterStands(_("The child has a valid letter, so there is no need of another."))
        code = letter.application.code
        decisions = SeatDecision.objects.newest().filter(application=letter.application_id)
        decision = decisions.select_related("school").first()
        if decision is not None:
            return _again_for(decision, record, by)
        placement = (
            Placement.objects.filter(run=record, code=code, school__isnull=False)
            .select_related("school")
            .first()
        )
        if placement is None:
            raise NotPublished(_("The published result has no seat for this child."))
        fresh = _letter(placement, letter.application_id, record, by, timezone.now())
        fresh.save(force_insert=True)
    return fresh


def _again_for(decision: SeatDecision, record: RoundRun, by: User) -> Letter:
    if decision.school is None:
        raise NotPublished(_("By a later decision the child holds no seat."))
    return issue_for(decision, record, by=by)


def issue_for(decision: SeatDecision, record: RoundRun, *, by: User) -> Letter:
    """Issue the letter of a seat that was decided after the result. In the caller's transaction."""
    fresh = Letter(
        number=str(Ref.draw(KIND, record.round.year, secrets.randbelow)),
        round_id=record.round_id,
        run=record,
        decision=decision,
        application_id=decision.application_id,
        school=decision.school,
        school_path=decision.school_path,
        issued_at=timezone.now(),
        issued_by=by,
    )
    fresh.save(force_insert=True)
    return fresh


def applications_of(round_id: int, codes: list[str]) -> dict[str, Any]:
    """Keys of applications by the child's code."""
    rows = Application.objects.filter(round=round_id, code__in=codes).values_list("code", "pk")
    return dict(rows)


def _letter(
    placement: Placement, application: Any, record: RoundRun, by: User, now: datetime
) -> Letter:
    return Letter(
        number=str(Ref.draw(KIND, record.round.year, secrets.randbelow)),
        round_id=record.round_id,
        run=record,
        placement=placement,
        application_id=application,
        school=placement.school,
        school_path=placement.school_path,
        issued_at=now,
        issued_by=by,
    )

"""Asking families about the schools that they are offered, and taking their answers in."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.access import may_run
from junheng.admissions.models import (
    AnswerPeriod,
    Application,
    OfferAnswer,
    OfferedSchool,
    Round,
    RoundApplicant,
    RoundRun,
)
from junheng.admissions.selectors.answers import Asked, asked_of
from junheng.admissions.services.acts import Deed, OutOfTurn, locked, log
from junheng.admissions.services.answer_workbooks import OFFERED, asks_families
from junheng.admissions.services.deciding import require_settled
from junheng.admissions.services.telling import tell_asked
from junheng.commons import runs
from junheng.commons.approvals import NotTheirs
from junheng.commons.refusals import Refusal

BATCH = 1_000


class NothingOffered(Refusal):
    """The published run offers nothing to anybody."""


class AskedAlready(Refusal):
    """Families are asked about this run already."""


class NotAsked(Refusal):
    """The child is offered nothing, or the time for answers is over."""


class NotOffered(Refusal):
    """An answer names a school that is not offered, or one twice."""


class MayNotDecline(Refusal):
    """By the rules of the round no child stays without a seat for want of an answer."""


def ask_families(the_round: Round, until: datetime, *, by: User) -> AnswerPeriod:
    """Let families of children without a seat rank what the published run offers them.

    Args:
        the_round: Published, in mode `open`, with a first run.
        until: The last moment for answers.
        by: The officer.

    Raises:
        NotTheirs: If the person does not run rounds there.
        OutOfTurn: If nothing is published, the run offers nothing by its mode, or it is late.
        AskedAlready: If they are asked.
        NothingOffered: If nobody is offered anything.
    """
    if not may_run(by, the_round):
        raise NotTheirs(_("Your post does not cover this step."))
    with transaction.atomic():
        held = locked(the_round.pk)
        record = require_settled(held)
        if not asks_families(record):
            raise OutOfTurn(_("The published result does not offer schools to families."))
        if until <= timezone.now():
            raise OutOfTurn(_("This moment is over. Name one that lies ahead."))
        if AnswerPeriod.objects.filter(run=record).exists():
            raise AskedAlready(_("The families are asked already."))
        period = AnswerPeriod.objects.create(
            run=record, round=held, until=until, by=by, at=timezone.now()
        )
        codes = _offer(period, record)
        told = _tell(held, codes, period)
        log(held, Deed.ASKED, by=by, children=len(codes), told=told, until=until.isoformat())
    return period


def _offer(period: AnswerPeriod, record: RoundRun) -> set[str]:
    """The offers as the run wrote them, beside the period. Whose they are."""
    schools = dict(record.input.schools.values_list("code", "pk"))
    text = runs.contents(runs.files_of(record.run)[OFFERED]).decode()
    rows = [
        OfferedSchool(
            period=period,
            code=row["applicant_id"],
            rank=int(row["rank"]),
            school_id=schools[row["school_id"]],
            distance_m=int(row["distance_m"]) if row["distance_m"] else None,
            free=int(row["free"]),
        )
        for row in csv.DictReader(io.StringIO(text))
    ]
    if not rows:
        raise NothingOffered(_("Nobody is offered a school."))
    OfferedSchool.objects.bulk_create(rows, batch_size=BATCH)
    return {row.code for row in rows}


def _tell(the_round: Round, codes: set[str], period: AnswerPeriod) -> int:
    rows = Application.objects.filter(round=the_round, code__in=codes)
    told = list(rows.exclude(state=Application.State.WITHDRAWN))
    for application in told:
        tell_asked(application, period)
    return len(told)


def answer(application: Application, schools: Sequence[str], *, by: User) -> OfferAnswer:
    """Keep how a family ranks its offers; again takes the place of before, until the time is over.

    Children who stay together answer the same, so it is kept for each of them.

    Args:
        application: Whose.
        schools: Codes of offered schools, best first; none says that no seat is wanted.
        by: The family, or who types it in for them.

    Raises:
        NotAsked: If the child is offered nothing, or the time is over.
        NotOffered: If a school is not offered, or named twice.
        MayNotDecline: If none is named though the rules give every child a seat.
    """
    with transaction.atomic():
        record = require_settled(locked(application.round_id))
        asked = asked_of(application, record)
        if asked is None or not asked.is_on:
            raise NotAsked(_("The time for answers is over, or your child is offered no school."))
        _require_sound(asked, schools)
        now = timezone.now()
        for one in _together(application, record):
            OfferAnswer.objects.update_or_create(
                period=asked.period,
                application=one,
                defaults={
                    "round_id": record.round_id,
                    "schools": list(schools),
                    "by": by,
                    "at": now,
                },
            )
    kept: OfferAnswer = OfferAnswer.objects.get(period=asked.period, application=application)
    return kept


def _require_sound(asked: Asked, schools: Sequence[str]) -> None:
    if not schools and not asked.may_decline:
        raise MayNotDecline(_("Name at least one school: without a name the nearest comes first."))
    offered = {one.code for one in asked.offers}
    if len(set(schools)) < len(schools) or not offered.issuperset(schools):
        raise NotOffered(_("Name schools that are offered, each once."))


def _together(application: Application, record: RoundRun) -> list[Application]:
    listed = RoundApplicant.objects.filter(input=record.input_id)
    group = listed.filter(code=application.code).values_list("group", flat=True).first()
    if not group:
        return [application]
    rows = Application.objects.filter(
        round=record.round_id, code__in=listed.filter(group=group).values("code")
    )
    return list(rows.exclude(state=Application.State.WITHDRAWN))

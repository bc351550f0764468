"""What a family reads of its own child's result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from junheng.admissions.engine.reasons import Explanation
from junheng.admissions.engine.types import Key
from junheng.admissions.files.explanations import explanation_from
from junheng.admissions.models import (
    Application,
    CheckInDesk,
    Letter,
    Placement,
    RoundApplicant,
    RoundPapers,
    RoundRun,
    RoundSchool,
    SeatDecision,
)
from junheng.admissions.selectors.children import codes_in, priority_of, schools_named
from junheng.commons.masks import mask_name


@dataclass(frozen=True, slots=True)
class CheckingIn:
    """When and where the school receives its new children; blank where nobody has said it yet."""

    when: str
    where: str
    bring: str
    contact: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about a child after the published result.

    Attributes:
        why: In words.
        clause: Of the rules, "" where none is named.
        former: The school that is superseded, "" if the child had none.
    """

    why: str
    clause: str
    former: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A child's result, for whoever knows its application.

    Attributes:
        child: Masked name.
        number, code: Of the application, and of the child in the round.
        how, how_name: How it came to its seat; blank if the child is not on the frozen list.
        school: Name of the school where it holds a seat now, "" without a seat.
        drawn_for: The code that its ticket was drawn for.
        explanation: The reasons; None if the child is not on the list.
        letter: Number of its valid letter, "" if there is none yet.
        decided: What superseded the published result for this child; None if nothing did.
    """

    child: str
    number: str
    code: str
    how: str
    how_name: str
    school: str
    distance_m: int | None
    ticket: str
    drawn_for: str
    explanation: Explanation | None
    names: Mapping[str, str]
    priority: tuple[Key, ...]
    letter: str
    checking_in: CheckingIn
    published_at: datetime | None
    decided: Decided | None


def result_of(application: Application, record: RoundRun) -> LookedUp:
    """The result of a child in the published run; at most eight queries."""
    rows = Placement.objects.filter(run=record, code=application.code)
    placement = rows.select_related("reasons", "school", "applicant").first()
    explanation = _explanation(placement, record)
    codes = codes_in(explanation) if explanation else set()
    if placement and placement.school:
        codes = codes | {placement.school.code}
    names = {c: s.label for c, s in schools_named(record.input_id, codes, set()).items()}
    decisions = SeatDecision.objects.newest().filter(application=application)
    decision = decisions.select_related("school", "former").first()
    seat: SeatDecision | Placement | None = decision or placement
    school = seat.school if seat else None
    letters = Letter.objects.filter(application=application, end="")
    return LookedUp(
        child=mask_name(application.child_name),
        number=application.number,
        code=application.code,
        how=placement.how if placement else "",
        how_name=placement.get_how_display() if placement else "",
        school=label_of(school),
        distance_m=placement.distance_m if placement and decision is None else None,
        ticket=placement.ticket if placement else "",
        drawn_for=_drawn_for(placement) if placement else "",
        explanation=explanation,
        names=names,
        priority=priority_of(record),
        letter=letters.values_list("number", flat=True).first() or "",
        checking_in=_checking_in(record.round_id, school.code if school else ""),
        published_at=record.run.published_at,
        decided=_decided(decision) if decision else None,
    )


def label_of(school: RoundSchool | None) -> str:
    """A school by name, "" for none."""
    return (school.name or school.code) if school else ""


def _decided(decision: SeatDecision) -> Decided:
    return Decided(
        why=decision.get_why_display(),
        clause=decision.clause,
        former=label_of(decision.former),
        at=decision.at,
    )


def _explanation(placement: Placement | None, record: RoundRun) -> Explanation | None:
    if placement is None:
        return None
    return explanation_from(json.loads(placement.reasons.body), priority_of(record))


def _drawn_for(placement: Placement) -> str:
    """The lowest code of the child's group, or its own."""
    applicant = placement.applicant
    if not applicant.group:
        return placement.code
    group = RoundApplicant.objects.filter(input=applicant.input_id, group=applicant.group)
    lowest: str = group.order_by("code").values_list("code", flat=True)[0]
    return lowest


def _checking_in(round_id: int, code: str) -> CheckingIn:
    papers = RoundPapers.objects.filter(pk=round_id).first() or RoundPapers()
    desk = CheckInDesk.objects.filter(round=round_id, code=code).first() or CheckInDesk()
    return CheckingIn(
        when=desk.when or papers.check_in_when,
        where=desk.where,
        bring=papers.bring,
        contact=desk.contact or papers.contact,
    )

"""Letters as their pages show them: figures by school, the list, what a QR code leads to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from junheng.accounts.facade import Visitor
from junheng.admissions.files.letter_codes import is_code_of
from junheng.admissions.models import (
    Application,
    Letter,
    LetterPrint,
    Placement,
    Round,
    RoundRun,
    SchoolResult,
)
from junheng.admissions.selectors.rounds import intake_of
from junheng.commons.masks import mask_name
from junheng.kernel.ref import NotRef, Ref

PRINTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class SchoolLetters:
    """How far a school's letters are; children unless something else is said.

    Attributes:
        id, code, label, path: The school.
        admitted: Seated by the published result.
        nameless: Of these, without an application, so that nobody can write to them.
        valid: Valid letters.
        printed: Valid letters that were printed at least once.
    """

    id: int
    code: str
    label: str
    path: str
    admitted: int
    nameless: int
    valid: int
    printed: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What somebody who holds a letter may be told: no more than the paper says, masked.

    Attributes:
        number, child, school, intake: As on the paper; the child's name is masked.
        issued_on: Date of the letter.
        end: "" while it is valid, else one of `Letter.End`.
        ended_on: When it was revoked or superseded.
        path: Place that it belongs to, for the note of an attempt.
    """

    number: str
    child: str
    school: str
    intake: str
    issued_on: date
    end: str
    ended_on: date | None
    path: str


def published_of(the_round: Round) -> RoundRun | None:
    """The run whose seats letters tell."""
    found: RoundRun | None = (
        RoundRun.objects.filter(
            round=the_round, run__published_at__isnull=False, run__superseded_at__isnull=True
        )
        .select_related("run", "round__place")
        .first()
    )
    return found


def letters_of(the_round: Round, user: Visitor) -> QuerySet[Letter]:
    """The letters of a round that somebody may see, with the number of copies printed."""
    letters: QuerySet[Letter] = (
        Letter.objects.for_user(user)
        .filter(round=the_round)
        .select_related("application", "school")
        .annotate(copies=Max("printed__copy"))
        .order_by("-issued_at")
    )
    return letters


def schools_of(record: RoundRun, user: Visitor) -> list[SchoolLetters]:
    """The schools that somebody may see, by code, each with its figures."""
    results = SchoolResult.objects.for_user(user).filter(run=record).select_related("school")
    schools = [result.school for result in results.order_by("school__code")]
    seated, known = _seated(record, schools)
    valid, printed = _valid(record.round_id)
    return [
        SchoolLetters(
            id=school.pk,
            code=school.code,
            label=school.name or school.code,
            path=school.path,
            admitted=seated.get(school.pk, 0),
            nameless=seated.get(school.pk, 0) - known.get(school.pk, 0),
            valid=valid.get(school.code, 0),
            printed=printed.get(school.code, 0),
        )
        for school in schools
    ]


def _seated(record: RoundRun, schools: Iterable[Any]) -> tuple[dict[int, int], dict[int, int]]:
    """Children by school, and those of them who have an application."""
    application = Application.objects.filter(round=record.round_id, code=OuterRef("code"))
    rows = (
        Placement.objects.filter(run=record, school__in=schools)
        .annotate(known=Exists(application))
        .values("school")
        .annotate(all=Count("pk"), named=Count("pk", filter=Q(known=True)))
        .values_list("school", "all", "named")
    )
    counted = list(rows)
    return {pk: n for pk, n, _ in counted}, {pk: n for pk, _, n in counted}


def _valid(round_id: int) -> tuple[dict[str, int], dict[str, int]]:
    """Valid letters by the school's code, and those of them that were printed."""
    rows = (
        Letter.objects.filter(round=round_id, end="")
        .values("school__code")
        .annotate(
            all=Count("pk", distinct=True),
            out=Count("pk", distinct=True, filter=Q(printed__isnull=False)),
        )
        .values_list("school__code", "all", "out")
    )
    counted = list(rows)
    return {code: n for code, n, _ in counted}, {code: n for code, _, n in counted}


def prints_of(the_round: Round, user: Visitor) -> list[LetterPrint]:
    """The latest files that somebody may see, newest first; the bundle is the bureau's."""
    prints = LetterPrint.objects.for_user(user).filter(round=the_round)
    return list(prints.select_related("by", "school", "round").order_by("-at")[:PRINTS_SHOWN])


def verified(number: str, code: str) -> Verified | None:
    """The letter with this number, for whoever has its code; nobody else learns that it exists."""
    try:
        known = str(Ref.parse(number))
    except NotRef:
        return None
    if not is_code_of(known, code):
        return None
    letter: Letter | None = (
        Letter.objects.filter(number=known).select_related("application", "school", "round").first()
    )
    return None if letter is None else _verified(letter)


def _verified(letter: Letter) -> Verified:
    return Verified(
        number=letter.number,
        child=mask_name(letter.application.child_name),
        school=letter.school.name or letter.school.code,
        intake=intake_of(letter.round),
        issued_on=timezone.localdate(letter.issued_at),
        end=letter.end,
        ended_on=timezone.localdate(letter.revoked_at) if letter.revoked_at else None,
        path=letter.school_path,
    )

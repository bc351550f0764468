"""Reviews as they are read: criteria, what was found, the steps, objections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from junheng.aid.models import CodeList, HouseholdCode, HouseholdReview
from junheng.cases.facade import CaseRow, case_of, cases_of

OBJECTION = "aid.household_objection"
ENDED = "closed"


def codes_on(which: str, day: date, kind: str | None = None) -> QuerySet[HouseholdCode]:
    """Entries of a list that hold on a day, in its order; of one kind where it is given."""
    rows: QuerySet[HouseholdCode] = HouseholdCode.objects.filter(list=which).current(day)
    return rows if kind is None else rows.filter(kind=kind)


def criteria_on(kind: str, day: date) -> list[HouseholdCode]:
    """What a household must meet to be removed from a status; nothing where nobody has said."""
    return list(codes_on(CodeList.CRITERION, day, kind))


def code_names(which: Iterable[str] = tuple(CodeList.values)) -> dict[tuple[str, str], str]:
    """Names by list and code, of all days; of an entry that changed, the latest."""
    rows = HouseholdCode.objects.filter(list__in=list(which)).order_by("valid_from")
    return {(row.list, row.code): str(row) for row in rows}


def objection_case(review: HouseholdReview) -> CaseRow | None:
    """The case of an objection that waits for its answer."""
    case = case_of(OBJECTION, review.number)
    return case if case is not None and case.state != ENDED else None


def objections_of(numbers: Iterable[str]) -> dict[str, CaseRow]:
    """The newest objection by review number."""
    return cases_of(OBJECTION, numbers)


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A criterion with its answer."""

    name: str
    met: bool
    evidence: str
    basis: str


def found_of(review: HouseholdReview) -> list[FoundRow]:
    """What was found, criterion by criterion, in the order of the list."""
    entries = {code.code: code for code in criteria_on(review.kind, review.proposed_at.date())}
    return [
        FoundRow(
            str(entries[row.criterion]) if row.criterion in entries else row.criterion,
            row.met,
            row.evidence,
            entries[row.criterion].basis if row.criterion in entries else "",
        )
        for row in review.findings.all()
    ]

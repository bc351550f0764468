"""Entitled and paid are compared; what differs becomes cases, and a term without any is closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import AID, BUSINESS, Role, User
from junheng.aid.engine.audit import audit
from junheng.aid.models import AidTerm, Difference
from junheng.aid.models.entitlements import SEES
from junheng.aid.selectors.reached import Paid, paid_of
from junheng.aid.selectors.terms import is_over
from junheng.cases.facade import CaseKind, cases_of, open_case, register_kind, settle
from junheng.commons.models import Run
from junheng.commons.refusals import Refusal
from junheng.commons.runs import published
from junheng.places.facade import Organisation

CASE = "aid.differences"
DAYS = 10
ENDED = "closed"


class NotDecidedYet(Refusal):
    """No run of the term is published, so nothing is due yet."""


class DecisionIsGone(NotDecidedYet):
    """What was decided is deleted; everything paid would look as if nobody had been entitled."""


class StillDiffers(Refusal):
    """The term has differences, so it cannot be closed."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found: rows by kind."""

    rows: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


_TAKE_OVER = """
    INSERT INTO aid_difference (term_id, subject, path, organisation_id, pupil_id, beneficiary_id,
        policy, for_day, kind, due_fen, paid_fen, times)
    WITH claims AS (
        SELECT subject, policy, for_day, answer, fen FROM aid_entitlement WHERE run_id = %(run)s
    ), paid AS (
        SELECT * FROM unnest(%(subjects)s::uuid[], %(policies)s::text[], %(days)s::date[],
            %(fens)s::bigint[]) AS paid (subject, policy, for_day, fen)
    ), audited AS ({audit}), seen AS (
        SELECT DISTINCT ON (subject) subject, path FROM aid_personanswers
        WHERE run_id = %(run)s ORDER BY subject, day
    )
    SELECT %(term)s, audited.subject, coalesce(seen.path, %(path)s), organisation.id, pupil.id,
        beneficiary.id, audited.policy, audited.for_day, audited.difference, audited.due_fen,
        audited.paid_fen, audited.times
    FROM audited LEFT JOIN seen ON seen.subject = audited.subject
    LEFT JOIN places_organisation organisation ON organisation.path = seen.path
    LEFT JOIN registry_pupil pupil ON pupil.id = audited.subject
    LEFT JOIN aid_beneficiary beneficiary ON beneficiary.id = audited.subject
"""


def compare(term: AidTerm) -> Compared:
    """Compare what is due with what reached its account, as of now.

    Raises:
        NotDecidedYet: If no run of the term is published.
        DecisionIsGone: If what was decided is over its time of keeping.
    """
    with transaction.atomic():
        row = (
            AidTerm.objects.select_for_update(of=("self",)).select_related("place").get(pk=term.pk)
        )
        run = published(row.matter)
        if run is None:
            raise NotDecidedYet(_("Who is entitled was not decided yet, or not published."))
        if is_over(row):
            raise DecisionIsGone(
                _("What was decided for this term is deleted: it ended too long ago.")
            )
        if row.closed_at is None:
            _replace(row, run)
            AidTerm.objects.filter(pk=row.pk).update(looked_at=timezone.now())
        return _counted(row)


def _replace(term: AidTerm, run: Run) -> None:
    Difference.objects.filter(term=term).delete()
    subjects, policies, days, fens = _columns(paid_of(term))
    values: dict[str, Any] = {
        "run": run.pk,
        "term": term.pk,
        "path": term.place.path,
        "subjects": subjects,
        "policies": policies,
        "days": days,
        "fens": fens,
    }
    with connection.cursor() as cursor:
        # A term is compared right after it was written, when the planner knows nothing of it yet
        # and would look through all of it for every row: of 100,000 pupils that takes minutes.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(_TAKE_OVER.replace("{audit}", audit("postgres")), values)
        cursor.execute("SET LOCAL enable_nestloop = DEFAULT")


def _columns(rows: Iterable[Paid]) -> tuple[list[object], ...]:
    """Rows as one list for each column; four empty ones where there are none."""
    found = [list(column) for column in zip(*rows, strict=True)]
    return tuple(found or [[], [], [], []])


def _counted(term: AidTerm) -> Compared:
    rows = Difference.objects.filter(term=term).order_by().values_list("kind")
    return Compared(dict(rows.annotate(n=Count("pk"))))


def close(term: AidTerm, *, by: User) -> None:
    """Close a term in which due and paid agree to the fen, as they are now.

    Raises:
        NotDecidedYet: If no run is published.
        StillDiffers: If anything differs; it says what.
    """
    with transaction.atomic():
        found = compare(term)
        if found.total:
            labels = dict(Difference.Kind.choices)
            which = ", ".join(f"{labels[kind]} {n}" for kind, n in sorted(found.rows.items()))
            raise StillDiffers(
                _("The term cannot be closed while due and paid differ: %(which)s.")
                % {"which": which}
            )
        AidTerm.objects.filter(pk=term.pk, closed_at=None).update(
            closed_at=timezone.now(), closed_by=by
        )


def offer() -> None:
    """Make the kind of case known; called once, when the site starts."""
    register_kind(
        CaseKind(
            key=CASE,
            label=gettext_lazy("Due and paid differ"),
            days=DAYS,
            role=Role.AID_OFFICER,
            escalates_to=(Role.BUREAU_LEADER,),
            page=_page,
            closes_by_owner=True,
            facts={"term": gettext_lazy("Term")},
            readers=frozenset(SEES & (BUSINESS | AID)),
        )
    )


def _page(subject: str) -> str:
    code, school = subject.split(" ", 1)
    return f"{reverse('aid:differences', args=[code])}?school={school}"


def keep_cases(term: AidTerm, *, by: User | None) -> int:
    """Open a case for every school with differences, close those of schools without any.

    Returns:
        How many are open now.
    """
    compare(term)
    differing = set(
        Difference.objects.filter(term=term, organisation__isnull=False)
        .order_by()
        .values_list("organisation__code", flat=True)
        .distinct()
    )
    schools = {
        one.code: one for one in Organisation.objects.filter(path__startswith=term.place.path)
    }
    cases = cases_of(CASE, [f"{term.code} {code}" for code in schools])
    going = {
        subject.split(" ", 1)[1]: case for subject, case in cases.items() if case.state != ENDED
    }
    for code in sorted(differing - set(going)):
        _open(term, schools[code], by)
    for code in sorted(set(going) - differing):
        words = _("Due and paid agree now.")
        settle(going[code].number, outcome="agree", words=words, by=by)
    return len(differing)


def _open(term: AidTerm, school: Organisation, by: User | None) -> None:
    open_case(
        CASE,
        subject=f"{term.code} {school.code}",
        title=_("Due and paid differ, %(term)s: %(school)s")
        % {"term": term.name, "school": school.name},
        path=school.path,
        facts={"term": term.code},
        by=by,
    )

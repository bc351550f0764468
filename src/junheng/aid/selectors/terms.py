"""Terms, and what was decided for them."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from junheng.accounts.facade import User
from junheng.aid.models import AidTerm
from junheng.commons import retention
from junheng.commons.models import Run

DECIDED_FIELDS = (
    *("aid.PersonAnswers.facts", "aid.PersonAnswers.answers"),
    *("aid.Entitlement.policy", "aid.Difference.policy"),
)
"""What is kept of a term for so many days after its last one."""


def terms_of(user: User) -> QuerySet[AidTerm]:
    """The terms that somebody sees, the newest first."""
    rows: QuerySet[AidTerm] = AidTerm.objects.for_user(user).select_related("place")
    return rows


def runs_of(term: AidTerm) -> QuerySet[Run]:
    """The runs of a term, the newest first."""
    return (
        Run.objects.filter(matter=term.matter)
        .select_related("requested_by", "published_by")
        .order_by("-requested_at")
    )


def is_decided(term: AidTerm) -> bool:
    """Whether a run of a term was ever asked for."""
    return runs_of(term).exists()


def terms_at(path: str) -> list[AidTerm]:
    """The terms of the county in which a path lies, the newest first."""
    rows = AidTerm.objects.select_related("place").order_by("-starts_on")
    return [one for one in rows if path.startswith(one.place.path)]


def is_over(term: AidTerm) -> bool:
    """Whether what was decided of its pupils is deleted, or goes tonight."""
    kept = timedelta(days=retention.days_of(DECIDED_FIELDS))
    return bool(term.ends_on < timezone.localdate() - kept)

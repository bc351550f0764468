"""Terms of long ago: what was decided of whom, and from what, goes; heads and sums stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy

from junheng.aid.models import AidTerm, Difference
from junheng.aid.selectors.terms import DECIDED_FIELDS
from junheng.commons import retention
from junheng.commons.models import Run, Snapshot
from junheng.commons.retention import Sweep
from junheng.commons.runs import files_of
from junheng.commons.snapshots import hashes_of
from junheng.commons.storage import store

DECIDING, FROZEN = "aid.entitlement", "aid.term"
"""Kinds of the runs that decide a term and of what they rest on; their modules wake DuckDB."""


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    title = gettext_lazy("What was decided of pupils in a term of aid")
    retention.register(Sweep("aid.decided", title, DECIDED_FIELDS, clear))


def clear(until: datetime, most: int) -> int:
    """Delete so much of what was decided for terms that ended before a moment.

    The files go last and by themselves: one that is gone already is not counted again, so this
    may be killed anywhere and done once more.
    """
    rows = retention.call("aid_forget_decided", until, most) or _differences(until.date(), most)
    return rows or _files(until.date())


def _differences(before: date, most: int) -> int:
    rows = Difference.objects.filter(term__ends_on__lt=before).order_by("pk")
    pks = list(rows.values_list("pk", flat=True)[:most])
    return int(Difference.objects.filter(pk__in=pks).delete()[0])


def _files(before: date) -> int:
    """Drop frozen facts and lists by person, unless a younger term rests on the same contents."""
    matter = Concat(Value("aid "), F("code"), Value(" "), F("place__code"))
    terms = AidTerm.objects.annotate(about=matter)
    over = terms.filter(ends_on__lt=before).values("about")
    runs = Run.objects.filter(kind=DECIDING).select_related("snapshot").order_by("pk")
    keep = store()
    due = {*_contents(runs.filter(matter__in=over)), *_never_used(before)}
    there = set(filter(keep.holds, due))
    if not there:
        return 0
    needed = set(_contents(runs.exclude(matter__in=over)))
    return sum(map(keep.drop, sorted(there - needed)))


def _contents(runs: Iterable[Run]) -> Iterator[str]:
    for run in runs:
        yield from hashes_of(run.snapshot).values()
        yield from (file.sha256 for file in files_of(run).values())


def _never_used(before: date) -> Iterator[str]:
    """What was frozen for a run that another one forestalled."""
    for one in Snapshot.objects.filter(kind=FROZEN, run=None, created_at__date__lt=before):
        yield from hashes_of(one).values()

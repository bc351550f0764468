"""Two runs of a round side by side: which children and which schools came out otherwise."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from junheng.accounts.facade import Visitor
from junheng.admissions.models import Placement, RoundRun, SchoolResult
from junheng.commons.models import Run

MISSING_SHOWN = 50
FIGURES = ("seats", "placed_by_list", "diverted_in", "moved_out", "free")


@dataclass(frozen=True, slots=True)
class SchoolDifference:
    """A school in both runs; a figure is None where the school is in one run only."""

    code: str
    name: str
    before: tuple[int, ...] | None
    after: tuple[int, ...] | None

    @property
    def moved(self) -> int:
        """By how many seated children the school has more now."""
        return _seated(self.after) - _seated(self.before)


@dataclass(frozen=True, slots=True)
class MovedTogether:
    """Children who had one school before, or none, and moved with a grade to another now."""

    before: str
    host: str
    children: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became otherwise from one run to the other.

    Attributes:
        same: Children with the same school.
        changed: Children with another school, or with a seat in one run only.
        only_before, only_after: Codes of children who are in one run only, the first ones.
        missing, added: How many those are.
        schools: Schools whose figures differ.
        same_schools: How many schools have the same figures.
    """

    same: int
    changed: int
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    missing: int
    added: int
    schools: tuple[SchoolDifference, ...]
    same_schools: int


def others_of(record: RoundRun, user: Visitor) -> QuerySet[RoundRun]:
    """Finished runs of the same round that somebody may see: published ones first, then latest."""
    found: QuerySet[RoundRun] = (
        RoundRun.objects.for_user(user)
        .filter(round=record.round_id, run__state=Run.State.DONE)
        .exclude(pk=record.pk)
        .select_related("run")
        .defer("run__receipt")
        .order_by(F("run__published_at").desc(nulls_last=True), "-run__requested_at")
    )
    return found


def differing(before: RoundRun, after: RoundRun, user: Visitor) -> QuerySet[Placement]:
    """Children of the later run who had another school before, with what they had."""
    earlier = Placement.objects.filter(run=before, code=OuterRef("code"))
    unplaced_too = Q(school=None, how=OuterRef("how"))
    same = earlier.filter(Q(school__code=OuterRef("school__code")) | unplaced_too)
    rows: QuerySet[Placement] = (
        Placement.objects.for_user(user)
        .filter(Exists(earlier), ~Exists(same), run=after)
        .select_related("school")
        .annotate(
            before_school=Subquery(earlier.values("school__name")[:1]),
            before_code=Subquery(earlier.values("school__code")[:1]),
            before_how=Subquery(earlier.values("how")[:1]),
        )
    )
    return rows


def compare(before: RoundRun, after: RoundRun, user: Visitor) -> Comparison:
    """Count what differs between two runs, as far as somebody sees both."""
    schools = _schools(before, after, user)
    apart = [one for one in schools if one.before != one.after]
    gone, new = _only_in(before, after, user), _only_in(after, before, user)
    changed = differing(before, after, user).count()
    mine: Any = Placement.objects.for_user(user)
    total = mine.filter(run=after).count()
    return Comparison(
        same=total - changed - new.count(),
        changed=changed,
        only_before=tuple(gone.values_list("code", flat=True)[:MISSING_SHOWN]),
        only_after=tuple(new.values_list("code", flat=True)[:MISSING_SHOWN]),
        missing=gone.count(),
        added=new.count(),
        schools=tuple(sorted(apart, key=lambda one: (-abs(one.moved), one.code))),
        same_schools=len(schools) - len(apart),
    )


def ways(before: RoundRun, after: RoundRun, user: Visitor) -> list[tuple[str, str, int]]:
    """From which kind of seat to which, and how many children, most first."""
    rows: QuerySet[Any] = differing(before, after, user)
    pairs = rows.values_list("before_how", "how")
    return [(old, new, n) for (old, new), n in Counter(pairs).most_common()]


def moved_together(before: RoundRun, after: RoundRun, user: Visitor) -> list[MovedTogether]:
    """Which of the children with another school have it because their grade moved, most first."""
    rows: QuerySet[Any] = differing(before, after, user).filter(how=Placement.How.MOVED)
    ways = rows.values_list("before_school", "before_code", "school__name", "school__code")
    counted = Counter((name or code or "", host or to) for name, code, host, to in ways)
    return [MovedTogether(*way, children) for way, children in counted.most_common()]


def _only_in(one: RoundRun, other: RoundRun, user: Visitor) -> QuerySet[Placement]:
    there = Placement.objects.filter(run=other, code=OuterRef("code"))
    found: QuerySet[Placement] = (
        Placement.objects.for_user(user).filter(~Exists(there), run=one).order_by("code")
    )
    return found


def _schools(before: RoundRun, after: RoundRun, user: Visitor) -> list[SchoolDifference]:
    old, new = _figures(before, user), _figures(after, user)
    return [
        SchoolDifference(
            code,
            (new.get(code) or old[code])[0] or code,
            old[code][1] if code in old else None,
            new[code][1] if code in new else None,
        )
        for code in sorted(old | new)
    ]


def _figures(record: RoundRun, user: Visitor) -> dict[str, tuple[str, tuple[int, ...]]]:
    rows = SchoolResult.objects.for_user(user).filter(run=record)
    columns = rows.values_list("school__code", "school__name", *FIGURES)
    return {code: (name, tuple(figures)) for code, name, *figures in columns}


def _seated(figures: tuple[int, ...] | None) -> int:
    if figures is None:
        return 0
    _seats, placed_by_list, diverted_in, moved_out, _free = figures
    return placed_by_list + diverted_in - moved_out

"""How much lies on whose table: by person, by school, by township."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.utils import timezone

from junheng.accounts.facade import User
from junheng.cases.engine.flow import RUNNING, State
from junheng.cases.models import Case
from junheng.cases.models.cases import CaseQuerySet
from junheng.places.facade import Level, Organisation, Place, Role


@dataclass(frozen=True, slots=True)
class Load:
    """Cases under way, and of those overdue, due today, paused; `query` opens the rows behind."""

    name: str
    under_way: int
    overdue: int
    today: int
    paused: int
    query: str = ""


FIGURES = ("under_way", "overdue", "today", "paused")


def totals(cases: CaseQuerySet) -> Load:
    """All of them in one row, in one query."""
    return Load("", **cases.order_by().aggregate(**_counts()))


def by_person(user: User) -> list[Load]:
    """Who has how much; what a role has and nobody by name stands under the role."""
    rows = _rows(user).values("holder", "holder__name", "holder__username", "role")
    labels = dict(Role.choices)
    return _grouped(
        rows.annotate(**_counts()),
        lambda row: row["holder__name"] or row["holder__username"] or str(labels[row["role"]]),
        lambda row: {"holder": row["holder"] or f"role:{row['role']}"},
    )


def by_school(user: User) -> list[Load]:
    """Cases that lie at an organisation, by its name."""
    found = list(_rows(user).values("path").annotate(**_counts()))
    paths = [row["path"] for row in found]
    names = dict(Organisation.objects.filter(path__in=paths).values_list("path", "name"))
    return _grouped(
        (row for row in found if row["path"] in names),
        lambda row: names[row["path"]],
        lambda row: {"at": row["path"]},
    )


def by_township(user: User) -> list[Load]:
    """Cases by the township that they lie in; what lies higher up is left out."""
    found = list(_rows(user).values("path").annotate(**_counts()))
    above = {prefix for row in found for prefix in _prefixes(row["path"])}
    townships = Place.objects.filter(level=Level.TOWNSHIP, path__in=above)
    names = dict(townships.values_list("path", "name"))

    def township(row: Mapping[str, Any]) -> str:
        return next((path for path in _prefixes(row["path"]) if path in names), "")

    return _grouped(
        (row for row in found if township(row)),
        lambda row: names[township(row)],
        lambda row: {"at": township(row)},
    )


def _rows(user: User) -> CaseQuerySet:
    return Case.objects.for_user(user).under_way().order_by()


def _counts() -> dict[str, Count]:
    today = timezone.localdate()
    return {
        "under_way": Count("pk"),
        "overdue": Count("pk", filter=Q(state__in=RUNNING, due_on__lt=today)),
        "today": Count("pk", filter=Q(state__in=RUNNING, due_on=today)),
        "paused": Count("pk", filter=Q(state=State.PAUSED)),
    }


def _grouped(
    rows: Iterable[Mapping[str, Any]],
    name: Callable[[Mapping[str, Any]], str],
    behind: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> list[Load]:
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        known = sums.setdefault((name(row), urlencode(behind(row))), dict.fromkeys(FIGURES, 0))
        for figure in FIGURES:
            known[figure] += row[figure]
    made = [Load(name, **figures, query=query) for (name, query), figures in sums.items()]
    return sorted(made, key=lambda load: (-load.overdue, -load.under_way, load.name))


def _prefixes(path: str) -> list[str]:
    """`/99/9901/` and `/99/` for `/99/9901/`, the longest first."""
    steps = path.strip("/").split("/")
    return [f"/{'/'.join(steps[:n])}/" for n in range(len(steps), 0, -1)]

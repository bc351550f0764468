"""The result of a run: figures, schools, flows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from junheng.accounts.facade import Visitor
from junheng.admissions.models import Placement, RoundRun, SchoolResult
from junheng.commons.runs import files_of

How = Placement.How
PERCENTILE = 95


@dataclass(frozen=True, slots=True)
class Figures:
    """Key figures over the children and schools that the reader sees; distances in metres."""

    children: int
    choice: int
    zone: int
    diverted: int
    offered: int
    moved: int
    unplaced: int
    seats: int
    free: int
    mean_m: int | None
    p95_m: int | None
    most_m: int | None

    @property
    def by_list(self) -> int:
        return self.choice + self.zone

    @property
    def elsewhere(self) -> int:
        """Children who go to a school that no list gave them."""
        return self.diverted + self.offered + self.moved

    def share(self, number: int) -> float:
        """A number of children as a share of all."""
        return number / self.children if self.children else 0.0


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """What a run gave a school, and the plan behind it."""

    id: int
    code: str
    label: str
    township: str
    lon: float | None
    lat: float | None
    seats: int
    by_list: int
    diverted_in: int
    moved_out: int
    free: int
    refused: int
    last_key: str
    price_m: int | None
    classes: int
    class_size: int
    class_cap: int
    continuing: int
    reserved: int
    path: str

    @property
    def seated(self) -> int:
        return self.by_list + self.diverted_in - self.moved_out

    @property
    def share(self) -> float | None:
        """How full it is; None without any seat."""
        return self.seated / self.seats if self.seats else None

    @property
    def sizes(self) -> list[int]:
        """Pupils in each class when continuing and new pupils are spread evenly."""
        if not self.classes:
            return []
        small, larger = divmod(self.continuing + self.seated, self.classes)
        return [small + 1] * larger + [small] * (self.classes - larger)


@dataclass(frozen=True, slots=True)
class FlowRow:
    """Children diverted from the first school of their list to another one."""

    start: SchoolRow
    end: SchoolRow
    children: int


@dataclass(frozen=True, slots=True)
class TownshipRow:
    """A township's schools together."""

    name: str
    schools: int
    seats: int
    by_list: int
    moved_out: int
    diverted_in: int
    free: int
    refused: int


_FIELDS = (
    *("school_id", "school__code", "school__name", "school__township", "school__lon"),
    *("school__lat", "seats", "placed_by_list", "diverted_in", "moved_out", "free"),
    *(
        "refused",
        "last_key",
        "price_m",
        "school__classes",
        "school__class_size",
        "school__class_cap",
    ),
    *("school__continuing", "school__reserved", "path"),
)


def schools_of(record: RoundRun, user: Visitor) -> list[SchoolRow]:
    """The schools of a run that somebody sees, by code; one query."""
    results = SchoolResult.objects.for_user(user).filter(run=record).order_by("school_id")
    return [_school(row) for row in results.values_list(*_FIELDS)]


def school_of(record: RoundRun, user: Visitor, school_id: int) -> SchoolRow | None:
    """One school of a run, if somebody sees it."""
    results = SchoolResult.objects.for_user(user).filter(run=record, school=school_id)
    row = results.values_list(*_FIELDS).first()
    return _school(row) if row else None


def _school(row: Sequence[Any]) -> SchoolRow:
    identity, code, name, *rest = row
    return SchoolRow(identity, code, name or code, *rest)


def figures_of(
    record: RoundRun, user: Visitor, schools: Sequence[SchoolRow], *, whole: bool
) -> Figures:
    """The key figures: kept ones for the whole round, counted ones for a part of it."""
    seats, free = sum(s.seats for s in schools), sum(s.free for s in schools)
    facts = _kept(record.outcome.figures) if whole else _counted(record, user)
    return Figures(**facts, seats=seats, free=free)


_KEPT = ("children", "choice", "zone", "diverted", "unplaced", "mean_m", "p95_m", "most_m")
_SINCE = {"offered": 0, "moved": 0}
"""Figures that runs of earlier software did not keep, for want of such children."""


def _kept(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: figures[name] for name in _KEPT} | {
        name: figures.get(name, none) for name, none in _SINCE.items()
    }


def _counted(record: RoundRun, user: Visitor) -> dict[str, Any]:
    placements = Placement.objects.for_user(user).filter(run=record)
    rows = list(placements.values_list("how", "distance_m"))
    by_how = Counter(how for how, _metres in rows)
    metres = sorted(metres for _how, metres in rows if metres is not None)
    return {
        "children": len(rows),
        **{how.value: by_how[how.value] for how in How},
        "mean_m": round(sum(metres) / len(metres)) if metres else None,
        "p95_m": metres[-(-PERCENTILE * len(metres) // 100) - 1] if metres else None,
        "most_m": metres[-1] if metres else None,
    }


def class_sizes(schools: Sequence[SchoolRow]) -> Counter[int]:
    """How many classes have how many pupils."""
    return Counter(size for school in schools for size in school.sizes)


def classes_at_cap(schools: Sequence[SchoolRow]) -> int:
    """Classes that have as many pupils as the cap allows."""
    return sum(size >= school.class_cap for school in schools for size in school.sizes)


def flows_of(record: RoundRun, schools: Sequence[SchoolRow]) -> list[FlowRow]:
    """Diverted flows that begin or end at a visible school, largest first."""
    known = {school.id: school for school in schools}
    return [
        FlowRow(known[start], known[end], children)
        for start, end, children in record.outcome.flows
        if start in known and end in known and start != end
    ]


def townships_of(schools: Sequence[SchoolRow]) -> list[TownshipRow]:
    """The schools summed by township, by name; nothing where no township is named."""
    names = sorted({school.township for school in schools})
    if names == [""]:
        return []
    return [_together(name, [s for s in schools if s.township == name]) for name in names]


def _together(name: str, schools: Sequence[SchoolRow]) -> TownshipRow:
    return TownshipRow(
        name=name,
        schools=len(schools),
        seats=sum(s.seats for s in schools),
        by_list=sum(s.by_list for s in schools),
        moved_out=sum(s.moved_out for s in schools),
        diverted_in=sum(s.diverted_in for s in schools),
        free=sum(s.free for s in schools),
        refused=sum(s.refused for s in schools),
    )


def files_of_run(record: RoundRun) -> list[tuple[str, str, int]]:
    """(name, fingerprint, bytes) of the files that a run put out."""
    return [(f.name, f.sha256, f.bytes) for f in files_of(record.run).values()]

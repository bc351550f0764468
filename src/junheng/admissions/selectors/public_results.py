"""What came of a published round by school, with figures about few children hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from junheng.admissions.models import Round, RoundRun, SchoolResult
from junheng.kernel.small_cells import LEAST, hidden_cells

_FIELDS = (
    *("school__code", "school__name", "school__township", "seats"),
    *("placed_by_list", "diverted_in", "free", "last_key", "moved_out"),
)


@dataclass(frozen=True, slots=True)
class PublicSchool:
    """A school's result; None is hidden, as is a last key that would tell a hidden figure.

    `moved_out` are those of `by_list` whose whole grade moved to another school. Where the school
    is open by lottery its last key is a ticket.
    """

    name: str
    township: str
    seats: int
    by_list: int | None
    diverted_in: int | None
    free: int | None
    last_key: str | None
    moved_out: int | None
    by_lottery: bool = False


@dataclass(frozen=True, slots=True)
class Statistics:
    """A published result in figures.

    Attributes:
        schools: By code.
        total: All of them; its name is blank.
        children, unplaced: Those on the list, and those without a seat; None is hidden.
        priority: How schools order children, for the last keys.
        moves: Whether a grade moved.
        hidden: Whether anything is hidden.
    """

    schools: tuple[PublicSchool, ...]
    total: PublicSchool
    children: int | None
    unplaced: int | None
    priority: tuple[str, ...]
    moves: bool
    hidden: bool


def statistics_of(the_round: Round) -> Statistics | None:
    """The figures of the published result; None before publication. Three queries."""
    record = published_record(the_round)
    if record is None:
        return None
    results = SchoolResult.objects.filter(run=record).order_by("school__code")
    rows = list(results.values_list(*_FIELDS))
    figures, rules = record.outcome.figures, record.input.rules
    found = _statistics(rows, figures["children"], figures["unplaced"], tuple(rules["priority"]))
    named = rules.get("by_lottery", ())
    pairs = zip(rows, found.schools, strict=True)
    told = tuple(replace(school, by_lottery=row[0] in named) for row, school in pairs)
    return replace(found, schools=told)


def published_record(the_round: Round) -> RoundRun | None:
    """The run whose result counts now."""
    found: RoundRun | None = (
        RoundRun.objects.filter(
            round=the_round, run__published_at__isnull=False, run__superseded_at__isnull=True
        )
        .select_related("run", "input", "outcome")
        .first()
    )
    return found


def _statistics(
    rows: Sequence[tuple[str, str, str, int, int, int, int, str, int]],
    children: int,
    unplaced: int,
    priority: tuple[str, ...],
) -> Statistics:
    figures = [row[4:7] for row in rows]
    hidden = hidden_cells(figures)
    schools = tuple(
        _school(name or code, township, seats, row[4:7], last_key, moved, _of(hidden, number))
        for number, row in enumerate(rows)
        for code, name, township, seats, last_key, moved in [(*row[:4], *row[7:])]
    )
    sums = [sum(column) for column in zip(*figures, strict=True)]
    total = _total(schools, sums, sum(row[8] for row in rows), _of(hidden, len(rows)))
    # children = by list - moved + diverted + without a seat: one hidden takes another with it
    few = 0 < unplaced < LEAST
    covered = few or None in (total.by_list, total.diverted_in, total.moved_out)
    return Statistics(
        schools=schools,
        total=total,
        children=None if covered else children,
        unplaced=None if few else unplaced,
        priority=priority,
        moves=any(row[8] for row in rows),
        hidden=bool(hidden) or few,
    )


def _total(
    schools: Sequence[PublicSchool], sums: Sequence[int], moved: int, hidden: Sequence[bool]
) -> PublicSchool:
    """All schools together; who moved is told only if it is told of every school."""
    total = _school("", "", sum(school.seats for school in schools), sums, "", moved, hidden)
    untold = any(school.moved_out is None for school in schools)
    return replace(total, moved_out=None if untold else moved)


def _of(hidden: frozenset[tuple[int, int]], row: int) -> tuple[bool, ...]:
    return tuple((row, column) in hidden for column in range(3))


def _school(
    name: str,
    township: str,
    seats: int,
    figures: Sequence[int],
    last_key: str,
    moved_out: int,
    hidden: Sequence[bool],
) -> PublicSchool:
    by_list, diverted_in, free = (
        None if covered else value for value, covered in zip(figures, hidden, strict=True)
    )
    last = None if any(hidden) else last_key
    moved = None if moved_out and by_list is None else moved_out
    return PublicSchool(name, township, seats, by_list, diverted_in, free, last, moved)

"""What differs between due and paid: heads and yuan by kind, policy, school and township."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Abs, Coalesce

from junheng.accounts.facade import User
from junheng.aid.models import AidTerm, Difference
from junheng.places.facade import Level, Place

NOWHERE = "-"
"""The key of people of no school, or of no township."""
OFF = Abs(Coalesce(F("due_fen"), 0) - F("paid_fen"))


@dataclass(frozen=True, slots=True)
class Figure:
    """So many people, and by how much due and paid are apart.

    Attributes:
        heads: People, each counted once.
        fen: In fen; 0 for what is undecided and unpaid.
    """

    heads: int
    fen: int


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of a policy, school or township, by kind of difference."""

    key: str
    name: str
    figures: Mapping[str, Figure]


def differences(user: User, term: AidTerm) -> QuerySet[Difference]:
    """The differences of a term that somebody sees."""
    rows: QuerySet[Difference] = Difference.objects.for_user(user).filter(term=term)
    return rows


def by_kind(rows: QuerySet[Difference]) -> dict[str, Figure]:
    """All of them, by kind."""
    return {key: figure for (key,), figure in _grouped(rows, ["kind"])}


def by_policy(rows: QuerySet[Difference], titles: Mapping[str, str]) -> list[Line]:
    """By policy; those that are called the same stand together."""
    found = _lines(
        (key, titles.get(key, key), kind, one)
        for (key, kind), one in _grouped(rows, ["policy", "kind"])
    )
    return sorted(found, key=lambda line: line.name)


def by_school(rows: QuerySet[Difference]) -> list[Line]:
    """By school; people of no school stand under `NOWHERE`."""
    keys = ["organisation__code", "organisation__name", "kind"]
    return _lines(
        (code or NOWHERE, name or "", kind, one) for (code, name, kind), one in _grouped(rows, keys)
    )


def by_township(rows: QuerySet[Difference], term: AidTerm) -> list[Line]:
    """By township of the school, or of the home of those who are at no school of the county.

    People of whom no township is known stand under `NOWHERE`, so that the lines add up.
    """
    towns = Place.objects.filter(level=Level.TOWNSHIP, path__startswith=term.place.path)
    named = list(towns.order_by("code").values_list("code", "name", "path"))
    lines: dict[str, Line] = {code: Line(code, name, {}) for code, name, _path in named}
    lines[NOWHERE] = Line(NOWHERE, "", {})
    for (where, kind), one in _grouped(rows, ["path", "kind"]):
        code = next((code for code, _name, path in named if where.startswith(path)), NOWHERE)
        figures = dict(lines[code].figures)
        before = figures.get(kind, Figure(0, 0))
        figures[kind] = Figure(before.heads + one.heads, before.fen + one.fen)
        lines[code] = Line(code, lines[code].name, figures)
    return [line for line in lines.values() if line.figures]


def of_person(user: User, term: AidTerm, subject: UUID) -> list[Difference]:
    """What differs for one person."""
    return list(differences(user, term).filter(subject=subject))


def _grouped(
    rows: QuerySet[Difference], keys: Sequence[str]
) -> list[tuple[tuple[str, ...], Figure]]:
    counted = (
        rows.order_by(*keys)
        .values_list(*keys)
        .annotate(heads=Count("subject", distinct=True), fen=Sum(OFF))
    )
    return [(tuple(row[:-2]), Figure(row[-2], int(row[-1] or 0))) for row in counted]


def _lines(rows: object) -> list[Line]:
    found: dict[str, Line] = {}
    for key, name, kind, one in rows:  # type: ignore[attr-defined]
        line = found.setdefault(key, Line(key, name, {}))
        found[key] = Line(key, name, {**line.figures, kind: one})
    return list(found.values())

"""The input of a round as the verifier reads it: plain rows by identifier, no arrays.

Deliberately another shape than the engine's, so that a slip in one is not repeated here.
Text compares by code point, which is the order of UTF-8 bytes that the format page asks for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from junheng.admissions.verify.canonical import TABLES, Row, canonical_rows, table_hash
from junheng.admissions.verify.lines import Unreadable
from junheng.kernel.faults import gettext_noop

Rows = tuple[Row, ...]
NEEDED = ("schools", "zones", "applicants")
KNOWN: Mapping[str, set[Any]] = {
    "level": {"primary", "lower_secondary"},
    "priority": {"tier", "sibling", "ticket"},
    "method": {"hmac-sha256", "ring-interval"},
    "mode": {"none", "zone", "open", "grade"},
    "version": {1, 2, 3},
    "silence": {"", "nearest", "last", "decline"},
    "unranked": {"", "nearest", "decline"},
}
THREE = 3
"""The version of the format in which schools can be open by lottery."""
STATEMENTS = ("offer_choices",)
"""Tables that say something by being there, even without rows."""


@dataclass(frozen=True, slots=True)
class Rules:
    """`round.toml`, with its defaults filled in."""

    ref: str
    year: int
    level: str
    class_cap: int
    priority: tuple[str, ...]
    choices_only: bool
    bbox: tuple[float, ...] | None
    method: str
    seed: str
    mode: str
    max_distance_m: int | None
    version: int = 1
    silence: str = ""
    unranked: str = ""
    first_run: str = ""
    by_lottery: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class School:
    """A school's plan; `lon`, `lat` in degrees, None where blank."""

    id: str
    lon: float | None
    lat: float | None
    classes: int
    class_size: int
    continuing: int
    reserved: int

    def seats(self, class_cap: int) -> int:
        """Seats for the round, at most `class_cap` pupils to a class."""
        return self.classes * min(self.class_size, class_cap) - self.continuing - self.reserved


@dataclass(frozen=True, slots=True)
class Child:
    """A child in the round; blank text means none."""

    id: str
    zone: str
    lon: float | None
    lat: float | None
    tier: int
    sibling: str
    group: str


@dataclass(frozen=True)
class Inputs:
    """What was handed in, by identifier, in the order of identifiers."""

    rules: Rules
    rows: Mapping[str, Rows]

    @cached_property
    def schools(self) -> dict[str, School]:
        return {
            id: School(id, _degrees(lon), _degrees(lat), *map(int, figures))
            for id, _name, _township, lon, lat, *figures in self.rows["schools"]
        }

    @cached_property
    def children(self) -> dict[str, Child]:
        return {
            id: Child(id, zone, _degrees(lon), _degrees(lat), int(tier), sibling, group)
            for id, zone, lon, lat, tier, sibling, group in self.rows["applicants"]
        }

    @cached_property
    def zones(self) -> dict[str, tuple[str, ...]]:
        return _ranked((zone, school) for zone, _rank, school, _name in self.rows["zones"])

    @cached_property
    def choices(self) -> dict[str, tuple[str, ...]]:
        rows = self.rows.get("choices", ())
        return _ranked((child, school) for child, _rank, school in rows)

    @cached_property
    def offers(self) -> dict[str, tuple[str, ...]] | None:
        """What may be offered to each child, or None where the limit says it."""
        if "offers" not in self.rows:
            return None
        return _ranked((child, school) for child, _rank, school in self.rows["offers"])

    @cached_property
    def answers(self) -> dict[str, tuple[str, ...]] | None:
        """How each family ranked its offer, or None before it was asked."""
        if "offer_choices" not in self.rows:
            return None
        return _ranked((child, school) for child, _rank, school in self.rows["offer_choices"])

    @cached_property
    def moves(self) -> dict[str, tuple[str, ...]]:
        """Hosts to which each school's entering grade may move, in order."""
        return _ranked((school, host) for school, host in self.rows.get("grade_moves", ()))

    @cached_property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """Each child's whole list: own choices, then its zone's schools not yet listed."""
        return {child.id: self._list(child) for child in self.children.values()}

    def _list(self, child: Child) -> tuple[str, ...]:
        own = self.choices.get(child.id, ())
        if self.rules.choices_only:
            return own
        return tuple(dict.fromkeys((*own, *self.zones.get(child.zone, ()))))

    @cached_property
    def seats(self) -> dict[str, int]:
        return {school.id: school.seats(self.rules.class_cap) for school in self.schools.values()}

    @cached_property
    def metres(self) -> dict[tuple[str, str], int] | None:
        """The bureau's own distances, or None where great circles count."""
        if "distances" not in self.rows:
            return None
        return {(child, school): int(metres) for child, school, metres in self.rows["distances"]}

    def hashes(self) -> dict[str, str]:
        return {name: table_hash(name, rows) for name, rows in self.rows.items()}


def read_inputs(
    rules: Mapping[str, Any], tables: Mapping[str, Iterable[Mapping[str, str]]]
) -> Inputs:
    """Take in a round.

    Args:
        rules: `round.toml` as parsed.
        tables: Raw rows by table name ("schools", ...); an optional table that was not given
            is left out or has no rows.

    Raises:
        Unreadable: If something is missing or is not what the format page says.
    """
    given = {name: tuple(rows) for name, rows in tables.items() if name in TABLES}
    for name in NEEDED:
        if name not in given or (name != "zones" and not given[name]):
            raise Unreadable(gettext_noop("the table %(table)s is missing"), table=name)
    used = {n: rows for n, rows in given.items() if rows or n in (*NEEDED, *STATEMENTS)}
    inputs = Inputs(
        read_rules(rules), {name: tuple(canonical_rows(name, rows)) for name, rows in used.items()}
    )
    _refuse_unknown_names(inputs)
    _refuse_bound_lotteries(inputs)
    return inputs


def read_rules(toml: Mapping[str, Any]) -> Rules:
    """Read `round.toml`; a key that is left out has the default of the format page.

    Raises:
        Unreadable: If a key is missing or has a value that means nothing.
    """
    try:
        rules = _rules(toml["round"], toml["lottery"], toml.get("diversion", {}))
    except KeyError as missing:
        raise Unreadable(
            gettext_noop("round.toml does not say %(key)s"), key=missing.args[0]
        ) from None
    except (AttributeError, TypeError, ValueError):
        raise Unreadable(gettext_noop("round.toml cannot be read")) from None
    for key, values in KNOWN.items():
        said = getattr(rules, key)
        if not set(said if isinstance(said, tuple) else [said]) <= values:
            raise Unreadable(gettext_noop("round.toml has an unknown %(key)s"), key=key)
    return rules


def _rules(
    the_round: Mapping[str, Any], lottery: Mapping[str, Any], diversion: Mapping[str, Any]
) -> Rules:
    bbox, limit = the_round.get("bbox"), diversion.get("max_distance_m")
    return Rules(
        ref=str(the_round["ref"]),
        year=int(the_round["year"]),
        level=str(the_round["level"]),
        class_cap=int(the_round["class_cap"]),
        priority=tuple(map(str, the_round["priority"])),
        choices_only=bool(the_round.get("choices_only", False)),
        bbox=None if bbox is None else tuple(map(float, bbox)),
        method=str(lottery["method"]),
        seed=str(lottery.get("seed", "")),
        mode=str(diversion.get("mode", "none")),
        max_distance_m=None if limit is None else int(limit),
        version=int(the_round.get("version", 1)),
        silence=str(diversion.get("silence", "")),
        unranked=str(diversion.get("unranked", "")),
        first_run=str(diversion.get("first_run", "")),
        by_lottery=tuple(sorted(map(str, lottery.get("by_lottery", ())))),
    )


def _refuse_unknown_names(inputs: Inputs) -> None:
    """A school that is named but does not exist would make every later question meaningless."""
    named = {
        *(school for schools in inputs.zones.values() for school in schools),
        *(school for schools in inputs.choices.values() for school in schools),
        *(child.sibling for child in inputs.children.values() if child.sibling),
        *(school for ranked in (inputs.offers or {}).values() for school in ranked),
        *(school for ranked in (inputs.answers or {}).values() for school in ranked),
        *(school for pair in inputs.moves.items() for school in (pair[0], *pair[1])),
        *inputs.rules.by_lottery,
    }
    if unknown := sorted(named - inputs.schools.keys()):
        raise Unreadable(gettext_noop("there is no school %(school)s"), school=unknown[0])
    for name in NEEDED:
        keys = [row[: TABLES[name].key] for row in inputs.rows[name]]
        if len(set(keys)) < len(keys):
            raise Unreadable(gettext_noop("%(table)s has a key twice"), table=name)


def _refuse_bound_lotteries(inputs: Inputs) -> None:
    """A school open by lottery has no zone, is offered to nobody and moves nowhere."""
    by_lottery = set(inputs.rules.by_lottery)
    if by_lottery and inputs.rules.version < THREE:
        raise Unreadable(gettext_noop("round.toml has an unknown %(key)s"), key="by_lottery")
    bound = {
        *(school for schools in inputs.zones.values() for school in schools),
        *(school for schools in (inputs.offers or {}).values() for school in schools),
        *(school for pair in inputs.moves.items() for school in (pair[0], *pair[1])),
    }
    if found := sorted(by_lottery & bound):
        raise Unreadable(
            gettext_noop("%(school)s is open by lottery and stands where it must not"),
            school=found[0],
        )


def _ranked(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Second parts by first part, in the order in which they come (rows are sorted by rank)."""
    by_owner: defaultdict[str, list[str]] = defaultdict(list)
    for owner, school in pairs:
        by_owner[owner].append(school)
    return {owner: tuple(schools) for owner, schools in by_owner.items()}


def _degrees(written: str) -> float | None:
    return float(written) if written else None

"""What differs between the division into zones of one year and that of another.

A zone stays the same zone as long as its code and its level do; whatever else is said of it may
change. Schools and places are told apart by their codes, so that a school which only got another
name is no change of a zone. Source: the comparison that a bureau makes when it publishes a new
division (requirement "zones with names and versions").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Named = tuple[tuple[str, str], ...]
"""Codes with names, in an order that means something."""


@dataclass(frozen=True, slots=True)
class ZoneState:
    """A zone as one division has it.

    Attributes:
        code, level, name: As everywhere.
        schools: Codes and names, first rank first; each code once.
        places: Codes and names of villages and blocks; each code once, the order says nothing.
    """

    code: str
    level: str
    name: str
    schools: Named
    places: Named


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """A zone that is not the same in both divisions.

    Attributes:
        kinds: One or more of `new`, `gone` (each alone), `renamed`, `schools`, `order`, `places`.
        name: As the later division has it, or the last name of a zone that is gone.
        earlier_name: What it was called before, "" where it was called the same or is new.
        schools_added, schools_taken, places_added, places_taken: Names, in order.
    """

    code: str
    level: str
    name: str
    kinds: tuple[str, ...]
    earlier_name: str
    schools_added: tuple[str, ...]
    schools_taken: tuple[str, ...]
    places_added: tuple[str, ...]
    places_taken: tuple[str, ...]


def compare(before: Iterable[ZoneState], after: Iterable[ZoneState]) -> tuple[ZoneChange, ...]:
    """The zones that differ, by code and level; those that are the same are left out.

    Args:
        before: The earlier division; a zone stands in it once, at most.
        after: The later one, likewise.

    Raises:
        ValueError: If a division has a zone twice.
    """
    old, new = _by_key(before), _by_key(after)
    found = (_change(old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys()))
    return tuple(change for change in found if change.kinds)


def _by_key(zones: Iterable[ZoneState]) -> dict[tuple[str, str], ZoneState]:
    found: dict[tuple[str, str], ZoneState] = {}
    for zone in zones:
        if found.setdefault((zone.code, zone.level), zone) is not zone:
            raise ValueError(f"the zone {zone.code} ({zone.level}) stands twice in one division")
    return found


def _change(old: ZoneState | None, new: ZoneState | None) -> ZoneChange:
    zone = new or old
    assert zone is not None  # noqa: S101 -- every key is from one of them
    was, now = old or _nothing(zone), new or _nothing(zone)
    return ZoneChange(
        code=zone.code,
        level=zone.level,
        name=zone.name,
        kinds=("new",) if old is None else ("gone",) if new is None else _kinds(old, new),
        earlier_name=was.name if was.name != zone.name else "",
        schools_added=_only_in(now.schools, was.schools),
        schools_taken=_only_in(was.schools, now.schools),
        places_added=_only_in(now.places, was.places),
        places_taken=_only_in(was.places, now.places),
    )


def _nothing(like: ZoneState) -> ZoneState:
    """The zone where it is not: no schools and no places."""
    return ZoneState(like.code, like.level, like.name, (), ())


def _kinds(old: ZoneState, new: ZoneState) -> tuple[str, ...]:
    was, now = _codes(old.schools), _codes(new.schools)
    stayed = [code for code in was if code in now]
    differs = {
        "renamed": old.name != new.name,
        "schools": set(was) != set(now),
        "order": stayed != [code for code in now if code in was],
        "places": set(_codes(old.places)) != set(_codes(new.places)),
    }
    return tuple(kind for kind, different in differs.items() if different)


def _codes(named: Named) -> list[str]:
    return [code for code, _name in named]


def _only_in(one: Named, other: Named) -> tuple[str, ...]:
    known = set(_codes(other))
    return tuple(name for code, name in one if code not in known)

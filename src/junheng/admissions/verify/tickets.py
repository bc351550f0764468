"""Every ticket drawn again from the seed, as the format page says."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from junheng.admissions.verify.lines import Unreadable
from junheng.admissions.verify.tables import Inputs
from junheng.kernel.faults import gettext_noop


@dataclass(frozen=True, slots=True)
class Unit:
    """A child, or a group of children that must stay together.

    Attributes:
        id: The lowest `applicant_id` of its members.
        members: All of them, in order.
        wants: Its list of schools.
        tier: Smaller is served first.
        sibling: School of an older brother or sister, or blank.
        ticket: Hexadecimal text, or the place in the drawing.
    """

    id: str
    members: tuple[str, ...]
    wants: tuple[str, ...]
    tier: int
    sibling: str
    ticket: str | int

    @property
    def size(self) -> int:
        return len(self.members)

    @property
    def turn(self) -> tuple[str | int, str]:
        """Its place among all units by ticket alone."""
        return self.ticket, self.id


def units_of(inputs: Inputs, *, seed: str) -> list[Unit]:
    """All units of a round, in the order of their identifiers, with their tickets."""
    families: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for child in inputs.children.values():
        families["group" if child.group else "child", child.group or child.id].append(child.id)
    members = sorted(tuple(sorted(family)) for family in families.values())
    tickets = draw([family[0] for family in members], inputs, seed=seed)
    units = []
    for family in members:
        first = inputs.children[family[0]]
        wants = inputs.lists[first.id]
        units.append(Unit(first.id, family, wants, first.tier, first.sibling, tickets[first.id]))
    return units


def draw(ids: Sequence[str], inputs: Inputs, *, seed: str) -> Mapping[str, str | int]:
    """Tickets of units by their identifiers, which come in order.

    Raises:
        Unreadable: If the seed cannot be one of the round's method.
    """
    if inputs.rules.method == "hmac-sha256":
        return {id: _hmac_ticket(seed, inputs.rules.year, id) for id in ids}
    start, interval = _ring_seed(seed, len(ids))
    return {id: place for place, id in enumerate(ring(ids, start, interval), start=1)}


def _hmac_ticket(seed: str, year: int, id: str) -> str:
    return hmac.new(seed.encode(), f"{year}|{id}".encode(), hashlib.sha256).hexdigest()


def ring(ids: Sequence[str], start: int, interval: int) -> list[str]:
    """Units in the order in which they are drawn from a closed ring.

    >>> drawn = ring([str(n) for n in range(1, 21)], start=6, interval=3)
    >>> " ".join(drawn[:10])
    '6 9 12 15 18 1 4 8 13 17'

    Args:
        ids: The ring, from its first position.
        start: Position drawn first, counted from 1.
        interval: Then every so-manieth of those not yet drawn.
    """
    left, drawn = list(ids), []
    at = start - 1
    while left:
        drawn.append(left.pop(at))
        at = (at + interval - 1) % len(left) if left else 0
    return drawn


def _ring_seed(seed: str, positions: int) -> tuple[int, int]:
    parts = re.fullmatch(r"([0-9]{1,9}):([0-9]{1,9})", seed)
    if parts is None:
        raise Unreadable(gettext_noop("the seed “%(seed)s” is not start:interval"), seed=seed)
    start, interval = map(int, parts.groups())
    if not (1 <= start <= positions and interval >= 1):
        raise Unreadable(gettext_noop("the seed “%(seed)s” lies outside the ring"), seed=seed)
    return start, interval

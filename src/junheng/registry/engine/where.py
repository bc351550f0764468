"""Where an address or a point belongs: what speaks for which zone, and what is in doubt.

Three things may speak for a zone: a range of house numbers, the name of a village or block, an
area that holds a point. Each is reported with its reason. They are never weighed against each
other: only if all of them name the same zone is the answer certain, otherwise all are listed.
Source: requirement "where does my address belong", issue on applications.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import cos, radians
from typing import Literal

from shapely import Point
from shapely.geometry.base import BaseGeometry

from junheng.registry.engine.addresses import LARGEST, Numbers, numbers_after, plain

Kind = Literal["range", "village", "area"]
DoubtKind = Literal["number_missing", "number_outside", "unsure_street", "near_border", "similar"]

BORDER_M = 15.0
"""A point nearer than this to another zone belongs to both, until somebody looks; metres."""
_METRES_PER_DEGREE = 111_320.0
_BEFORE = re.compile(
    "(?:[\u7701\u5e02\u53bf\u533a\u9547\u4e61\u6751\u53f7\u7ec4]|\u8857\u9053|[0-9])$"
)
"""What may stand before a name: province, city, county, district, town, village, plate, group,
street office, a figure. After anything else the name may be the end of a longer one."""


@dataclass(frozen=True, slots=True)
class NumberRange:
    """House numbers of a street, or buildings of an estate, that belong to a zone.

    Attributes:
        zone: Code.
        street: Plain name of the street or estate.
        first, last: 1 to 99,999, both included.
        parity: Which of the numbers between: "all", "odd" or "even".
        counted: "door" for plates along a street, "building" for those of an estate.
    """

    zone: str
    street: str
    first: int = 1
    last: int = LARGEST
    parity: str = "all"
    counted: str = "door"

    @property
    def whole(self) -> bool:
        """Whether it is the whole street."""
        return self.first == 1 and self.last == LARGEST and self.parity == "all"

    def covers(self, number: int) -> bool:
        """Whether a number belongs to it."""
        fits = self.parity == "all" or (number % 2 == 1) == (self.parity == "odd")
        return fits and self.first <= number <= self.last

    def meets(self, other: NumberRange) -> bool:
        """Whether some number belongs to both."""
        if (self.street, self.counted) != (other.street, other.counted):
            return False
        low, high = max(self.first, other.first), min(self.last, other.last)
        return any(self.covers(n) and other.covers(n) for n in range(low, min(high, low + 1) + 1))


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A village or block, the township it lies in, and its zone."""

    zone: str
    name: str
    township: str


@dataclass(frozen=True, slots=True)
class Area:
    """The area of a zone, in degrees."""

    zone: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that speaks for a zone.

    Attributes:
        what: The range, name or area that speaks.
        sure: Whether it speaks for this zone alone.
    """

    zone: str
    kind: Kind
    what: NumberRange | str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why there is no better answer; `what` is the street, the name or the number meant."""

    kind: DoubtKind
    what: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that speaks for a zone, and every doubt."""

    findings: tuple[Finding, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones in question, those that are sure first, each once."""
        ordered = sorted(self.findings, key=lambda finding: not finding.sure)
        return tuple(dict.fromkeys(finding.zone for finding in ordered))

    @property
    def certain(self) -> bool:
        """Whether everything that speaks speaks for one and the same zone."""
        sure = {finding.zone for finding in self.findings if finding.sure}
        unsure = {finding.zone for finding in self.findings if not finding.sure}
        return len(sure) == 1 and (not unsure or sure <= unsure)

    def __add__(self, other: Answer) -> Answer:
        return Answer(self.findings + other.findings, self.doubts + other.doubts)


def by_address(text: str, ranges: Sequence[NumberRange]) -> Answer:
    """What the streets and estates in a line of text say.

    Args:
        text: The address as somebody wrote it.
        ranges: Ranges of the streets in question; their names are plain.
    """
    line, answer = plain(text), Answer()
    for start, end, name in _named(line, {r.street for r in ranges}):
        own = [r for r in ranges if r.street == name]
        if start and not _BEFORE.search(line[:start]):
            answer += Answer(doubts=(Doubt("unsure_street", name),))
            answer += Answer(tuple(Finding(r.zone, "range", r, sure=False) for r in own))
        else:
            answer += in_street(own, numbers_after(line[end:]))
    return answer


def in_street(ranges: Sequence[NumberRange], numbers: Numbers) -> Answer:
    """What the ranges of one street say about a house.

    Args:
        ranges: All of one street or estate; none gives an empty answer.
        numbers: Of plate and building.
    """
    asked = {"door": numbers.door, "building": numbers.building}
    hits = [r for r in ranges if _speaks(r, asked[r.counted], numbers)]
    if hits:
        return Answer(tuple(Finding(r.zone, "range", r) for r in hits))
    if not ranges:
        return Answer()
    street = ranges[0].street
    told = [asked[r.counted] for r in ranges if asked[r.counted] is not None]
    if told and numbers.at_once:
        return Answer(doubts=(Doubt("number_outside", f"{street}{told[0]}"),))
    maybe = tuple(Finding(r.zone, "range", r, sure=False) for r in ranges)
    kind: DoubtKind = "number_missing" if numbers.at_once else "unsure_street"
    return Answer(maybe, (Doubt(kind, street),))


def _speaks(own: NumberRange, number: int | None, numbers: Numbers) -> bool:
    if not numbers.at_once:
        return False
    return own.whole if number is None else own.covers(number)


def by_name(text: str, places: Sequence[NamedPlace]) -> Answer:
    """What the names of villages and blocks in a line of text say.

    Args:
        text: The address as somebody wrote it.
        places: Places with a zone; names and townships as they are registered.
    """
    line = plain(text)
    answer = Answer()
    for start, _end, name in _named(line, {plain(place.name) for place in places}):
        own = [place for place in places if plain(place.name) == name]
        narrowed = [p for p in own if p.township and plain(p.township) in line] or own
        sure = not start or bool(_BEFORE.search(line[:start]))
        answer += Answer(tuple(Finding(p.zone, "village", p.name, sure=sure) for p in narrowed))
    return answer


def by_point(lon: float, lat: float, areas: Iterable[Area]) -> Answer:
    """Which areas hold a point, or lie within 15 m of it.

    Args:
        lon: Degrees.
        lat: Degrees, -89 to 89.
        areas: Areas near the point.
    """
    point = Point(lon, lat)
    reach = BORDER_M / _METRES_PER_DEGREE / cos(radians(lat))
    near = [area for area in areas if area.shape.distance(point) <= reach]
    findings = tuple(Finding(area.zone, "area", "", sure=True) for area in near)
    doubts = (Doubt("near_border", ""),) if len({area.zone for area in near}) > 1 else ()
    return Answer(findings, doubts)


def similar(text: str, names: Iterable[str]) -> tuple[Doubt, ...]:
    """Known names that look like the beginning of what was written; at most three, as a help."""
    line = plain(text)
    close = get_close_matches(line, list(dict.fromkeys(names)), n=3, cutoff=0.5)
    return tuple(Doubt("similar", name) for name in close)


def _named(line: str, names: Iterable[str]) -> list[tuple[int, int, str]]:
    """Where names stand in a line; one that lies within a longer one does not count."""
    spots = [
        (found.start(), found.end(), name)
        for name in names
        if name
        for found in re.finditer(re.escape(name), line)
    ]
    kept = [
        spot
        for spot in spots
        if not any(o != spot and o[0] <= spot[0] and spot[1] <= o[1] for o in spots)
    ]
    return sorted(kept)

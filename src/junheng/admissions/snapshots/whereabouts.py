"""Which part of the tree of places a school, a zone or a child of a round belongs to.

A round's files name schools and zones by codes and townships by name. Where a code is an
organisation's or a place's the row hangs there; otherwise at its township, otherwise at the
county, where only the bureau sees it. Rounds of strangers (a trial on another country's data)
therefore load as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from junheng.places.facade import Level, Organisation, Place, under


@dataclass(frozen=True, slots=True)
class Site:
    """Where a school hangs: its organisation, if we know it, and its path."""

    organisation: int | None
    path: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Paths of a county, by the names that a round's files use."""

    county: str
    organisations: Mapping[str, Site]
    townships: Mapping[str, str]
    places: Mapping[str, str]

    def of_school(self, code: str, township: str) -> Site:
        """The organisation of that code, else the township of that name or code."""
        if code in self.organisations:
            return self.organisations[code]
        return Site(None, self.townships.get(township, self.county))

    def of_zone(self, code: str, first_school: str) -> str:
        """The place of that code, else the place of the zone's first school (by its path)."""
        if code in self.places:
            return self.places[code]
        return first_school.split("@", 1)[0] or self.county


def whereabouts(county: str) -> Whereabouts:
    """Read a county's places and organisations; two queries."""
    organisations = Organisation.objects.current().filter(under(county))
    places = list(
        Place.objects.current().filter(under(county)).values_list("code", "name", "level", "path")
    )
    townships = {
        key: path
        for code, name, level, path in places
        if level == Level.TOWNSHIP
        for key in (name, code)
    }
    return Whereabouts(
        county,
        {
            code: Site(pk, path)
            for pk, code, path in organisations.values_list("pk", "code", "path")
        },
        townships,
        {code: path for code, _name, _level, path in places},
    )

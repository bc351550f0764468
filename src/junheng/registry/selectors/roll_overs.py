"""What may be turned, what was planned, and who is not moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from junheng.accounts.facade import User, Visitor, paths_of, scope_q
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Level, Organisation, Place
from junheng.registry.access import KEEPERS, READERS
from junheng.registry.models import RollOver, Standing


def roll_overs_for(user: User) -> Any:
    """Turns of the counties that somebody sees or works in."""
    above = {
        path[: end + 1]
        for path in paths_of(user, READERS)
        for end, sign in enumerate(path)
        if sign == "/"
    }
    seen = scope_q(user, "place__path") | Q(place__path__in=above)
    return RollOver.objects.filter(seen).select_related("place", "run")


def county_kept(user: Visitor) -> Place | None:
    """The county whose register somebody keeps, None for nobody's."""
    paths = paths_of(user, frozenset(KEEPERS))
    found: Place | None = Place.objects.filter(path__in=paths, level=Level.COUNTY).first()
    return found


def years_to_turn(county: Place) -> list[SchoolYear]:
    """School years in which somebody of the county still stands, the latest first."""
    rows = Standing.objects.open().at_school().filter(organisation__path__startswith=county.path)
    found = rows.order_by("-school_year").values_list("school_year", flat=True).distinct()
    return [SchoolYear(start) for start in found]


@dataclass(frozen=True, slots=True)
class RefusedClass:
    """A class that would be too large: its school, which one, and how large it would be."""

    school: str
    grade: int
    number: int
    size: int
    most: int


def refused_of(user: User, row: RollOver) -> list[RefusedClass]:
    """The classes that a plan refuses, at the schools that somebody sees."""
    codes = {one["school"] for one in row.refused}
    seen = Organisation.objects.filter(scope_q(user, "path"), code__in=codes) if codes else ()
    names = {school.code: school.name for school in seen}
    return [
        RefusedClass(names[one["school"]], one["grade"], one["number"], one["size"], one["most"])
        for one in row.refused
        if one["school"] in names
    ]

"""Areas of zones: whether a shape can be one, and whether two of them claim the same ground.

Borders drawn by different hands never meet exactly. Two areas clash only where their overlap is
somewhere wider than a strip of 10 m; anything thinner is a sliver and belongs to nobody's child.
Source: requirement on polygons of zones (valid, not overlapping by more than slivers).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import cos, radians
from typing import Any, Literal

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

Fault = Literal["no_area", "not_valid", "not_on_earth", "too_many_corners"]

SLIVER_M = 10.0
"""Overlaps nowhere wider than this are slivers; metres."""
MOST_CORNERS = 20_000
DIGITS = 6
"""Digits of a degree that are kept: a tenth of a metre."""
_METRES_PER_DEGREE = 111_320.0


def area_of(geometry: object) -> BaseGeometry | Fault:
    """A shape from GeoJSON, or what is wrong with it.

    Args:
        geometry: A GeoJSON geometry, degrees WGS 84 / CGCS2000.

    Returns:
        A valid polygon or several, two-dimensional, rounded to 6 digits; or the fault.
    """
    if not isinstance(geometry, Mapping) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return "no_area"
    try:
        drawn = shapely.force_2d(shape(geometry))
    except (ValueError, TypeError, AttributeError, IndexError, shapely.errors.ShapelyError):
        return "no_area"
    return _checked(drawn)


def _checked(drawn: BaseGeometry) -> BaseGeometry | Fault:
    if drawn.is_empty:
        return "no_area"
    if shapely.get_num_coordinates(drawn) > MOST_CORNERS:
        return "too_many_corners"
    west, south, east, north = drawn.bounds
    if not (-180 <= west < east <= 180 and -89 <= south < north <= 89):
        return "not_on_earth"
    if not drawn.is_valid:
        return "not_valid"
    return shapely.set_precision(drawn, 10**-DIGITS)


def clashes(areas: Sequence[tuple[str, BaseGeometry]]) -> Iterator[tuple[str, str]]:
    """Pairs of areas that overlap by more than a sliver, by name, each pair once.

    Args:
        areas: Names with valid shapes in degrees.
    """
    tree = shapely.STRtree([drawn for _name, drawn in areas])
    for index, (name, drawn) in enumerate(areas):
        for other in sorted(tree.query(drawn, predicate="intersects").tolist()):
            if index < other and overlap(drawn, areas[other][1]):
                yield name, areas[other][0]


def overlap(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether two areas overlap somewhere by more than a strip of 10 m."""
    common = one.intersection(other)
    if common.is_empty or common.area == 0:
        return False
    latitude = (common.bounds[1] + common.bounds[3]) / 2
    flat = shapely.transform(
        common, lambda c: c * (_METRES_PER_DEGREE * cos(radians(latitude)), _METRES_PER_DEGREE)
    )
    return not flat.buffer(-SLIVER_M / 2).is_empty


def corners(drawn: BaseGeometry) -> int:
    """How many corners an area has, for people to recognise it by."""
    parts: list[Any] = list(drawn.geoms) if isinstance(drawn, MultiPolygon) else [drawn]
    return sum(len(part.exterior.coords) - 1 for part in parts if isinstance(part, Polygon))

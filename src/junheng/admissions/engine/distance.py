"""How far a home is from a school, in whole metres (format page, "What it means", 5).

Mathematical libraries differ in the last bit, so where a distance lies within a thousandth
of a millimetre of a half metre, which nobody could measure, the rounding is decided with forty
decimal digits. The same round therefore gives the same metres on every machine.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np

from junheng.admissions.engine.types import NONE, UNPLACED_M, Floats, Ints, Round

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth, IUGG: (2a + b) / 3 of the GRS 80 ellipsoid."""

_CLOSE_M = 1e-6
_PI = Decimal("3.14159265358979323846264338327950288419716939937510582")


def great_circle_m(from_lon: Floats, from_lat: Floats, to_lon: Floats, to_lat: Floats) -> Ints:
    """Whole metres along the great circle, rounded half up.

    Args:
        from_lon: Degrees, broadcast against the others.
        from_lat: Degrees.
        to_lon: Degrees.
        to_lat: Degrees.

    Returns:
        Metres, or NONE where a coordinate is NaN.

    Source:
        Haversine formula on a sphere with the mean radius of the Earth.
    """
    points = (from_lon, from_lat, to_lon, to_lat)
    lon_1, lat_1, lon_2, lat_2 = (np.radians(degrees) for degrees in points)
    half_lat, half_lon = np.sin((lat_2 - lat_1) / 2), np.sin((lon_2 - lon_1) / 2)
    h = half_lat * half_lat + np.cos(lat_1) * np.cos(lat_2) * half_lon * half_lon
    exact = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    whole = np.floor(exact)
    over = exact - whole
    metres = np.where(np.isnan(exact), NONE, whole + (over >= 0.5)).astype(np.int64)
    # Beyond a quarter of the Earth the formula itself loses digits; no seat is that far.
    doubtful = (np.abs(over - 0.5) < _CLOSE_M) & (exact < UNPLACED_M)
    for index in zip(*np.nonzero(doubtful), strict=True):
        pair = [Decimal(str(degrees[index])) for degrees in np.broadcast_arrays(*points)]
        metres[index] = int(whole[index]) + _reaches_half(pair, int(whole[index]))
    return np.asarray(metres)


def distances_m(the_round: Round, children: Ints, schools: Ints) -> Ints:
    """Metres from each of some children to each of some schools.

    Args:
        the_round: Where they live and stand; its table of distances decides if it has one.
        children: Indexes of children, any number.
        schools: Indexes of schools, any number.

    Returns:
        Shape (children, schools): whole metres, NONE where not known.
    """
    table = the_round.distances
    if table is None:
        homes, sites = the_round.applicants, the_round.schools
        return great_circle_m(
            homes.lon[children, None],
            homes.lat[children, None],
            sites.lon[schools],
            sites.lat[schools],
        )
    return np.array(
        [[table.get((child, s), NONE) for s in schools.tolist()] for child in children.tolist()],
        dtype=np.int64,
    ).reshape(len(children), len(schools))


def own_distances_m(the_round: Round, school: Ints) -> Ints:
    """Metres from each child to its own school, NONE if it has none or it is not known.

    Args:
        the_round: As for `distances_m`.
        school: School of each child, or NONE.
    """
    metres = np.full(len(school), NONE, dtype=np.int64)
    seated = np.flatnonzero(school != NONE)
    table = the_round.distances
    if table is None:
        homes, sites, at = the_round.applicants, the_round.schools, school[seated]
        metres[seated] = great_circle_m(
            homes.lon[seated], homes.lat[seated], sites.lon[at], sites.lat[at]
        )
    else:
        for child in seated.tolist():
            metres[child] = table.get((child, int(school[child])), NONE)
    return metres


def _reaches_half(pair: list[Decimal], whole: int) -> bool:
    """Whether the distance is at least `whole` and a half metres, with forty digits."""
    with localcontext() as context:
        context.prec = 40
        lon_1, lat_1, lon_2, lat_2 = (degrees * _PI / 180 for degrees in pair)
        half_lat, half_lon = _sine((lat_2 - lat_1) / 2), _sine((lon_2 - lon_1) / 2)
        h = half_lat**2 + _sine(_PI / 2 - lat_1) * _sine(_PI / 2 - lat_2) * half_lon**2
        limit = _sine((whole + Decimal("0.5")) / (2 * Decimal(str(EARTH_RADIUS_M))))
        return h >= limit**2


def _sine(angle: Decimal) -> Decimal:
    """Sine by its power series, for angles of a few radians."""
    term = total = angle
    n = 1
    while abs(term) > Decimal("1e-45"):
        n += 2
        term = -term * angle * angle / (n * (n - 1))
        total += term
    return total

"""Metres between homes and schools, computed again from the coordinates or taken from the table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from junheng.admissions.verify.case import Case
from junheng.admissions.verify.lines import Breaches, breach
from junheng.admissions.verify.tables import Inputs
from junheng.kernel.faults import gettext_noop

Metres = NDArray[np.int64]
Degrees = NDArray[np.float64]

RADIUS_M = 6_371_008.8
UNKNOWN = np.int64(2**40)
"""Stands for a distance that cannot be known; farther than any limit or price."""

HAIR_M = 1e-6
"""Two machines' sines may differ in the last bit; a distance so near to a half rounds up here."""


def metres(inputs: Inputs, children: Sequence[str], schools: Sequence[str]) -> Metres:
    """Whole metres from every child's home to every school.

    Returns:
        An array of children x schools; UNKNOWN where home, school or entry is missing.
    """
    if (table := inputs.metres) is not None:
        rows = [[table.get((child, school), UNKNOWN) for school in schools] for child in children]
        return np.array(rows, dtype=np.int64).reshape(len(children), len(schools))
    home, site = _homes(inputs, children), _sites(inputs, schools)
    return _whole(great_circle(home[:, :1], home[:, 1:], site[:, 0], site[:, 1]))


def great_circle(lon1: Degrees, lat1: Degrees, lon2: Degrees, lat2: Degrees) -> Degrees:
    """Metres along the sphere by the haversine formula, not rounded; NaN where unknown.

    Source:
        Rule 5 of the format page.
    """
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    north = np.sin((phi2 - phi1) / 2) ** 2
    east = np.sin(np.radians(lon2 - lon1) / 2) ** 2
    h = north + np.cos(phi1) * np.cos(phi2) * east
    return np.asarray(2 * RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(h))))


def distances(case: Case) -> Breaches:
    """The metres of every line are those from home to school, blank where there are none."""
    seated = [child for child in sorted(case.placements) if case.school[child]]
    meant = dict(zip(seated, to_own_school(case, seated).tolist(), strict=True))
    for child, line in sorted(case.placements.items()):
        known = meant.get(child, UNKNOWN)
        if line.distance_m != (None if known == UNKNOWN else known):
            yield breach(
                gettext_noop(
                    "%(child)s lives %(meant)s m from its school, the result says %(said)s"
                ),
                child=child,
                meant="-" if known == UNKNOWN else known,
                said="-" if line.distance_m is None else line.distance_m,
            )


def to_own_school(case: Case, children: Sequence[str]) -> Metres:
    """Whole metres from each child's home to the school it was given, UNKNOWN as above."""
    schools = [case.school[child] for child in children]
    if (table := case.inputs.metres) is not None:
        pairs = zip(children, schools, strict=True)
        return np.array([table.get(pair, UNKNOWN) for pair in pairs], dtype=np.int64)
    home, site = _homes(case.inputs, children), _sites(case.inputs, schools)
    return _whole(great_circle(home[:, 0], home[:, 1], site[:, 0], site[:, 1]))


def site_metres(inputs: Inputs, school: str, host: str) -> int:
    """Whole metres between two schools, UNKNOWN if one stands nowhere."""
    pair = _sites(inputs, (school, host))
    return int(_whole(great_circle(*pair[:1].T, *pair[1:].T))[0])


def _homes(inputs: Inputs, children: Sequence[str]) -> Degrees:
    found = [inputs.children[child] for child in children]
    return _pairs([(one.lon, one.lat) for one in found])


def _sites(inputs: Inputs, schools: Sequence[str]) -> Degrees:
    found = [inputs.schools[school] for school in schools]
    return _pairs([(one.lon, one.lat) for one in found])


def _pairs(found: list[tuple[float | None, float | None]]) -> Degrees:
    return np.array(found, dtype=np.float64).reshape(len(found), 2)


def _whole(raw: Degrees) -> Metres:
    return np.where(np.isnan(raw), UNKNOWN, np.floor(np.nan_to_num(raw) + 0.5 + HAIR_M)).astype(
        np.int64
    )

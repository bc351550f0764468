"""The flat ground the county is drawn on, in kilometres, and how it becomes degrees.

Everything is first laid out with straight borders on a plane around the county seat. The
plane is then bent by slow and quick waves, all at once: borders wind like real ones, and
as every point moves by the same rule, neighbours still meet without a gap.
"""

from __future__ import annotations

from math import cos, pi, radians, tau

import numpy as np
from numpy.typing import NDArray

from junheng.registry.demo.chance import stream
from junheng.registry.demo.values import Point

Points = NDArray[np.float64]
"""Shape (n, 2): x eastward, y northward, in km (on the plane) or degrees (on the map)."""

ORIGIN = (122.7, 34.8)
"""The county seat lies in open sea, so that no real village lies under an invented one."""

KM_PER_DEGREE = 6371.0088 * pi / 180
WAVES_PER_OCTAVE = 3
OCTAVES = ((15.0, 0.9), (6.5, 0.42), (2.6, 0.16), (1.1, 0.05))
"""Wavelength and height of the bends, in km; together too flat to fold the plane."""


class Bend:
    """One way of bending the plane; the same seed bends it the same way."""

    def __init__(self, seed: str) -> None:
        chance = stream(seed, "bend")
        waves = []
        for length, height in OCTAVES:
            for _ in range(WAVES_PER_OCTAVE):
                turn, toward = chance.random() * tau, chance.random() * tau
                reach = height / WAVES_PER_OCTAVE
                along = (cos(turn) * tau / length, cos(turn - pi / 2) * tau / length)
                push = (cos(toward) * reach, cos(toward - pi / 2) * reach)
                waves.append((*along, chance.random() * tau, *push))
        self._waves = np.array(waves)

    def __call__(self, plane: Points) -> Points:
        """Bend points of the plane (km) and put them on the map (degrees, 6 places)."""
        across, up, phase, east, north = self._waves.T
        wave = np.sin(plane[:, :1] * across + plane[:, 1:] * up + phase)
        bent = plane + np.stack([wave @ east, wave @ north], axis=1)
        return _degrees(bent)


def _degrees(plane: Points) -> Points:
    lon = ORIGIN[0] + plane[:, 0] / (KM_PER_DEGREE * cos(radians(ORIGIN[1])))
    lat = ORIGIN[1] + plane[:, 1] / KM_PER_DEGREE
    return np.stack([lon, lat], axis=1).round(6)


def as_points(degrees: Points) -> tuple[Point, ...]:
    """Rows of degrees as values that can be written and compared."""
    return tuple(Point(lon, lat) for lon, lat in degrees.tolist())

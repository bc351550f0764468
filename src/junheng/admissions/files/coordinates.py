"""Where homes and schools are: both coordinates or none, and within the box of the round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from junheng.admissions.engine.types import Floats
from junheng.admissions.files.cells import Cells
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _

Box = tuple[float, float, float, float]


def coordinate_faults(cells: Cells, bbox: Box | None) -> Iterator[Fault]:
    """Coordinates that are half given, or outside the box if there is one."""
    lon, lat = (floats(cells.columns[name]) for name in ("lon", "lat"))
    yield from _half_blank(cells, lon, lat)
    if bbox is not None:
        west, south, east, north = bbox
        yield from _outside(cells, "lon", lon, west, east)
        yield from _outside(cells, "lat", lat, south, north)


def _half_blank(cells: Cells, lon: Floats, lat: Floats) -> Iterator[Fault]:
    for entry in np.flatnonzero(np.isnan(lon) != np.isnan(lat)).tolist():
        if cells.is_told(entry, "lon", "lat"):
            continue
        column = "lon" if np.isnan(lon[entry]) else "lat"
        yield cells.fault(
            entry,
            column,
            _("Only one of lon and lat is given."),
            _("Fill in both, or leave both blank."),
        )


def _outside(cells: Cells, column: str, values: Floats, low: float, high: float) -> Iterator[Fault]:
    for entry in np.flatnonzero((values < low) | (values > high)).tolist():
        yield cells.fault(
            entry,
            column,
            _("%(value)s lies outside the box of the round, %(low)s to %(high)s."),
            _("Correct the coordinate (WGS 84; lon first, then lat), or the box in the rules."),
            value=cells.columns[column][entry],
            low=low,
            high=high,
        )


def floats(texts: Sequence[str]) -> Floats:
    """Canonical degrees; NaN where blank."""
    return np.array([text or "nan" for text in texts], dtype=np.float64)

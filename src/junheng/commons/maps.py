"""What a map shows, as plain data: `c-map` draws it and writes the same figures as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Position = tuple[float, float]  # longitude, latitude in degrees (WGS 84)
BandName = Literal["free", "near", "full", "over", "none"]


@dataclass(frozen=True, slots=True)
class Area:
    """An outline (township, county) or a school's zone, as a GeoJSON geometry."""

    geometry: Mapping[str, Any]
    name: str = ""
    kind: Literal["outline", "zone"] = "outline"
    label: str = ""
    shade: Literal[0, 1, 2, 3, 4] = 0
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Circle:
    """A school: `size` children, `share` of its seats taken (unitless, 1.0 = all)."""

    id: str
    name: str
    lon: float
    lat: float
    size: int
    share: float | None
    lines: Sequence[str] = ()
    url: str = ""

    @property
    def band(self) -> BandName:
        return band_of(self.share)


@dataclass(frozen=True, slots=True)
class Flow:
    """Children who go from one place or school to another."""

    start: Position
    end: Position
    number: int
    title: str
    lines: Sequence[str] = ()
    from_id: str = ""
    to_id: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """One line of the legend."""

    name: BandName
    label: str | Promise


BANDS = (
    Band("free", _("More than a tenth of the seats free")),
    Band("near", _("Nearly full")),
    Band("full", _("Full")),
    Band("over", _("More children than seats")),
    Band("none", _("No figure")),
)


def band_of(share: float | None) -> BandName:
    """The band of a school by the share of its seats that are taken (unitless, 1.0 = all)."""
    if share is None:
        return "none"
    if share > 1:
        return "over"
    if share == 1:
        return "full"
    return "near" if share >= 0.9 else "free"


@dataclass(frozen=True, slots=True)
class MapData:
    """Everything on one map; each list may be empty."""

    areas: Sequence[Area] = ()
    circles: Sequence[Circle] = ()
    flows: Sequence[Flow] = ()
    size_label: str | Promise = field(default_factory=lambda: _("Children"))

    @property
    def as_data(self) -> dict[str, Any]:
        """Plain data for the page's script."""
        return {
            "areas": [_shallow(area) for area in self.areas],
            "circles": [{**_shallow(circle), "band": circle.band} for circle in self.circles],
            "flows": [_shallow(flow) for flow in self.flows],
        }

    @property
    def bands(self) -> list[Band]:
        """The lines of the legend that the map needs."""
        used = {circle.band for circle in self.circles}
        return [band for band in BANDS if band.name in used]

    @property
    def has_zones(self) -> bool:
        return any(area.kind == "zone" for area in self.areas)

    @property
    def is_empty(self) -> bool:
        return not (self.areas or self.circles or self.flows)


def _shallow(row: Area | Circle | Flow) -> dict[str, Any]:
    """A row as a mapping; `asdict` would copy every corner of every outline."""
    return {each.name: getattr(row, each.name) for each in fields(row)}

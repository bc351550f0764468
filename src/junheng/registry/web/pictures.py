"""Charts and maps of the registry, from rows to what `c-chart` and `c-map` draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import shapely
from django.urls import reverse
from django.utils.translation import gettext as _
from shapely.geometry import mapping, shape

from junheng.commons.charts import Chart, Mark, Series
from junheng.commons.maps import Area, Circle, MapData
from junheng.kernel.levels import Level
from junheng.registry.selectors.classes import BANDS, SchoolSizes
from junheng.registry.selectors.schools import SchoolFacts
from junheng.registry.selectors.zones import OutlineRow, ZoneFacts
from junheng.registry.web.words import LEVEL_NAMES


def size_chart(bands: Mapping[Level, Sequence[int]]) -> Chart:
    """Classes by size, both levels stacked; the bands above the cap are tinted."""
    ends = [
        f"≤{BANDS[0]}",
        *(f"{low + 1}–{high}" for low, high in pairwise(BANDS)),
        f"≥{BANDS[-1] + 1}",
    ]
    tones = {Level.PRIMARY: "primary", Level.LOWER_SECONDARY: "info"}
    return Chart(
        kind="stacked",
        categories=ends,
        series=[
            Series(str(LEVEL_NAMES[level]), list(n), tones[level]) for level, n in bands.items()
        ],
        x_name=_("Pupils in a class"),
        y_name=_("Classes"),
        marks=(Mark(ends[-2], ends[-1], _("Above the cap")),),
    )


def school_circle(school: SchoolFacts, sizes: SchoolSizes | None) -> Circle | None:
    """A school on the map: as large as its pupils, as full as its classes beside the plan."""
    if school.lon is None or school.lat is None:
        return None
    pupils = sizes.pupils if sizes else 0
    room = sizes.classes * school.class_size if sizes else 0
    lines = [
        _("%(classes)d classes, %(pupils)d pupils")
        % {"classes": sizes.classes if sizes else 0, "pupils": pupils}
    ]
    if sizes and sizes.large:
        lines.append(_("Classes above the cap: %d") % sizes.large)
    return Circle(
        id=school.code,
        name=school.name,
        lon=school.lon,
        lat=school.lat,
        size=pupils,
        share=pupils / room if room else None,
        lines=lines,
        url=reverse("registry:school", args=[school.code]),
    )


def zone_map(
    schools: Iterable[SchoolFacts],
    sizes: Mapping[str, SchoolSizes],
    zones: Iterable[ZoneFacts],
    villages: Mapping[str, OutlineRow],
    townships: Iterable[OutlineRow],
) -> MapData:
    """Townships with their names, zones as dashed outlines, schools as circles."""
    areas = [Area(t.geometry, name=t.name, label=t.name) for t in townships]
    by_schools: dict[tuple[str, ...], list[OutlineRow]] = {}
    for zone in zones:
        drawn = [villages[code] for code in zone.places if code in villages]
        by_schools.setdefault(zone.schools, []).extend(drawn)
    areas += [Area(_joined(outlines), kind="zone") for outlines in by_schools.values() if outlines]
    circles = [school_circle(school, sizes.get(school.code)) for school in schools]
    return MapData(
        areas=areas, circles=[circle for circle in circles if circle], size_label=_("Pupils")
    )


def _joined(outlines: Sequence[OutlineRow]) -> dict[str, Any]:
    """One outline around several; borders between them disappear."""
    if len(outlines) == 1:
        return outlines[0].geometry
    return _union(tuple(_wkb(row) for row in outlines))


def _wkb(row: OutlineRow) -> bytes:
    written: bytes = shapely.to_wkb(shape(row.geometry))
    return written


@lru_cache(maxsize=512)
def _union(outlines: tuple[bytes, ...]) -> dict[str, Any]:
    joined: dict[str, Any] = mapping(shapely.unary_union(shapely.from_wkb(list(outlines))))
    return joined

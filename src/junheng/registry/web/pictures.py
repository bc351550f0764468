"""Charts and maps of the registry, from rows to what `c-chart` and `c-map` draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from junheng.registry.selectors.zones import Drawn, OutlineRow, outlines_of
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


def school_circle(school: SchoolFacts, sizes: SchoolSizes | None, within: str) -> Circle | None:
    """A school on the map: as large as its pupils, as full as its classes beside the plan.

    `within` is the address of the schools: asking for each school's is much of the work.
    """
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
        url=f"{within}{school.code}/",
    )


def zone_map(
    schools: Iterable[SchoolFacts],
    sizes: Mapping[str, SchoolSizes],
    zones: Sequence[Drawn],
    townships: Iterable[OutlineRow],
) -> MapData:
    """Townships with their names, zones as dashed outlines, schools as circles."""
    areas = [Area(t.geometry, name=t.name, label=t.name) for t in townships]
    areas += [Area(outline, kind="zone") for outline in joined_outlines(zones)]
    within = reverse("registry:schools")
    circles = [school_circle(school, sizes.get(school.code), within) for school in schools]
    return MapData(
        areas=areas, circles=[circle for circle in circles if circle], size_label=_("Pupils")
    )


_joined: dict[Drawn, dict[str, Any]] = {}
JOINED_AT_MOST = 4_000
"""Zones whose outline is kept, so that a map costs a look-up and not a computation."""


def joined_outlines(groups: Sequence[Drawn]) -> list[dict[str, Any]]:
    """One outline around each group of places; borders between them disappear.

    An outline that was joined before is known by the fingerprints of its places, in every
    process by itself; nothing is lost when one begins anew.
    """
    fresh = [group for group in groups if group not in _joined]
    if fresh:
        if len(_joined) + len(fresh) > JOINED_AT_MOST:
            _joined.clear()
        outlines = outlines_of(code for group in fresh for code, _stamp in group)
        for group in fresh:
            shapes = [shape(outlines[code].geometry) for code, _stamp in group]
            _joined[group] = mapping(shapely.unary_union(shapes))
    return [_joined[group] for group in groups]

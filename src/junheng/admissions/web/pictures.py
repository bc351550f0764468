"""Charts and maps of rounds, from rows to what `c-chart` and `c-map` draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from junheng.admissions.selectors.results import FlowRow, SchoolRow
from junheng.admissions.selectors.rounds import Outline, SchoolDemand
from junheng.commons.charts import Chart, Mark, Series
from junheng.commons.maps import Area, Circle, Flow, MapData

FLOWS_DRAWN = 250
"""More arrows than this hide each other."""
BANDS = (0, 25, 30, 35, 40, 45, 50, 55)
"""Upper ends of the bands of class sizes; a class of 56 and more is a large class (大班额)."""
LARGE = 56


def class_size_chart(sizes: Counter[int]) -> Chart:
    """Classes by size; the band from 56 on is there to be seen empty."""
    bands = [f"≤{BANDS[1]}", *(f"{low + 1}–{high}" for low, high in pairwise(BANDS[1:]))]
    top = f"≥{LARGE}"
    counts = [
        sum(n for size, n in sizes.items() if low < size <= high) for low, high in pairwise(BANDS)
    ]
    counts[0] += sizes[0]
    counts.append(sum(n for size, n in sizes.items() if size >= LARGE))
    return Chart(
        kind="bar",
        categories=[*bands, top],
        series=(Series(_("Classes"), counts, "primary"),),
        x_name=_("Pupils in a class"),
        y_name=_("Classes"),
        marks=(Mark(top, top, _("Never")),),
    )


def township_chart(rows: Sequence[Mapping[str, Any]]) -> Chart | None:
    """Seats beside children by township, those most over plan first; None without townships."""
    if not any(row["name"] for row in rows):
        return None
    return Chart(
        kind="bar",
        categories=[row["name"] or _("no township") for row in rows],
        series=(
            Series(_("Seats"), [row["seats"] for row in rows], "info"),
            Series(_("Children"), [row["children"] for row in rows], "warning"),
        ),
        x_name=_("Township"),
        y_name=_("Number"),
    )


def demand_map(rows: Iterable[SchoolDemand], outlines: Sequence[Outline] = ()) -> MapData:
    """Schools before a run: how many want to go there against how many can."""
    circles = [
        Circle(
            id=row.code,
            name=row.label,
            lon=row.lon,
            lat=row.lat,
            size=row.wanted,
            share=row.wanted / row.seats if row.seats else None,
            lines=(
                _("Seats: %s") % row.seats,
                _("Children whose list begins here: %s") % row.wanted,
            ),
        )
        for row in rows
        if row.lon is not None and row.lat is not None
    ]
    return MapData(_areas(outlines), circles, (), _("Children whose list begins here"))


def result_map(
    ref: str,
    schools: Sequence[SchoolRow],
    flows: Sequence[FlowRow],
    outlines: Sequence[Outline] = (),
) -> MapData:
    """Schools after a run, and where children were diverted."""
    schools_url = reverse("admissions:schools", args=[ref])  # asking for each is most of the work
    circles = [
        Circle(
            id=school.code,
            name=school.label,
            lon=school.lon,
            lat=school.lat,
            size=school.seated,
            share=school.share,
            lines=(
                _("Seats: %(seats)s, free: %(free)s")
                % {"seats": school.seats, "free": school.free},
                _("By list: %(list)s, diverted here: %(diverted)s")
                % {"list": school.by_list, "diverted": school.diverted_in},
            ),
            url=f"{schools_url}{school.id}/",
        )
        for school in schools
        if school.lon is not None and school.lat is not None
    ]
    return MapData(_areas(outlines), circles, _flows(flows), _("Children seated"))


def _flows(flows: Sequence[FlowRow]) -> list[Flow]:
    return [
        Flow(
            start=(flow.start.lon, flow.start.lat),
            end=(flow.end.lon, flow.end.lat),
            number=flow.children,
            title=_("%(start)s → %(end)s") % {"start": flow.start.label, "end": flow.end.label},
            from_id=flow.start.code,
            to_id=flow.end.code,
        )
        for flow in flows[:FLOWS_DRAWN]
        if flow.start.lon is not None
        and flow.start.lat is not None
        and flow.end.lon is not None
        and flow.end.lat is not None
    ]


def _areas(outlines: Sequence[Outline]) -> list[Area]:
    return [Area(outline.geometry, outline.name, label=outline.name) for outline in outlines]

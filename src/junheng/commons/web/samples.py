"""Made-up figures for the styleguide: an invented county, the same at every visit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.commons.charts import Chart, Mark, Series
from junheng.commons.maps import Area, Circle, Flow, MapData
from junheng.commons.models import Upload
from junheng.commons.uploads.selectors import File, as_shown

WEST, SOUTH, STEP = 118.0, 29.0, 0.18


@dataclass(frozen=True, slots=True)
class SampleSchool:
    """A row of the sample list."""

    id: int
    name: str
    township: str
    head: str
    phone: str
    children: int
    seats: int
    state: str


class SampleRows(list[SampleSchool]):
    """Rows without a table behind them, in the shape that filters ask for."""

    model = None

    def all(self) -> SampleRows:
        return self

    def none(self) -> SampleRows:
        return SampleRows()


def townships() -> list[str]:
    return [
        _("Willow Town"),
        _("White Sand Town"),
        _("Cloud Peak Township"),
        _("South Meadow Town"),
        _("North Brook Town"),
        _("Green Stone Town"),
        _("Town Gate Subdistrict"),
        _("East River Subdistrict"),
        _("West Hill Township"),
    ]


def _wave(n: float, low: float, high: float) -> float:
    """A figure that looks irregular and is always the same."""
    return low + (high - low) * (math.sin(n * 12.9898) * 43758.5453 % 1)


def schools(count: int = 60) -> SampleRows:
    names = townships()
    rows = SampleRows()
    for n in range(count):
        seats = 45 * (1 + n % 5)
        children = round(seats * _wave(n + 1, 0.55, 1.15)) if n % 7 else seats
        rows.append(
            SampleSchool(
                id=n,
                name=_("%(town)s No. %(n)d Primary School")
                % {"town": names[n % 9], "n": n // 9 + 1},
                township=names[n % 9],
                head=_("Wang Zihan"),
                phone=f"1{3800000000 + n * 7919}",
                children=children,
                seats=seats,
                state="over" if children > seats else "full" if children == seats else "free",
            )
        )
    return rows


def sent_files() -> list[File]:
    """A photo in every state that a family sees."""
    name, now = _("Household register, photo"), timezone.now()
    told = [("waiting", ""), ("checking", ""), ("ready", ""), ("refused", "damaged")]
    rows = [Upload(name=name, state=state, reason=reason, begun_at=now) for state, reason in told]
    return [as_shown(row) for row in rows]


def class_sizes() -> Chart:
    sizes = ["≤35", "36–40", "41–45", "46–50", "51–55", "56–65", ">65"]
    return Chart(
        kind="stacked",
        categories=sizes,
        series=(
            Series(_("Primary"), [102, 284, 461, 478, 275, 128, 2], "primary"),
            Series(_("Lower secondary"), [31, 56, 104, 123, 72, 34, 1], "info"),
        ),
        x_name=_("Children in a class"),
        y_name=_("Classes"),
        marks=(Mark("56–65", ">65", _("Above the cap")),),
    )


def chart(kind: str) -> Chart:
    """One small chart of each kind."""
    if kind == "line":
        years = [str(year) for year in range(2020, 2028)]
        pupils = [8120, 8344, 8610, 9002, 9240, 9120, 8803, 8410]
        seats = [8600, 8600, 8700, 8900, 8900, 9100, 9200, None]
        rows: list[tuple[str, Any]] = [(_("Children of school age"), pupils), (_("Seats"), seats)]
        return Chart("line", years, [Series(n, v) for n, v in rows], y_name=_("Children"))
    if kind == "histogram":
        edges = [f"{km / 2:g}–{(km + 1) / 2:g}" for km in range(12)]
        return Chart(
            "histogram",
            edges,
            [Series(_("Children"), [320, 880, 1240, 1020, 760, 420, 260, 140, 70, 30, 12, 5])],
            x_name=_("Way to school, km"),
            y_name=_("Children"),
        )
    return Chart(
        "bar",
        townships(),
        [Series(_("Free seats"), [12, 0, 48, 31, 0, 22, 0, 17, 64], "success")],
        y_name=_("Seats"),
    )


def empty_chart() -> Chart:
    return Chart("bar", [], [Series(_("Children"), [])])


def _corner(column: int, row: int) -> list[float]:
    wobble = _wave(column * 7 + row * 13 + 3, -0.03, 0.03)
    return [WEST + column * STEP + wobble, SOUTH + (3 - row) * STEP - wobble]


def _outline(column: int, row: int) -> dict[str, Any]:
    around = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    ring = [_corner(column + right, row + down) for right, down in around]
    return {"type": "Polygon", "coordinates": [ring]}


def _zone(lon: float, lat: float) -> dict[str, Any]:
    turns = [math.tau * n / 7 for n in range(7)]
    ring = [[lon + 0.06 * math.cos(t), lat + 0.05 * math.sin(t)] for t in turns]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def county(count: int = 60, flows: int = 14) -> MapData:
    """A map of the invented county; `count` schools, `flows` streams of diverted children."""
    names = townships()
    circles = [_circle(n, row) for n, row in enumerate(schools(count))]
    outlines = [
        Area(_outline(n % 3, n // 3), name=name, label=name if count < 200 else "")
        for n, name in enumerate(names)
    ]
    zones = [Area(_zone(c.lon, c.lat), name=c.name, kind="zone") for c in circles[:3]]
    return MapData(areas=[*outlines, *zones], circles=circles, flows=_streams(circles, flows))


def _circle(n: int, row: SampleSchool) -> Circle:
    column, line = n % 9 % 3, n % 9 // 3
    return Circle(
        id=str(row.id),
        name=row.name,
        lon=WEST + STEP * (column + _wave(n + 0.3, 0.1, 0.9)),
        lat=SOUTH + STEP * (3 - line - _wave(n + 0.7, 0.1, 0.9)),
        size=row.children,
        share=row.children / row.seats if n % 11 else None,
        lines=[
            _("%(children)d children, %(seats)d seats")
            % {"children": row.children, "seats": row.seats}
        ],
        url="#map",
    )


def _streams(circles: list[Circle], count: int) -> list[Flow]:
    over = [c for c in circles if c.band == "over"]
    free = [c for c in circles if c.band == "free"]
    pairs = [
        (over[n % len(over)], free[(n * 5 + 2) % len(free)]) for n in range(count if over else 0)
    ]
    return [
        Flow(
            start=(a.lon, a.lat),
            end=(b.lon, b.lat),
            number=2 + n * 7 % 23,
            title=_("From %(a)s to %(b)s") % {"a": a.name, "b": b.name},
            lines=[_("%(n)d children") % {"n": 2 + n * 7 % 23}],
            from_id=a.id,
            to_id=b.id,
        )
        for n, (a, b) in enumerate(pairs)
    ]

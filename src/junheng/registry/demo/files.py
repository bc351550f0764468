"""The demo county as files: the same seed gives the same bytes.

`round/` is an admission round in the public format; `registry/` are the workbooks' tables as
the registry's import pages take them; `divisions.csv` and `outlines.geojson` are the places.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import xlsxwriter
from shapely.geometry import mapping

from junheng.registry.demo.streets import street_rows, zone_shapes
from junheng.registry.demo.values import COUNTY, PREFECTURE, PROVINCE, County, Point, Ring

CLASS_CAP = 55
MAX_DISTANCE_M = 8_000
PRIORITY = ("tier", "sibling", "ticket")

Row = Sequence[object]
Tables = dict[str, tuple[Row, list[Row]]]
"""Header and rows by file name."""


def county_files(county: County) -> dict[str, bytes]:
    """Everything about the county, by path below the folder it will lie in.

    Returns:
        `divisions.csv`, `outlines.geojson`, `registry/*.csv` and `areas.geojson`, `round/*` and
        `round.xlsx`.
    """
    files = {"divisions.csv": divisions_csv(county), "outlines.geojson": _outlines(county)}
    files["registry/areas.geojson"] = _areas(county)
    files |= {f"registry/{name}": _csv(*table) for name, table in registry_tables(county).items()}
    files |= {f"round/{name}": data for name, data in round_files(county).items()}
    files["round.xlsx"] = round_workbook(county)
    return files


def divisions_csv(county: County) -> bytes:
    """Every place from the province down, as `load_divisions` takes them, with their points."""
    return _csv(*_divisions(county))


def round_files(county: County) -> dict[str, bytes]:
    """The year's admission round as `round.toml` and four CSV files (format version 3)."""
    tables = _round_tables(county)
    return {"round.toml": _toml(county), **{f"{name}.csv": _csv(*t) for name, t in tables.items()}}


def round_workbook(county: County) -> bytes:
    """The same round as one workbook: a sheet per table, and the rules on a sheet `round`."""
    rules: list[Row] = [
        (key if section == "round" else f"{section}.{key}", _in_a_cell(value))
        for section, keys in _rules(county).items()
        for key, value in keys.items()
    ]
    return _xlsx({"round": (("key", "value"), rules), **_round_tables(county)})


def registry_tables(county: County) -> Tables:
    """Schools, classes, zones and address ranges, with the columns of the registry's imports."""
    return {
        "schools.csv": _schools(county),
        "classes.csv": (
            ("school_code", "school_year", "grade", "number", "size"),
            [(c.school, c.school_year, c.grade, c.number, c.size) for c in county.classes],
        ),
        "zones.csv": (
            ("zone_code", "name", "level", "places", "schools"),
            [
                (z.code, z.name, z.level, " ".join(z.places), " ".join(z.schools))
                for z in county.zones
            ],
        ),
        "addresses.csv": (
            ("zone_code", "street", "counted", "parity", "first", "last"),
            [
                (r.zone, r.street, r.counted, r.parity, r.first or "", r.last or "")
                for r in street_rows(county)
            ],
        ),
    }


def _schools(county: County) -> tuple[Row, list[Row]]:
    where = ("code", "name", "kind", "place_code", "lon", "lat")
    return (*where, "setting", "ownership", "entry_classes", "class_size"), [
        (
            *(s.code, s.name, s.kind, s.village, *_degrees(s.home)),
            *(s.setting, "private" if s.private else "public", s.entry_classes, s.class_size),
        )
        for s in county.schools
    ]


def _divisions(county: County) -> tuple[Row, list[Row]]:
    above = [
        (PROVINCE, county.province, "province", "", "", ""),
        (PREFECTURE, county.prefecture, "prefecture", PROVINCE, "", ""),
        (COUNTY, county.name, "county", PREFECTURE, *_degrees(county.seat)),
    ]
    townships = [(t.code, t.name, "township", COUNTY, *_degrees(t.seat)) for t in county.townships]
    villages = [
        (v.code, v.name, "village", v.township, *_degrees(v.centre)) for v in county.villages
    ]
    return ("code", "name", "level", "parent_code", "lon", "lat"), [*above, *townships, *villages]


def _outlines(county: County) -> bytes:
    places = [
        (COUNTY, county.name, county.outline),
        *((t.code, t.name, t.outline) for t in county.townships),
        *((v.code, v.name, v.outline) for v in county.villages),
    ]
    return _collection([({"code": c, "name": n}, polygon(ring)) for c, n, ring in places])


def _areas(county: County) -> bytes:
    """The area of every zone, as the registry's import takes it."""
    shapes = zone_shapes(county)
    return _collection([({"zone_code": c}, mapping(shapes[c])) for c in sorted(shapes)])


def _collection(rows: Iterable[tuple[object, object]]) -> bytes:
    features = [{"type": "Feature", "properties": p, "geometry": g} for p, g in rows]
    whole = {"type": "FeatureCollection", "features": features}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def polygon(ring: Ring) -> dict[str, object]:
    """An outline as a GeoJSON geometry."""
    return {"type": "Polygon", "coordinates": [[list(point) for point in ring]]}


def _round_tables(county: County) -> Tables:
    primary = [s for s in county.schools if s.kind != "lower_secondary"]
    townships = {t.code: t.name for t in county.townships}
    zones = [z for z in county.zones if z.level == "primary"]
    return {
        "schools": (
            (
                *("school_id", "name", "township", "lon", "lat"),
                *("classes", "class_size", "continuing", "reserved"),
            ),
            [
                (
                    *(s.code, s.name, townships[s.township], *_degrees(s.home)),
                    *(s.entry_classes, s.class_size, s.continuing, s.reserved),
                )
                for s in primary
            ],
        ),
        "zones": (
            ("zone_id", "rank", "school_id", "name"),
            [
                (z.code, rank, school, z.name)
                for z in sorted(zones, key=lambda zone: zone.code)
                for rank, school in enumerate(z.schools, start=1)
            ],
        ),
        "applicants": (
            ("applicant_id", "zone_id", "lon", "lat", "tier", "sibling_school_id", "group_id"),
            [
                (e.code, e.zone, *_degrees(e.home), e.tier, e.sibling_school, e.group)
                for e in county.entrants
            ],
        ),
        "choices": (
            ("applicant_id", "rank", "school_id"),
            [
                (e.code, rank, school)
                for e in county.entrants
                for rank, school in enumerate(e.choices, start=1)
            ],
        ),
    }


def _rules(county: County) -> dict[str, dict[str, object]]:
    by_lottery = [school.code for school in county.schools if school.private]
    return {
        "round": {
            "version": 3,
            "ref": f"{county.year}-g1",
            "year": county.year,
            "level": "primary",
            "class_cap": CLASS_CAP,
            "priority": list(PRIORITY),
            "choices_only": False,
            "bbox": list(county.bbox),
        },
        "lottery": {
            "method": "hmac-sha256",
            "seed": f"rehearsal:{county.seed}",
            "by_lottery": by_lottery,
        },
        "diversion": {"mode": "zone", "max_distance_m": MAX_DISTANCE_M},
    }


def _toml(county: County) -> bytes:
    """The rules as TOML; text, whole numbers, truth and lists look the same in JSON."""
    parts = []
    for section, keys in _rules(county).items():
        lines = [f"{key} = {json.dumps(v, ensure_ascii=False)}" for key, v in keys.items()]
        parts.append("\n".join([f"[{section}]", *lines]))
    return ("\n".join(parts) + "\n").encode()


def _in_a_cell(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _degrees(point: Point) -> tuple[str, str]:
    return f"{point.lon:.6f}", f"{point.lat:.6f}"


def _csv(header: Row, rows: Iterable[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def _xlsx(sheets: Mapping[str, tuple[Row, list[Row]]]) -> bytes:
    """A workbook of text cells that bears no time of its own."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
    for name, (header, rows) in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for line, row in enumerate([header, *rows]):
            for column, value in enumerate(row):
                sheet.write_string(line, column, str(value))
    book.close()
    return data.getvalue()

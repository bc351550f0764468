"""Areas of zones from a GeoJSON file: one feature a zone, its code among the properties."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, gettext_lazy
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from junheng.commons.sheets import Column, Table
from junheng.commons.tabular import Cell, too_big
from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _
from junheng.registry.engine.areas import area_of, clashes, corners
from junheng.registry.models import Zone, ZoneArea
from junheng.registry.services.importing.rows import Batch, ChangedSince, Done, Outcome

COLUMNS = (
    Column(
        "zone_code",
        gettext_lazy("Zone code"),
        required=True,
        kind="identifier",
        unique=True,
        note=gettext_lazy("A property of the feature."),
        example="990100001001",
    ),
    Column(
        "valid_from",
        gettext_lazy("Valid from"),
        kind="date",
        note=gettext_lazy("A property of the feature. Blank: the day of the import."),
        example="2026-09-01",
    ),
    Column(
        "area",
        gettext_lazy("Area"),
        required=True,
        note=gettext_lazy(
            "The geometry: Polygon or MultiPolygon, in degrees (WGS 84 or CGCS2000)."
        ),
    ),
)
_WRONG = {
    "no_area": _("This is no area."),
    "not_valid": _("The border of this area crosses itself."),
    "not_on_earth": _("The corners of this area do not lie on the earth."),
    "too_many_corners": _("This area has too many corners."),
}


@dataclass(frozen=True, slots=True)
class Shapes(Table):
    """Features as rows; their shapes beside them, None where one is faulty."""

    shapes: tuple[BaseGeometry | None, ...] = ()


def read(data: bytes, name: str) -> Shapes:
    """The features of a file as rows.

    Raises:
        Refused: If it is no collection of features, or one of them is no area.
    """
    features = _features(data, name)
    drawn = [area_of(_part(feature, "geometry")) for feature in features]
    wrong = [
        fault(name, row, "area", _WRONG[said], _("Draw it again and export it anew."))
        for row, said in enumerate(drawn, start=1)
        if isinstance(said, str)
    ]
    if wrong:
        raise Refused(wrong)
    shapes = tuple(said for said in drawn if not isinstance(said, str))
    told = [_part(feature, "properties") or {} for feature in features]
    columns: dict[str, Sequence[Cell]] = {
        "zone_code": [_text(properties.get("zone_code")) for properties in told],
        "valid_from": [_text(properties.get("valid_from")) for properties in told],
        "area": [gettext("%d corners") % corners(one) for one in shapes],
    }
    return Shapes(name, columns, range(1, len(features) + 1), (), {}, shapes)


def _features(data: bytes, name: str) -> list[Any]:
    if oversize := too_big(name, len(data)):
        raise Refused([oversize])
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        whole = None
    features = whole.get("features") if isinstance(whole, Mapping) else None
    if not isinstance(features, list) or not features:
        message = _("This is no GeoJSON file with a collection of features.")
        fix = _("Export the layer with the zones as GeoJSON.")
        raise Refused([fault(name, None, "", message, fix)])
    return features


def _part(feature: object, key: str) -> Any:
    part = feature.get(key) if isinstance(feature, Mapping) else None
    return part if isinstance(part, Mapping) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def judge(batch: Batch, shapes: tuple[BaseGeometry | None, ...]) -> list[Fault]:
    """What is wrong with the areas together, and beside those that are known."""
    levels = _levels(batch)
    faults = [
        batch.fault(
            row,
            "zone_code",
            _("There is no zone %(code)s in your area."),
            _("Correct the code, or import the zone first."),
            code=values["zone_code"],
        )
        for row, values in batch
        if values["zone_code"] not in levels
    ]
    return faults or [*_too_early(batch), *_overlaps(batch, shapes, levels)]


def _levels(batch: Batch) -> dict[str, str]:
    zones = Zone.objects.filter(valid_to=None, code__in=batch.said("zone_code"))
    return dict(zones.filter(places__path__startswith=batch.path).values_list("code", "level"))


def _too_early(batch: Batch) -> Iterable[Fault]:
    known = ZoneArea.objects.filter(valid_to=None, zone_code__in=batch.said("zone_code"))
    begun = dict(known.values_list("zone_code", "valid_from"))
    for row, values in batch:
        since = begun.get(values["zone_code"])
        if since is not None and since >= _since(batch, values):
            yield batch.fault(
                row,
                "valid_from",
                _("The area as it is holds from %(since)s; a change begins later."),
                since=since.isoformat(),
            )


def _since(batch: Batch, values: Mapping[str, Any]) -> date:
    day: date = values["valid_from"] or batch.today
    return day


def _overlaps(
    batch: Batch, shapes: tuple[BaseGeometry | None, ...], levels: Mapping[str, str]
) -> Iterable[Fault]:
    rows = {values["zone_code"]: row for row, values in batch}
    drawn = dict(zip(rows, shapes, strict=True))
    others = ZoneArea.objects.filter(valid_to=None, path=batch.path).exclude(zone_code__in=rows)
    stored = [(area.zone_code, area.level, shape(area.geometry)) for area in others]
    for level in dict.fromkeys(levels.values()):
        own = [(c, s) for c, s in drawn.items() if levels[c] == level and s is not None]
        known = [(code, area) for code, its_level, area in stored if its_level == level]
        for one, other in clashes([*own, *known]):
            if one in rows:
                yield batch.fault(
                    rows[one],
                    "area",
                    _("This area lies partly in that of the zone %(zone)s."),
                    _("A spot belongs to one zone of a level; draw the border between them."),
                    zone=other,
                )


def apply(batch: Batch, shapes: tuple[BaseGeometry | None, ...]) -> Outcome:
    """End the areas as they were, begin the new ones."""
    levels = _levels(batch)
    done: list[Done] = []
    with transaction.atomic():
        for (_row, values), drawn in zip(batch, shapes, strict=True):
            code, since = values["zone_code"], _since(batch, values)
            before = ZoneArea.objects.filter(zone_code=code, valid_to=None)
            ended = list(before.values_list("pk", flat=True))
            before.update(valid_to=since)
            assert drawn is not None  # noqa: S101 -- a faulty one was refused
            made = area_row(code, levels[code], batch.path, drawn, since)
            made.save()
            done.append({"zone": code, "made": made.pk, "ended": ended})
    changed = sum(bool(entry["ended"]) for entry in done)
    return Outcome(len(done) - changed, changed, 0, tuple(done))


def area_row(code: str, level: str, path: str, drawn: BaseGeometry, since: date) -> ZoneArea:
    """An area to be saved, with its box."""
    west, south, east, north = drawn.bounds
    return ZoneArea(
        zone_code=code,
        level=level,
        path=path,
        geometry=mapping(drawn),
        west=west,
        south=south,
        east=east,
        north=north,
        valid_from=since,
    )


def undo(done: Iterable[Done]) -> None:
    """Remove the new areas and let the old ones go on.

    Raises:
        ChangedSince: If one of them was drawn anew since; then nothing is undone.
    """
    try:
        with transaction.atomic():
            for entry in done:
                gone, _rows = ZoneArea.objects.filter(pk=entry["made"], valid_to=None).delete()
                if not gone:
                    raise _changed(entry["zone"])
                ZoneArea.objects.filter(pk__in=entry["ended"]).update(valid_to=None)
    except IntegrityError:
        raise _changed("") from None


def _changed(zone: str) -> ChangedSince:
    words = gettext("The area of the zone %(code)s was changed since; take that back first.")
    return ChangedSince(words % {"code": zone})

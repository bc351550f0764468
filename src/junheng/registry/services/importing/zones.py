"""Zones: which villages and blocks belong to which schools from a day on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext, gettext_lazy

from junheng.commons.sheet_columns import Choices
from junheng.commons.sheets import Column, Wrong
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.places.facade import Organisation, Place
from junheng.registry.models import LEVELS, Ownership, School, Zone, ZonePlace, ZoneSchool
from junheng.registry.models.zones import ZONE_CODE
from junheng.registry.services.importing.rows import (
    Batch,
    ChangedSince,
    Done,
    Outcome,
    Values,
)

SEPARATORS = re.compile(r"[\s,;\u3001\uff0c\uff1b]+")
"""Blanks, commas and semicolons, also the Chinese ones."""


def _code(text: str) -> Wrong | None:
    if re.fullmatch(ZONE_CODE, text):
        return None
    return Wrong(
        _("“%(value)s” is no code of a zone."),
        _("Write letters and digits without blanks, at most 64."),
        {"value": text},
    )


COLUMNS = (
    Column(
        "zone_code",
        gettext_lazy("Zone code"),
        required=True,
        kind="identifier",
        check=_code,
        note=gettext_lazy("For a zone of one village, the village's code will do."),
        example="990100001001",
    ),
    Column("name", gettext_lazy("Name"), required=True),
    Column(
        "level", gettext_lazy("Level"), required=True, kind="choice", choices=Choices(dict(LEVELS))
    ),
    Column(
        "places",
        gettext_lazy("Codes of villages and blocks"),
        kind="identifier",
        note=gettext_lazy(
            "Several with blanks between them. Places and schools blank: the zone ends."
        ),
        example="990100001001 990100001002",
    ),
    Column(
        "schools",
        gettext_lazy("School codes"),
        kind="identifier",
        note=gettext_lazy("Several with blanks between them, the first one first."),
        example="2199000001 2199000002",
    ),
    Column(
        "valid_from",
        gettext_lazy("Valid from"),
        kind="date",
        note=gettext_lazy("Blank: the day of the import."),
        example="2026-09-01",
    ),
)


def judge(batch: Batch) -> list[Fault]:
    """What is wrong with the rows, beside what the columns tell by themselves."""
    known = _Known(batch)
    faults: list[Fault] = []
    codes: dict[str, int] = {}
    taken: dict[tuple[str, str], int] = {}
    for row, values in batch:
        found = [
            _repeated_code(batch, row, values, codes),
            *_list_faults(batch, row, values, known),
            _date_fault(batch, row, values, known),
            *_place_faults(batch, row, values, known, taken),
        ]
        faults += [wrong for wrong in found if wrong]
    return faults


def _repeated_code(batch: Batch, row: int, values: Values, codes: dict[str, int]) -> Fault | None:
    if (earlier := codes.setdefault(values["zone_code"], row)) == row:
        return None
    return batch.fault(
        row,
        "zone_code",
        _("This zone stands in row %(earlier)s already."),
        _("A zone has one row; write all its places into one cell."),
        earlier=earlier,
    )


def _list_faults(batch: Batch, row: int, values: Values, known: _Known) -> list[Fault]:
    """Codes that are not known, or stand twice, or half a zone."""
    places, schools = split(values["places"]), split(values["schools"])
    if bool(places) != bool(schools):
        empty = "places" if schools else "schools"
        return [
            batch.fault(
                row,
                empty,
                _("A zone needs both places and schools."),
                _("Leave both blank to end the zone."),
            )
        ]
    if not places and values["zone_code"] not in known.zones:
        return [batch.fault(row, "zone_code", _("There is no such zone that could end."))]
    faults = []
    for column, codes in (("places", places), ("schools", schools)):
        twice = sorted({code for code in codes if codes.count(code) > 1})
        unknown = sorted(set(codes) - known.codes(column, values["level"]))
        if twice:
            faults.append(
                batch.fault(row, column, _("%(codes)s stands here twice."), codes=", ".join(twice))
            )
        if unknown:
            faults.append(_unknown(batch, row, column, unknown))
    private = [code for code in dict.fromkeys(schools) if (code, values["level"]) in known.private]
    if private:
        faults.append(_private(batch, row, private))
    return faults


def _private(batch: Batch, row: int, codes: list[str]) -> Fault:
    return batch.fault(
        row,
        "schools",
        _("%(codes)s is a private school: families name it and lots decide, so it has no zone."),
        _("Take it out of the zone."),
        codes=", ".join(codes),
    )


def _unknown(batch: Batch, row: int, column: str, codes: list[str]) -> Fault:
    if column == "places":
        return batch.fault(
            row,
            column,
            _("There is no place %(codes)s in your area."),
            _("Correct the code, or load the places first."),
            codes=", ".join(codes),
        )
    return batch.fault(
        row,
        column,
        _("There is no school %(codes)s of this level in your area."),
        _("Correct the code, or import the school first."),
        codes=", ".join(codes),
    )


def _date_fault(batch: Batch, row: int, values: Values, known: _Known) -> Fault | None:
    zone = known.zones.get(values["zone_code"])
    since = valid_from(batch, values)
    if zone is None:
        return _too_early(batch, row, values, known)
    if zone.level != values["level"]:
        return batch.fault(
            row,
            "level",
            _("The zone %(code)s is of another level."),
            _("Take another code."),
            code=zone.code,
        )
    if zone.valid_from is None or zone.valid_from < since or _says(zone) == _wanted(values):
        return None
    return batch.fault(
        row,
        "valid_from",
        _("The zone as it is holds from %(since)s; a change begins later."),
        since=zone.valid_from.isoformat(),
    )


def _too_early(batch: Batch, row: int, values: Values, known: _Known) -> Fault | None:
    """A zone that ended begins anew no earlier than the day it ended: one version a day."""
    ended = known.ended.get(values["zone_code"])
    if ended is None or ended <= valid_from(batch, values):
        return None
    return batch.fault(
        row,
        "valid_from",
        _("An earlier version of the zone %(code)s holds until before %(ended)s."),
        _("Write that day or a later one, or take another code."),
        code=values["zone_code"],
        ended=ended.isoformat(),
    )


def _place_faults(
    batch: Batch,
    row: int,
    values: Values,
    known: _Known,
    taken: dict[tuple[str, str], int],
) -> list[Fault]:
    """Places that another zone has: one of this file, or one that the file does not mention."""
    faults = []
    for code in dict.fromkeys(split(values["places"])):
        earlier = taken.setdefault((values["level"], code), row)
        holder = known.holders.get((values["level"], code))
        if earlier != row:
            faults.append(
                batch.fault(
                    row,
                    "places",
                    _("The place %(place)s stands in row %(earlier)s already."),
                    _("A place belongs to one zone of a level."),
                    place=code,
                    earlier=earlier,
                )
            )
        elif holder is not None and holder not in known.mentioned:
            faults.append(
                batch.fault(
                    row,
                    "places",
                    _("%(place)s belongs to the zone %(zone)s, which is not in the file."),
                    _("Add a row for that zone without this place, or end it."),
                    place=code,
                    zone=holder,
                )
            )
    return faults


def apply(batch: Batch) -> Outcome:
    """Take the rows over: end what changes, then begin the new versions."""
    with transaction.atomic():
        known = _Known(batch, lock=True)
        differing = [
            (values, zone)
            for _row, values in batch
            if (zone := known.zones.get(values["zone_code"])) is None
            or _says(zone) != _wanted(values)
        ]
        for values, zone in differing:
            if zone is not None:
                zone.valid_to = valid_from(batch, values)
                zone.save(update_fields=["valid_to"])
        done = [_begin(batch, values, zone, known) for values, zone in differing]
    added = sum(zone is None for _values, zone in differing)
    changed = len(differing) - added
    return Outcome(added, changed, len(batch.rows) - added - changed, tuple(done))


def _begin(batch: Batch, values: Values, ended: Zone | None, known: _Known) -> Done:
    """The new version of a zone, unless it only ends."""
    entry: Done = {"code": values["zone_code"], "ended": ended.pk if ended else None, "made": None}
    places, schools = split(values["places"]), split(values["schools"])
    if not places:
        return entry
    made = Zone(
        code=values["zone_code"],
        name=values["name"],
        level=values["level"],
        valid_from=valid_from(batch, values),
    )
    made.save()
    ZonePlace.objects.bulk_create(ZonePlace(zone=made, place=known.places[code]) for code in places)
    ZoneSchool.objects.bulk_create(
        ZoneSchool(zone=made, rank=rank, organisation=known.schools[code])
        for rank, code in enumerate(schools, start=1)
    )
    return entry | {"made": made.pk}


def undo(done: Iterable[Done]) -> None:
    """Remove the new versions and let the old ones go on.

    Raises:
        ChangedSince: If one of them has ended or changed since; then nothing is undone.
    """
    entries = list(done)
    with transaction.atomic():
        open_now = set(Zone.objects.filter(valid_to=None).values_list("pk", flat=True))
        for entry in entries:
            later = Zone.objects.filter(code=entry["code"], valid_to=None)
            unmade = entry["made"] is not None and entry["made"] not in open_now
            if unmade or later.exclude(pk=entry["made"]).exists():
                raise _changed(entry["code"])
        Zone.objects.filter(pk__in=[e["made"] for e in entries if e["made"]]).delete()
        for zone in Zone.objects.filter(pk__in=[e["ended"] for e in entries if e["ended"]]):
            if Zone.objects.filter(code=zone.code, valid_from__gte=zone.valid_to).exists():
                raise _changed(zone.code)
            zone.valid_to = None
            zone.save(update_fields=["valid_to"])


def _changed(code: str) -> ChangedSince:
    return ChangedSince(
        gettext("The zone %(code)s was changed since; take that back first.") % {"code": code}
    )


def split(text: str | None) -> list[str]:
    """Codes in a cell, in order."""
    return [code for code in SEPARATORS.split(text or "") if code]


def valid_from(batch: Batch, values: Values) -> date:
    """From which day a row holds, today where it names none."""
    day: date = values["valid_from"] or batch.today
    return day


def _wanted(values: Values) -> tuple[str, frozenset[str], tuple[str, ...]]:
    places, schools = split(values["places"]), split(values["schools"])
    return values["name"], frozenset(places), tuple(schools)


def _says(zone: Zone) -> tuple[str, frozenset[str], tuple[str, ...]]:
    places = frozenset(part.place.code for part in zone.parts.all())
    return zone.name, places, tuple(ranked.organisation.code for ranked in zone.ranked.all())


class _Known:
    """What the register knows about the zones, places and schools of a batch."""

    def __init__(self, batch: Batch, *, lock: bool = False) -> None:
        self.mentioned = batch.said("zone_code")
        zones = Zone.objects.filter(code__in=self.mentioned, valid_to=None)
        zones = zones.select_for_update() if lock else zones
        parts = zones.prefetch_related("parts__place", "ranked__organisation")
        self.zones: dict[str, Zone] = {zone.code: zone for zone in parts}
        past = Zone.objects.filter(code__in=self.mentioned).exclude(valid_to=None).order_by()
        self.ended = dict(past.values_list("code").annotate(Max("valid_to")))
        codes = {code for text in batch.said("places") for code in split(text)}
        inside = Place.objects.filter(code__in=codes, path__startswith=batch.path)
        self.places: dict[str, Place] = {place.code: place for place in inside.defer("outline")}
        self.schools, self._levels, self.private = _schools_in(batch)
        self.holders = _holders(codes)

    def codes(self, column: str, level: str) -> set[str]:
        """The codes that a cell of this column may hold."""
        if column == "places":
            return set(self.places)
        return {code for code, levels in self._levels.items() if level in levels}


def _schools_in(
    batch: Batch,
) -> tuple[dict[str, Organisation], Mapping[str, set[str]], set[tuple[str, str]]]:
    """Schools by code, the levels each teaches, and at which of them it is private."""
    wanted = {code for text in batch.said("schools") for code in split(text)}
    rows: Any = School.objects.filter(
        organisation__code__in=wanted, organisation__path__startswith=batch.path
    ).filter(Q(valid_to=None) | Q(valid_to__gt=batch.today))
    schools: dict[str, Organisation] = {}
    levels: dict[str, set[str]] = {}
    private: set[tuple[str, str]] = set()
    for fact in rows.select_related("organisation"):
        schools[fact.organisation.code] = fact.organisation
        levels.setdefault(fact.organisation.code, set()).add(fact.level.value)
        if fact.ownership == Ownership.PRIVATE:
            private.add((fact.organisation.code, fact.level.value))
    return schools, levels, private


def _holders(codes: set[str]) -> dict[tuple[str, str], str]:
    """The open zone of each level that holds a place, by level and place."""
    parts = ZonePlace.objects.filter(place__code__in=codes, zone__valid_to=None)
    rows = parts.values_list("zone__level", "place__code", "zone__code")
    return {(level, place): zone for level, place, zone in rows}

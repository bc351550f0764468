"""Puts the invented county into the database: all of it or nothing, and only once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from django.db import transaction

from junheng.kernel.levels import Level
from junheng.places.facade import Organisation, OrganisationKind, Place, load_divisions, path_of
from junheng.registry.demo.county import build
from junheng.registry.demo.entrants import former_entrants
from junheng.registry.demo.files import divisions_csv, polygon
from junheng.registry.demo.load_staff import load_staff
from junheng.registry.demo.names import all_names
from junheng.registry.demo.people import employ
from junheng.registry.demo.register.whole import classes_of_years
from junheng.registry.demo.streets import street_rows, zone_shapes
from junheng.registry.demo.values import COUNTY, County, Point, Ring
from junheng.registry.demo.values import School as DemoSchool
from junheng.registry.demo.values import SchoolClass as DemoClass
from junheng.registry.engine.addresses import LARGEST
from junheng.registry.engine.cap import CLASS_CAP
from junheng.registry.models import (
    AddressRange,
    Entrants,
    OpeningCount,
    Ownership,
    School,
    SchoolClass,
    Zone,
    ZoneArea,
    ZonePlace,
    ZoneSchool,
)
from junheng.registry.services.importing.areas import area_row

CHINA = ZoneInfo("Asia/Shanghai")
HIGHEST = {"primary": 6, "teaching_point": 3, "lower_secondary": 9}


@dataclass(frozen=True, slots=True)
class LoadedCounty:
    """What there is now.

    Attributes:
        fresh: Whether it was loaded just now, not found as it was.
    """

    schools: int
    classes: int
    zones: int
    fresh: bool


def load_county(seed: str, *, history: bool = False) -> LoadedCounty:
    """Load the demo county with its schools, classes, zones and accounts.

    A county that is there already stays as it is; only its accounts are seen to.

    Args:
        seed: The county's seed; another seed needs an empty installation.
        history: Whether its classes come with six school years, as the register needs them.

    Raises:
        NotADemonstration: If this installation is not a demonstration.
    """
    with transaction.atomic():
        bureau = Organisation.objects.filter(code=_bureau_code()).first()
        if bureau is None:
            bureau = _fill(build(seed), history=history)
            fresh = True
        else:
            fresh = False
        employ(bureau, *_homes(bureau))
    return LoadedCounty(
        schools=School.objects.filter(organisation__path__startswith=bureau.reach).count(),
        classes=SchoolClass.objects.filter(organisation__path__startswith=bureau.reach).count(),
        zones=Zone.objects.filter(code__startswith=COUNTY).count(),
        fresh=fresh,
    )


def _bureau_code() -> str:
    return f"{COUNTY}-bureau"


def _homes(bureau: Organisation) -> tuple[Organisation, Organisation, Organisation]:
    """A street's education office, the most sought school there, and a committee of that street."""
    inside = Organisation.objects.filter(path__startswith=bureau.reach).order_by("code")
    school = inside.filter(kind=OrganisationKind.PRIMARY).select_related("place__parent")[0]
    township = school.place.parent
    office = inside.get(kind=OrganisationKind.TOWNSHIP_OFFICE, place=township)
    committees = inside.filter(kind=OrganisationKind.VILLAGE_COMMITTEE)
    committee = committees.filter(place__parent=township).last() or committees.last()
    if committee is None:
        raise Organisation.DoesNotExist("the county has no village")
    return office, school, committee


def _fill(county: County, *, history: bool) -> Organisation:
    places = _places(county)
    bureau = _bodies(county, places)
    organisations = _schools(county, places)
    classes = classes_of_years(county) if history else county.classes
    _classes(county, classes, places[COUNTY], organisations)
    _zones(county, places, organisations)
    _addresses(county, places[COUNTY])
    _entrants(county, organisations)
    load_staff(county, organisations)
    return bureau


def _places(county: County) -> dict[str, Place]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "divisions.csv"
        file.write_bytes(divisions_csv(county))
        load_divisions(file)
    drawn: dict[str, tuple[Point, Ring]] = {COUNTY: (county.seat, county.outline)}
    drawn |= {t.code: (t.seat, t.outline) for t in county.townships}
    drawn |= {v.code: (v.centre, v.outline) for v in county.villages}
    places = {place.code: place for place in Place.objects.filter(code__in=drawn)}
    for code, place in places.items():
        centre, ring = drawn[code]
        place.lon, place.lat = centre
        place.outline = polygon(ring)
    Place.objects.bulk_update(places.values(), ["lon", "lat", "outline"], batch_size=500)
    return places


def _bodies(county: County, places: Mapping[str, Place]) -> Organisation:
    """The bureau, an education office in every township, a committee in every village."""
    bureau = _organisation(_bureau_code(), county.bureau, OrganisationKind.BUREAU, places[COUNTY])
    offices = [
        _organisation(
            f"{t.code}-office",
            all_names().township_office.format(township=t.name),
            OrganisationKind.TOWNSHIP_OFFICE,
            places[t.code],
        )
        for t in county.townships
    ]
    committees = [
        _organisation(
            f"{v.code}-committee",
            all_names().village_committee.format(village=v.name),
            OrganisationKind.VILLAGE_COMMITTEE,
            places[v.code],
        )
        for v in county.villages
    ]
    Organisation.objects.bulk_create([bureau, *offices, *committees])
    return bureau


def _organisation(
    code: str, name: str, kind: OrganisationKind, place: Place, at: Point | None = None
) -> Organisation:
    """Not saved yet; the path is what `save()` would make it."""
    lon, lat = at or (None, None)
    return Organisation(
        code=code,
        name=name,
        kind=kind,
        place=place,
        path=path_of(place.path, f"@{code}"),
        lon=lon,
        lat=lat,
    )


def _schools(county: County, places: Mapping[str, Place]) -> dict[str, Organisation]:
    made = {
        s.code: _organisation(s.code, s.name, OrganisationKind(s.kind), places[s.village], s.home)
        for s in county.schools
    }
    seats = {
        s.township: s.code for s in county.schools if s.kind == "primary" and s.setting == "town"
    }
    Organisation.objects.bulk_create(made.values())
    points = [s for s in county.schools if s.kind == "teaching_point"]
    for point in points:
        made[point.code].parent = made[seats[point.township]]
    Organisation.objects.bulk_update([made[point.code] for point in points], ["parent"])
    School.objects.bulk_create(
        _facts(school, made[school.code], date(county.year - 6, 9, 1)) for school in county.schools
    )
    return made


def _facts(school: DemoSchool, organisation: Organisation, since: date) -> School:
    level = Level.LOWER_SECONDARY if school.kind == "lower_secondary" else Level.PRIMARY
    return School(
        organisation=organisation,
        setting=school.setting,
        ownership=Ownership.PRIVATE if school.private else Ownership.PUBLIC,
        lowest_grade=level.entry_grade.number,
        highest_grade=HIGHEST[school.kind],
        entry_classes=school.entry_classes,
        class_size=school.class_size,
        valid_from=since,
    )


def _entrants(county: County, schools: Mapping[str, Organisation]) -> None:
    """Entrants of lower secondary schools in former years: children come back to rural ones."""
    Entrants.objects.bulk_create(
        Entrants(
            organisation=schools[one.school], year=one.year, grade=one.grade, number=one.number
        )
        for one in former_entrants(county)
    )


def _classes(
    county: County,
    classes: Iterable[DemoClass],
    place: Place,
    schools: Mapping[str, Organisation],
) -> None:
    """The opening count of the county: it finds the large classes, and is closed the same day."""
    day = date(county.year, 3, 10)
    held = OpeningCount.objects.create(
        place=place, held_on=day, opened_at=datetime.combine(day, time(8), CHINA)
    )
    SchoolClass.objects.bulk_create(
        SchoolClass(
            organisation=schools[c.school],
            school_year=c.school_year,
            grade=c.grade,
            number=c.number,
            size=c.size,
            counted_on=day,
            inherited_on=day if c.size > CLASS_CAP else None,
            inherited_size=c.size if c.size > CLASS_CAP else None,
        )
        for c in classes
    )
    held.closed_at = datetime.combine(day, time(18), CHINA)
    held.save()


def _zones(
    county: County, places: Mapping[str, Place], schools: Mapping[str, Organisation]
) -> None:
    since = date(county.year, 3, 1)
    zones = [Zone(code=z.code, name=z.name, level=z.level, valid_from=since) for z in county.zones]
    Zone.objects.bulk_create(zones)
    pairs = list(zip(zones, county.zones, strict=True))
    ZonePlace.objects.bulk_create(
        ZonePlace(zone=zone, place=places[code]) for zone, row in pairs for code in row.places
    )
    ZoneSchool.objects.bulk_create(
        ZoneSchool(zone=zone, rank=rank, organisation=schools[code])
        for zone, row in pairs
        for rank, code in enumerate(row.schools, start=1)
    )


def _addresses(county: County, place: Place) -> None:
    """House numbers of the town's streets, and the area of every zone."""
    since = date(county.year, 3, 1)
    AddressRange.objects.bulk_create(
        AddressRange(
            zone_code=row.zone,
            level=row.level,
            place=place,
            street=row.street,
            counted=row.counted,
            parity=row.parity,
            first=row.first or 1,
            last=row.last or LARGEST,
            valid_from=since,
        )
        for row in street_rows(county)
    )
    levels, shapes = {zone.code: zone.level for zone in county.zones}, zone_shapes(county)
    ZoneArea.objects.bulk_create(
        area_row(code, levels[code], place.path, drawn, since) for code, drawn in shapes.items()
    )

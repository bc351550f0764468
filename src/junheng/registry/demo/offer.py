"""The schools of the demo county by name and plan, and the zones they are for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from junheng.registry.demo.chance import stream
from junheng.registry.demo.land import STREETS, Land
from junheng.registry.demo.names import Names
from junheng.registry.demo.plane import Bend, as_points
from junheng.registry.demo.sites import Catchment, Site
from junheng.registry.demo.teaching import STANDARD, class_size_of, planned_classes, taken_seats
from junheng.registry.demo.values import COUNTY, Point, School, Township, Village, Zone

TOWN_LOWER_SECONDARY = 6
CLASSES_LOWER_SECONDARY = {"urban": (8, 13), "town": (3, 5)}


@dataclass(frozen=True, slots=True)
class Draft:
    """The county while it is put together: on the plane, and by name."""

    seed: str
    names: Names
    land: Land
    bend: Bend
    sites: list[Site]
    catchments: list[Catchment]
    townships: tuple[Township, ...]
    villages: tuple[Village, ...]

    def on_map(self, x: float, y: float) -> Point:
        """Where a point of the plane (km) lies on the map."""
        return as_points(self.bend(np.array([[x, y]])))[0]


def primary_schools(draft: Draft) -> list[School]:
    """Schools in the order of the sites."""
    chance = stream(draft.seed, "plans")
    rows = []
    for index, site in enumerate(draft.sites):
        continuing, reserved = taken_seats(chance, site)
        rows.append(
            School(
                code=f"2199{index + 1:06d}",
                name=_school_name(draft, index, site),
                kind="teaching_point" if site.rank == "point" else "primary",
                setting=_setting(site),
                township=draft.townships[site.township].code,
                village=draft.villages[site.village].code,
                home=draft.on_map(site.x, site.y),
                entry_classes=planned_classes(chance, site),
                class_size=class_size_of(site),
                continuing=continuing,
                reserved=reserved,
            )
        )
    return rows


def _setting(site: Site) -> str:
    if site.in_town:
        return "urban"
    return "town" if site.rank == "seat" else "village"


def _school_name(draft: Draft, index: int, site: Site) -> str:
    if site.in_town:
        return draft.names.town_schools[index]
    forms = {"seat": "central_school", "village": "village_school", "point": "teaching_point"}
    township, village = draft.townships[site.township], draft.villages[site.village]
    return draft.names.formed(forms[site.rank], township=township.name, root=village.root)


def lower_secondary_schools(draft: Draft) -> list[School]:
    """Six in the county seat and one at the seat of every country township."""
    chance = stream(draft.seed, "lower secondary")
    blocks = sorted(i for i, village in enumerate(draft.villages) if village.urban)
    homes = chance.sample(blocks, TOWN_LOWER_SECONDARY) + draft.land.seats[STREETS:]
    rows = []
    for index, village in enumerate(homes):
        township = draft.townships[draft.land.township[village]]
        setting = "urban" if township.urban else "town"
        x, y = draft.land.villages[village].tolist()
        rows.append(
            School(
                code=f"3199{index + 1:06d}",
                name=draft.names.lower_secondary[index]
                if township.urban
                else draft.names.formed("lower_secondary", township=township.name),
                kind="lower_secondary",
                setting=setting,
                township=township.code,
                village=draft.villages[village].code,
                home=draft.on_map(x - 0.15, y + 0.12),
                entry_classes=chance.randint(*CLASSES_LOWER_SECONDARY[setting]),
                class_size=STANDARD["lower_secondary"],
                continuing=0,
                reserved=0,
            )
        )
    return rows


def primary_zones(draft: Draft, primary: list[School]) -> list[Zone]:
    """A zone per village, and the shared ones, in the order of the catchments."""
    rows = []
    for number, catchment in enumerate(draft.catchments, start=1):
        places = tuple(draft.villages[i].code for i in catchment.villages)
        schools = tuple(primary[i] for i in catchment.sites)
        code = f"{COUNTY}D{number:02d}" if catchment.shared else places[0]
        name = (
            draft.names.formed("shared_zone", school=schools[0].name, count=len(schools))
            if catchment.shared
            else draft.villages[catchment.villages[0]].name
        )
        rows.append(Zone(code, name, "primary", places, tuple(school.code for school in schools)))
    return rows


def lower_secondary_zones(draft: Draft, schools: list[School]) -> list[Zone]:
    """A township's villages belong to its school, a street's blocks to the nearest ones."""
    rows = []
    for index, township in enumerate(draft.townships):
        places = tuple(draft.villages[i].code for i in draft.land.of(index))
        own = [school for school in schools if school.township == township.code]
        if township.urban:
            town = [school for school in schools if school.setting == "urban"]
            own = sorted(town, key=lambda s: (_apart(s.home, township.seat), s.code))[:2]
        codes = tuple(school.code for school in own)
        rows.append(Zone(f"{township.code}L", township.name, "lower_secondary", places, codes))
    return rows


def _apart(one: Point, other: Point) -> float:
    """Which of two points is nearer; squared degrees are enough for that."""
    return (one.lon - other.lon) ** 2 + (one.lat - other.lat) ** 2

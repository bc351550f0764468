"""The invented county is whole, skewed as a real one is, and the same for the same seed."""

from __future__ import annotations

import csv
import io
import tomllib
from collections import Counter
from collections.abc import Iterable
from math import cos, hypot, radians
from pathlib import Path

import pytest
import shapely

from junheng.registry.demo.county import ENTRANTS, build
from junheng.registry.demo.files import CLASS_CAP, MAX_DISTANCE_M, county_files
from junheng.registry.demo.more_schools import more_schools
from junheng.registry.demo.names import all_names
from junheng.registry.demo.staff import staff_of
from junheng.registry.demo.values import County, Point, Ring, School

SEED = "2026"
DIVISIONS = Path(__file__).parents[5] / "shared/data/cn/liaocheng_divisions.csv"


@pytest.fixture(scope="module")
def county() -> County:
    return build(SEED)


@pytest.fixture(scope="module")
def files(county: County) -> dict[str, bytes]:
    return county_files(county)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def area(ring: Ring) -> shapely.Polygon:
    return shapely.Polygon(ring)


def metres(one: Point, other: Point) -> float:
    return 111_195 * hypot((one.lon - other.lon) * cos(radians(one.lat)), one.lat - other.lat)


def first_choices(county: County) -> Counter[str]:
    first = {zone.code: zone.schools[0] for zone in county.zones}
    return Counter(e.choices[0] if e.choices else first[e.zone] for e in county.entrants)


def primary(county: County) -> Iterable[School]:
    return (s for s in county.schools if s.kind != "lower_secondary")


def test_the_same_seed_gives_the_same_bytes(files: dict[str, bytes]) -> None:
    assert county_files(build(SEED)) == files


def test_another_seed_gives_another_county(files: dict[str, bytes]) -> None:
    other = county_files(build("another"))
    assert other.keys() == files.keys()
    assert all(other[name] != files[name] for name in files)


def test_it_has_the_size_of_a_county(county: County) -> None:
    assert len(county.townships) == 16
    assert len(county.villages) == 400
    assert len([school for school in primary(county) if not school.private]) == 90
    assert len(county.entrants) == ENTRANTS
    assert county.name == "\u4e91\u69d0\u53bf"


def test_townships_tile_the_county_and_villages_tile_the_townships(county: County) -> None:
    whole = area(county.outline)
    for parts in (county.townships, county.villages):
        outlines = [area(part.outline) for part in parts]
        assert all(outline.is_valid for outline in outlines)
        assert sum(outline.area for outline in outlines) == pytest.approx(whole.area)
        assert shapely.unary_union(outlines).symmetric_difference(whole).area < 1e-9


def test_every_village_lies_in_its_own_outline_and_in_its_township(county: County) -> None:
    townships = {t.code: area(t.outline) for t in county.townships}
    for village in county.villages:
        assert area(village.outline).contains(shapely.Point(village.centre))
        assert townships[village.township].contains(shapely.Point(village.centre))


def test_children_live_in_their_village(county: County) -> None:
    outlines = {v.code: area(v.outline).buffer(0.001) for v in county.villages}
    assert all(outlines[e.village].contains(shapely.Point(e.home)) for e in county.entrants)


def test_every_village_belongs_to_one_zone_of_each_level(county: County) -> None:
    villages = sorted(v.code for v in county.villages)
    for level in ("primary", "lower_secondary"):
        zones = [zone for zone in county.zones if zone.level == level]
        assert sorted(place for zone in zones for place in zone.places) == villages


def test_three_zones_of_the_town_share_three_schools(county: County) -> None:
    shared = [z for z in county.zones if z.level == "primary" and len(z.schools) > 1]
    assert [len(zone.schools) for zone in shared] == [3, 3, 3]
    homes = Counter(e.zone for e in county.entrants if e.choices)
    assert all(homes[zone.code] > 100 for zone in shared)


def test_some_town_schools_are_asked_for_two_to_three_times_over(county: County) -> None:
    asked = first_choices(county)
    pressure = {s.code: asked[s.code] / s.seats for s in primary(county)}
    assert sum(2 <= ratio <= 3.6 for ratio in pressure.values()) >= 4
    country = [s for s in primary(county) if s.setting == "village"]
    assert all(pressure[s.code] < 1 for s in country)


def test_there_are_seats_for_all_within_reach(county: County) -> None:
    asked = first_choices(county)
    free = [s for s in primary(county) if s.seats > asked[s.code]]
    assert sum(s.seats for s in primary(county)) > ENTRANTS
    assert all(any(metres(e.home, s.home) < MAX_DISTANCE_M for s in free) for e in county.entrants)


def test_large_classes_are_in_town_and_above_the_reformed_grades(county: County) -> None:
    setting = {s.code: s.setting for s in county.schools}
    large = [c for c in county.classes if c.size > CLASS_CAP]
    assert 150 < len(large) < 0.25 * len(county.classes)
    assert max(c.size for c in county.classes) <= 70
    assert {setting[c.school] for c in large} == {"urban"}
    assert not any(c.grade in (1, 2, 7) for c in large)


def test_twins_share_everything_that_decides(county: County) -> None:
    groups: dict[str, list[tuple[object, ...]]] = {}
    for child in county.entrants:
        if child.group:
            facts = (child.zone, child.home, child.tier, child.sibling_school, child.choices)
            groups.setdefault(child.group, []).append(facts)
    assert sorted(Counter(map(len, groups.values())).items()) == [(2, 66), (3, 2)]
    assert all(len(set(members)) == 1 for members in groups.values())


def test_migrant_workers_children_and_siblings_are_there(county: County) -> None:
    tiers = Counter(e.tier for e in county.entrants)
    assert tiers[1] > tiers[2] > tiers[3] > 500
    assert 1_200 < sum(bool(e.sibling_school) for e in county.entrants) < 1_900
    assert all(e.choices for e in county.entrants if not e.zone)


def test_codes_of_children_are_random_and_once(county: County) -> None:
    codes = [e.code for e in county.entrants]
    assert len(set(codes)) == ENTRANTS
    assert all(len(code) == 16 and int(code, 16) >= 0 for code in codes)


def test_nothing_lies_outside_the_box(county: County) -> None:
    west, south, east, north = county.bbox
    for point in (*(e.home for e in county.entrants), *(s.home for s in county.schools)):
        assert west < point.lon < east
        assert south < point.lat < north


def test_no_name_is_a_real_place(county: County) -> None:
    """Against the real city at hand; the list was made against the whole country's."""
    if not DIVISIONS.exists():
        pytest.fail(f"this test needs {DIVISIONS}")
    with DIVISIONS.open(encoding="utf-8") as file:
        real = {row["name"] for row in csv.DictReader(file)}
    ours = {t.name for t in county.townships} | {v.name for v in county.villages}
    assert len(ours) == 416
    assert not ours & real
    assert not any(name.startswith(v.root) for v in county.villages for name in real)


def test_the_list_has_more_names_than_villages() -> None:
    roots = all_names().roots
    assert len(set(roots)) == len(roots) >= 400


def test_the_round_says_what_the_format_page_asks_for(files: dict[str, bytes]) -> None:
    rules = tomllib.loads(files["round/round.toml"].decode())
    assert rules["round"]["class_cap"] == CLASS_CAP
    assert rules["diversion"] == {"mode": "zone", "max_distance_m": MAX_DISTANCE_M}
    assert rules["lottery"]["seed"].startswith("rehearsal:")
    assert list(rows(files["round/applicants.csv"])[0]) == [
        *("applicant_id", "zone_id", "lon", "lat", "tier", "sibling_school_id", "group_id")
    ]
    schools = {row["school_id"] for row in rows(files["round/schools.csv"])}
    assert {row["school_id"] for row in rows(files["round/zones.csv"])} <= schools
    assert {row["school_id"] for row in rows(files["round/choices.csv"])} <= schools


def test_the_places_name_their_parents_first(files: dict[str, bytes]) -> None:
    seen = {""}
    for row in rows(files["divisions.csv"]):
        assert row["parent_code"] in seen
        seen.add(row["code"])
    assert len(seen) == 1 + 3 + 16 + 400


def test_2780_of_8600_were_recruited_in_four_years_and_every_school_has_teachers(
    county: County,
) -> None:
    """REG-7: 1,277 of them permanent and 1,503 on contract; the 130 schools of the register."""
    staff = list(staff_of(county))
    four = Counter(one.employment for one in staff if 2017 <= one.recruited_on.year <= 2020)
    assert (len(staff), four["permanent"], four["contract"]) == (8_600, 1_277, 1_503)
    taught = {one.posts[-1].school for one in staff if one.posts[-1].kind == "teacher"}
    further = {school.code for school, _plan in more_schools(county)}
    assert taught == {school.code for school in county.schools} | further

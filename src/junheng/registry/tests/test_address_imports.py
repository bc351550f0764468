"""Address ranges and areas from files: refused with reasons, taken over, undone."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import shapely
from pytest_django import Settings
from shapely.geometry import mapping

from junheng.accounts.tests import cast
from junheng.commons import import_reports, imports
from junheng.commons.imports import CannotUndo
from junheng.commons.models import ImportBatch
from junheng.places.models import Level, Place
from junheng.registry.models import AddressRange, ZoneArea
from junheng.registry.tests import builders
from junheng.registry.tests.builders import ROAD, address_range, zone_area
from junheng.registry.tests.test_imports import messages, outcome, send

pytestmark = pytest.mark.django_db
COLUMNS = "zone_code,place_code,street,counted,parity,first,last,valid_from"
LATER = "2027-09-01"


@pytest.fixture(autouse=True)
def zones(settings: Settings, tmp_path: object) -> None:
    """Two villages with a zone each."""
    settings.STORAGE_ROOT = tmp_path
    school = cast.school()
    cast.place("990100001002", "West Village", Level.VILLAGE, cast.TOWNSHIP)
    for code, village in (("zone-1", cast.VILLAGE), ("zone-2", "990100001002")):
        builders.zone([Place.objects.get(code=village)], [school], code=code)


def taken(*rows: str) -> ImportBatch:
    batch = send("addresses", COLUMNS, *rows)
    assert messages(batch) == []
    imports.write(batch)
    return batch


def now(day: date | None = None) -> list[tuple[str, str, int, int]]:
    rows = AddressRange.objects.current(day).order_by("first", "parity")
    return list(rows.values_list("zone_code", "parity", "first", "last"))


class TestRanges:
    def test_a_file_is_all_that_holds_for_its_zones(self) -> None:
        address_range(first=1, last=99, valid_from=date(2026, 3, 1))
        address_range("zone-2", first=500, last=600)
        batch = taken(
            f"zone-1,,{ROAD},,odd,1,99,{LATER}",
            f"zone-1,{cast.TOWNSHIP},{ROAD},Buildings,,,,{LATER}",
        )
        assert outcome(batch) == (2, 1, 0)
        assert now(date(2027, 8, 31)) == [("zone-1", "all", 1, 99), ("zone-2", "all", 500, 600)]
        assert now(date(2027, 9, 1)) == [
            ("zone-1", "all", 1, 99_999),
            ("zone-1", "odd", 1, 99),
            ("zone-2", "all", 500, 600),
        ]
        imports.undo(batch, cast.li())
        assert now(date(2027, 9, 1)) == [("zone-1", "all", 1, 99), ("zone-2", "all", 500, 600)]

    def test_what_is_known_stays_as_it_is(self) -> None:
        address_range(first=1, last=99, valid_from=date(2026, 3, 1))
        assert outcome(taken(f"zone-1,,{ROAD},,,1,99,2026-03-01")) == (0, 0, 1)

    def test_numbers_may_change_hands_within_a_file(self) -> None:
        address_range(first=1, last=99, valid_from=date(2026, 3, 1))
        taken(f"zone-1,,{ROAD},,,1,49,{LATER}", f"zone-2,,{ROAD},,,50,99,{LATER}")
        assert now(date(2027, 9, 1)) == [("zone-1", "all", 1, 49), ("zone-2", "all", 50, 99)]

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            (f"nowhere,,{ROAD},,,,,", "2 zone_code: There is no zone nowhere in your area."),
            (f"zone-1,999,{ROAD},,,,,", "2 place_code: There is no place 999 in your area."),
            (f"zone-1,,{ROAD},,,9,3,", "2 last: The last number is smaller than the first."),
            (f"zone-1,,{ROAD},,,0,3,", "2 first: 0 is no house number."),
            ("zone-1,,???,,,,,", "2 street: “???” is no name of a street or estate."),
            (
                f"zone-1,,{ROAD},,,550,551,",
                "2 street: The zone zone-2, which is not in the file, has some of these.",
            ),
        ],
    )
    def test_a_wrong_row_is_told_with_its_column(self, row: str, said: str) -> None:
        address_range("zone-2", first=500, last=600)
        assert messages(send("addresses", COLUMNS, row)) == [said]

    def test_two_rows_cannot_have_one_number(self) -> None:
        rows = (f"zone-1,,{ROAD},,,1,50,", f"zone-2,,{ROAD},,even,40,60,")
        said = "3 street: Row 2 has some of these numbers already."
        assert messages(send("addresses", COLUMNS, *rows)) == [said]

    def test_a_change_begins_after_what_it_changes(self) -> None:
        address_range(first=1, last=99, valid_from=date(2027, 9, 1))
        said = "2 valid_from: The ranges as they are hold from 2027-09-01; a change begins later."
        assert messages(send("addresses", COLUMNS, f"zone-1,,{ROAD},,,1,50,{LATER}")) == [said]

    def test_what_was_changed_since_is_not_undone(self) -> None:
        first = taken(f"zone-1,,{ROAD},,,1,50,2026-09-01")
        taken(f"zone-1,,{ROAD},,,1,60,{LATER}")
        with pytest.raises(CannotUndo, match="changed since"):
            imports.undo(first, cast.li())

    def test_nobody_reaches_into_the_next_county(self) -> None:
        batch = send("addresses", COLUMNS, f"zone-1,,{ROAD},,,,,", place=cast.NEXT_COUNTY)
        assert messages(batch) == ["2 zone_code: There is no zone zone-1 in your area."]


def features(*rows: tuple[str, Any]) -> bytes:
    told = [
        {"type": "Feature", "properties": {"zone_code": code}, "geometry": geometry}
        for code, geometry in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": told}).encode()


def box(west: float, east: float) -> Any:
    return mapping(shapely.box(west, 30.0, east, 30.01))


def drawn(data: bytes) -> ImportBatch:
    importer = imports.importer_of("registry.areas")
    assert importer is not None
    target = {"place": cast.COUNTY}
    return imports.receive(importer, data, name="zones.geojson", target=target, by=cast.li())


class TestAreas:
    def test_areas_that_touch_come_in_and_go_again(self) -> None:
        batch = drawn(features(("zone-1", box(120, 120.01)), ("zone-2", box(120.01, 120.02))))
        assert messages(batch) == []
        assert import_reports.report_of(batch).first_rows[0] == ("zone-1", "", "4 corners")
        imports.write(batch)
        assert outcome(batch) == (2, 0, 0)
        area = ZoneArea.objects.get(zone_code="zone-2")
        assert (area.west, area.east, area.level) == (120.01, 120.02, "primary")
        imports.undo(batch, cast.li())
        assert not ZoneArea.objects.exists()

    def test_an_area_is_drawn_anew(self) -> None:
        zone_area("zone-1", 120, 120.01, valid_from=date(2026, 3, 1))
        batch = drawn(features(("zone-1", box(120, 120.02))))
        imports.write(batch)
        assert outcome(batch) == (0, 1, 0)
        assert ZoneArea.objects.current().get().east == 120.02
        imports.undo(batch, cast.li())
        assert ZoneArea.objects.get().valid_to is None

    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            ([("nowhere", box(120, 121))], ["1 zone_code: There is no zone nowhere in your area."]),
            (
                [("zone-1", box(120, 120.01)), ("zone-2", box(120.009, 120.02))],
                ["1 area: This area lies partly in that of the zone zone-2."],
            ),
            ([("zone-1", {"type": "Point", "coordinates": [1, 2]})], ["1 area: This is no area."]),
            (
                [("zone-1", {"type": "Polygon", "coordinates": "x"})],
                ["1 area: This is no area."],
            ),
            (
                [
                    (
                        "zone-1",
                        {
                            "type": "Polygon",
                            "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]],
                        },
                    )
                ],
                ["1 area: The border of this area crosses itself."],
            ),
            (
                [("zone-1", box(120, 200))],
                ["1 area: The corners of this area do not lie on the earth."],
            ),
        ],
    )
    def test_a_wrong_area_is_refused(self, rows: Any, said: list[str]) -> None:
        assert messages(drawn(features(*rows))) == said

    def test_a_sliver_is_nobodys(self) -> None:
        rows = (("zone-1", box(120, 120.01)), ("zone-2", box(120.00995, 120.02)))
        assert messages(drawn(features(*rows))) == []

    def test_an_area_may_not_lie_on_one_that_is_known(self) -> None:
        zone_area("zone-2", 120, 120.01)
        batch = drawn(features(("zone-1", box(120.005, 120.02))))
        assert messages(batch) == ["1 area: This area lies partly in that of the zone zone-2."]

    @pytest.mark.parametrize(
        "data", [b"", b"[]", b"{}", b'{"features": []}', b"[" * 100_000, b"\xff\xfe"]
    )
    def test_what_is_no_geojson_is_said_to_be_none(self, data: bytes) -> None:
        (said,) = messages(drawn(data))
        assert said.startswith("None ")

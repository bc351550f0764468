"""Schools, classes and zones from files: refused with reasons, taken over, undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from django.utils import timezone
from pytest_django import Settings

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.commons import import_reports, imports
from junheng.commons.imports import CannotUndo
from junheng.commons.models import ImportBatch
from junheng.kernel.faults import Refused
from junheng.places.models import Organisation, Place
from junheng.registry.models import ImportOutcome, School, SchoolClass, Zone, ZoneArea, ZonePlace
from junheng.registry.services.classes import count_class
from junheng.registry.tests.builders import (
    COUNTED,
    START,
    a_class,
    facts,
    inherited,
    opening_count,
    pupils,
    zone,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
CLASSES = "school_code,school_year,grade,number,size,counted_on"
SCHOOLS = (
    "code,name,kind,place_code,lon,lat,setting,lowest_grade,highest_grade,"
    "entry_classes,class_size,valid_from"
)
ZONES = "zone_code,name,level,places,schools,valid_from"


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: object) -> None:
    settings.STORAGE_ROOT = tmp_path


def send(kind: str, header: str, *rows: str, place: str = cast.COUNTY) -> ImportBatch:
    importer = imports.importer_of(f"registry.{kind}")
    assert importer is not None
    data = "\n".join([header, *rows]).encode()
    return imports.receive(
        importer, data, name=f"{kind}.csv", target={"place": place}, by=cast.li()
    )


def brought(kind: str, header: str, *rows: str) -> ImportBatch:
    batch = send(kind, header, *rows)
    assert messages(batch) == []
    imports.write(batch)
    return batch


def messages(batch: ImportBatch) -> list[str]:
    return [f"{f.row} {f.column}: {f.message}" for f in import_reports.report_of(batch).faults]


def outcome(batch: ImportBatch) -> tuple[int, int, int]:
    found = ImportOutcome.objects.get(batch=batch)
    return found.added, found.changed, found.same


def sizes() -> list[tuple[int, int, int]]:
    return list(
        SchoolClass.objects.order_by("school_year", "grade", "number").values_list(
            "grade", "number", "size"
        )
    )


def test_only_the_keeper_of_the_county_may_import() -> None:
    importer = imports.importer_of("registry.classes")
    assert importer is not None
    people: Iterable[tuple[User, bool]] = [
        (cast.li(), True),
        (cast.wang(), False),
        (cast.zhou(), False),
        (cast.qian(), False),
        (cast.zheng(), False),
    ]
    for person, may in people:
        assert importer.may(person, {"place": cast.COUNTY}) is may
    assert not importer.may(cast.li(), {"place": cast.NEXT_COUNTY})
    assert not importer.may(cast.li(), {"place": "nowhere"})
    assert not importer.may(cast.li(), {})
    assert importer.where({"place": cast.COUNTY}) == "Yunhuai County"
    assert importer.template().startswith(b"PK")


class TestClasses:
    @pytest.fixture(autouse=True)
    def a_school(self) -> None:
        facts()

    def test_new_classes_are_added_and_known_ones_brought_up_to_date(self) -> None:
        a_class(size=45)
        a_class(size=40, number=2)
        batch = brought(
            "classes",
            CLASSES,
            "school-1,2025,3,1,48,2026-05-01",
            f"school-1,2025-2026,3,2,40,{COUNTED}",
            "school-1,2025,4,1,50,",
        )
        assert outcome(batch) == (1, 1, 1)
        assert sizes() == [(3, 1, 48), (3, 2, 40), (4, 1, 50)]
        assert SchoolClass.objects.get(grade=4).counted_on == TODAY

    def test_a_class_above_the_cap_is_refused_with_its_row(self) -> None:
        batch = send("classes", CLASSES, "school-1,2025,3,1,55,", "school-1,2025,3,2,56,")
        assert messages(batch) == ["3 size: 56 pupils: a class may have at most 55."]
        assert sizes() == []

    def test_of_a_class_of_the_register_no_other_number_is_taken(self) -> None:
        pupils(3, a_class(size=0))
        assert SchoolClass.objects.get().size == 3
        wrong = send("classes", CLASSES, "school-1,2025,3,1,2,")
        assert messages(wrong) == [
            "2 size: The register knows the 3 pupils of this class one by one."
        ]
        assert outcome(brought("classes", CLASSES, "school-1,2025,3,1,3,")) == (0, 0, 1)

    def test_an_inherited_class_may_come_smaller_but_not_larger(self) -> None:
        held = opening_count()
        inherited(63)
        held.closed_at = held.opened_at
        held.save()
        larger = send("classes", CLASSES, "school-1,2025,3,1,64,2026-05-01")
        assert "at most 63" in messages(larger)[0]
        brought("classes", CLASSES, "school-1,2025,3,1,60,2026-05-01")
        assert sizes() == [(3, 1, 60)]

    def test_the_same_class_a_year_later_carries_its_mark(self) -> None:
        held = opening_count()
        inherited(63)
        held.closed_at = held.opened_at
        held.save()
        brought("classes", CLASSES, "school-1,2026,4,1,62,2026-09-10")
        later = SchoolClass.objects.get(school_year=2026)
        assert (later.inherited_on, later.inherited_size) == (COUNTED, 62)

    def test_the_opening_count_marks_what_it_finds(self) -> None:
        opening_count()
        a_class(size=50)
        brought("classes", CLASSES, "school-1,2025,3,1,58,", "school-1,2025,3,2,70,")
        marks = SchoolClass.objects.order_by("number").values_list("size", "inherited_size")
        assert list(marks) == [(58, 58), (70, 70)]

    @pytest.mark.parametrize(
        ("row", "fault"),
        [
            ("school-7,2025,3,1,40,", "There is no school school-7 in your area."),
            ("school-1,2025,7,1,40,", "does not teach grade 7"),
            ("school-1,2025,12,1,40,", "There is no grade 12"),
            ("school-1,2025-2027,3,1,40,", "is not a school year"),
            ("school-1,2025,3,0,40,", "A class has a number from 1 to 99."),
            ("school-1,2025,3,1,201,", "201 pupils cannot be; 0 to 200 can."),
            ("school-1,2025,3,1,many,", "is not a whole number"),
            ("school-1,2025,3,1,40,2999-01-01", "yet to come"),
        ],
    )
    def test_what_is_wrong_is_said_in_words(self, row: str, fault: str) -> None:
        assert fault in messages(send("classes", CLASSES, row))[0]

    def test_a_class_stands_in_one_row(self) -> None:
        row = "school-1,2025,3,1,40,"
        assert "row 2 already" in messages(send("classes", CLASSES, row, row))[0]

    def test_a_school_of_another_county_is_not_there(self) -> None:
        facts(cast.school("school-9", at=cast.NEXT_COUNTY))
        batch = send("classes", CLASSES, "school-9,2025,3,1,40,")
        assert "There is no school school-9" in messages(batch)[0]

    def test_undoing_removes_what_was_new_and_puts_back_what_was_there(self) -> None:
        opening_count()
        inherited(63)
        before = SchoolClass.objects.values().get()
        batch = brought(
            "classes", CLASSES, "school-1,2025,3,1,50,2026-05-01", "school-1,2025,4,1,50,"
        )
        imports.undo(batch, cast.li())
        assert SchoolClass.objects.values().get() == before

    def test_what_was_counted_again_since_is_not_lost(self) -> None:
        batch = brought("classes", CLASSES, "school-1,2025,3,1,50,2026-05-01")
        count_class(SchoolClass.objects.get(), size=49, counted_on=date(2026, 5, 2))
        with pytest.raises(CannotUndo, match="counted again"):
            imports.undo(batch, cast.li())
        assert sizes() == [(3, 1, 49)]


class TestSchools:
    NEW = "s-1,New School,primary,990100001,119.5,33.5,town,,,2,45,2026-09-01"

    @pytest.fixture(autouse=True)
    def the_county(self) -> None:
        cast.counties()

    def test_a_new_school_is_made_with_its_facts(self) -> None:
        assert outcome(brought("schools", SCHOOLS, self.NEW)) == (1, 0, 0)
        fact = School.objects.get()
        assert fact.organisation.path == "/99/9901/990100/990100001/@s-1/"
        assert (fact.lowest_grade, fact.highest_grade, fact.seats) == (1, 6, 90)
        assert (fact.valid_from, fact.valid_to) == (date(2026, 9, 1), None)

    def test_the_words_for_a_kind_are_understood_in_both_languages(self) -> None:
        row = self.NEW.replace("primary", "Primary school").replace("town", "Town")
        brought("schools", SCHOOLS, row)
        assert Organisation.objects.get(code="s-1").kind == "primary"

    @pytest.mark.parametrize(
        ("kind", "place", "read"),
        [
            ("218", "220-\u6751\u5e84", ("teaching_point", "village")),
            ("211", "\u57ce\u4e61\u7ed3\u5408\u533a", ("primary", "urban")),
            ("\u5c0f\u5b66", "123", ("primary", "town")),
        ],
    )
    def test_codes_of_the_standards_are_understood(
        self, kind: str, place: str, read: tuple[str, str]
    ) -> None:
        brought("schools", SCHOOLS, self.NEW.replace("primary", kind).replace("town", place))
        fact = School.objects.get()
        assert (fact.organisation.kind, fact.setting) == read

    def test_a_kind_that_is_no_school_of_compulsory_education_is_refused(self) -> None:
        for kind in ("411", "111", "9"):
            row = self.NEW.replace("primary", kind)
            assert "kind" in messages(send("schools", SCHOOLS, row))[0]

    def test_a_special_school_has_grades_of_both_levels(self) -> None:
        row = "s-5,Special School,514,990100001,,,town,{},1,12,2026-09-01"
        assert "needs its grades" in messages(send("schools", SCHOOLS, row.format(",")))[0]
        brought("schools", SCHOOLS, row.format("1,6"), row.format("7,9"))
        assert Organisation.objects.get(code="s-5").kind == "special"

    def test_a_change_ends_what_was_true_and_begins_what_is(self) -> None:
        brought("schools", SCHOOLS, self.NEW)
        later = self.NEW.replace(",2,45,2026-09-01", ",3,45,2027-09-01")
        assert outcome(brought("schools", SCHOOLS, later)) == (0, 1, 0)
        versions = School.objects.order_by("valid_from").values_list("entry_classes", "valid_to")
        assert list(versions) == [(2, date(2027, 9, 1)), (3, None)]

    def test_the_same_again_changes_nothing(self) -> None:
        brought("schools", SCHOOLS, self.NEW)
        assert outcome(brought("schools", SCHOOLS, self.NEW)) == (0, 0, 1)

    def test_a_correction_of_the_same_day_makes_no_version(self) -> None:
        brought("schools", SCHOOLS, self.NEW)
        brought("schools", SCHOOLS, self.NEW.replace(",2,45,", ",4,45,"))
        assert School.objects.get().entry_classes == 4

    def test_a_nine_year_school_has_two_rows(self) -> None:
        row = "s-9,Long School,nine_year,990100001,,,town,{},2,45,2026-09-01"
        assert "needs its grades" in messages(send("schools", SCHOOLS, row.format(",")))[0]
        brought("schools", SCHOOLS, row.format("1,6"), row.format("7,9"))
        assert School.objects.count() == 2

    @pytest.mark.parametrize(
        ("old", "new", "fault"),
        [
            ("990100001,", "990200,", "There is no place 990200 in your area."),
            ("119.5", "219.5", "is not a position in degrees"),
            ("119.5,33.5", "119.5,", "belong together"),
            ("primary", "castle", "is not one of the choices"),
            (",,,2,45", ",6,1,2,45", "highest grade lies below"),
            (",,,2,45", ",5,7,2,45", "do not stand in one row"),
            (",2,45,", ",2,56,", "a plan may have at most 55"),
            (",2,45,", ",100,45,", "cannot be"),
            ("s-1", "s 1", "is no code of a school"),
        ],
    )
    def test_what_is_wrong_is_said_in_words(self, old: str, new: str, fault: str) -> None:
        assert fault in messages(send("schools", SCHOOLS, self.NEW.replace(old, new)))[0]

    def test_a_school_stands_in_one_row(self) -> None:
        assert "row 2 already" in messages(send("schools", SCHOOLS, self.NEW, self.NEW))[0]

    def test_an_import_does_not_move_a_school_nor_take_one_from_elsewhere(self) -> None:
        brought("schools", SCHOOLS, self.NEW)
        moved = send("schools", SCHOOLS, self.NEW.replace("990100001", "990100002"))
        assert "stands in 990100001" in messages(moved)[0]
        cast.school("school-9", at=cast.NEXT_COUNTY)
        taken = send("schools", SCHOOLS, self.NEW.replace("s-1", "school-9"))
        assert "outside your area" in messages(taken)[0]

    def test_the_past_is_not_rewritten(self) -> None:
        brought("schools", SCHOOLS, self.NEW)
        earlier = self.NEW.replace(",2,45,2026-09-01", ",3,45,2025-09-01")
        assert "holds from 2026-09-01" in messages(send("schools", SCHOOLS, earlier))[0]

    def test_undoing_a_new_school_removes_it(self) -> None:
        batch = brought("schools", SCHOOLS, self.NEW)
        imports.undo(batch, cast.li())
        assert not School.objects.exists()
        assert not Organisation.objects.filter(code="s-1").exists()

    def test_undoing_a_change_lets_the_old_facts_go_on(self) -> None:
        brought("schools", SCHOOLS, self.NEW)
        changed = self.NEW.replace("New School", "Newer School").replace(
            ",2,45,2026-09-01", ",3,45,2027-09-01"
        )
        batch = brought("schools", SCHOOLS, changed)
        imports.undo(batch, cast.li())
        fact = School.objects.get()
        assert (fact.entry_classes, fact.valid_to) == (2, None)
        assert fact.organisation.name == "New School"

    def test_undoing_a_correction_puts_the_figures_back(self) -> None:
        brought("schools", SCHOOLS, self.NEW)
        batch = brought("schools", SCHOOLS, self.NEW.replace(",2,45,", ",4,45,"))
        imports.undo(batch, cast.li())
        assert School.objects.get().entry_classes == 2

    def test_a_school_that_is_used_meanwhile_stays(self) -> None:
        batch = brought("schools", SCHOOLS, self.NEW)
        a_class(Organisation.objects.get(code="s-1"))
        with pytest.raises(CannotUndo, match="used since"):
            imports.undo(batch, cast.li())
        assert School.objects.exists()

    @pytest.mark.parametrize("field", ["entry_classes", "name"])
    def test_a_school_that_was_changed_meanwhile_stays(self, field: str) -> None:
        batch = brought("schools", SCHOOLS, self.NEW)
        if field == "name":
            Organisation.objects.filter(code="s-1").update(name="Other")
        else:
            School.objects.update(entry_classes=7)
        with pytest.raises(CannotUndo):
            imports.undo(batch, cast.li())


class TestZones:
    VILLAGE = cast.VILLAGE
    ROW = f"zone-1,East,primary,{cast.VILLAGE},school-1,2026-09-01"

    @pytest.fixture(autouse=True)
    def two_schools(self) -> None:
        facts()
        facts(cast.school("school-2"))

    def test_a_zone_is_made_with_its_places_and_ranked_schools(self) -> None:
        row = f"zone-1,East,primary,{cast.VILLAGE}\u3001{cast.TOWNSHIP},school-2 school-1,"
        assert outcome(brought("zones", ZONES, row)) == (1, 0, 0)
        made = Zone.objects.get()
        assert made.valid_from == TODAY
        assert made.parts.count() == 2
        ranked = made.ranked.order_by("rank").values_list("organisation__code", flat=True)
        assert list(ranked) == ["school-2", "school-1"]

    def test_a_change_ends_the_zone_and_begins_it_anew(self) -> None:
        brought("zones", ZONES, self.ROW)
        later = self.ROW.replace("school-1,2026", "school-2,2027")
        assert outcome(brought("zones", ZONES, later)) == (0, 1, 0)
        ends = Zone.objects.order_by("valid_from").values_list("valid_to", flat=True)
        assert list(ends) == [date(2027, 9, 1), None]
        assert outcome(brought("zones", ZONES, later)) == (0, 0, 1)

    def test_villages_change_hands_within_one_file(self) -> None:
        village, township = Place.objects.get(code=cast.VILLAGE), cast.school().place
        zone([village], [cast.school()], code="zone-1")
        zone([township], [cast.school("school-2")], code="zone-2")
        brought(
            "zones",
            ZONES,
            f"zone-1,East,primary,{township.code},school-1,2026-09-01",
            f"zone-2,West,primary,{village.code},school-2,2026-09-01",
        )
        held = ZonePlace.objects.filter(valid_to=None).values_list("zone__code", "place__code")
        assert set(held) == {("zone-1", township.code), ("zone-2", village.code)}

    def test_a_zone_without_places_and_schools_ends(self) -> None:
        brought("zones", ZONES, self.ROW)
        batch = brought("zones", ZONES, "zone-1,East,primary,,,2027-09-01")
        assert Zone.objects.get().valid_to == date(2027, 9, 1)
        imports.undo(batch, cast.li())
        assert Zone.objects.get().valid_to is None

    @pytest.mark.parametrize(
        ("row", "fault"),
        [
            (ROW.replace(",school-1", ","), "needs both places and schools"),
            (ROW.replace(cast.VILLAGE, ""), "needs both places and schools"),
            ("zone-9,East,primary,,,2026-09-01", "There is no such zone that could end."),
            (ROW.replace(cast.VILLAGE, "990200"), "There is no place 990200 in your area."),
            (ROW.replace("school-1", "school-7"), "There is no school school-7 of this level"),
            (
                ROW.replace("primary", "lower_secondary"),
                "There is no school school-1 of this level",
            ),
            (ROW.replace("school-1", "school-1 school-1"), "stands here twice"),
            (ROW.replace("zone-1", "zone 1"), "is no code of a zone"),
        ],
    )
    def test_what_is_wrong_is_said_in_words(self, row: str, fault: str) -> None:
        assert fault in messages(send("zones", ZONES, row))[0]

    def test_a_zone_has_one_row_and_a_place_one_zone(self) -> None:
        found = messages(send("zones", ZONES, self.ROW, self.ROW))
        assert "This zone stands in row 2 already." in found[0]
        assert f"The place {cast.VILLAGE} stands in row 2 already." in found[1]

    def test_a_place_is_not_taken_from_a_zone_that_the_file_leaves_out(self) -> None:
        zone([Place.objects.get(code=cast.VILLAGE)], [cast.school()], code="other")
        assert "belongs to the zone other" in messages(send("zones", ZONES, self.ROW))[0]

    def test_a_zone_changes_neither_level_nor_past(self) -> None:
        facts(cast.school("school-3"), lowest_grade=7, highest_grade=9)
        brought("zones", ZONES, self.ROW)
        other = f"zone-1,East,lower_secondary,{cast.VILLAGE},school-3,2026-09-02"
        assert "of another level" in messages(send("zones", ZONES, other))[0]
        earlier = self.ROW.replace("school-1", "school-2")
        assert "holds from 2026-09-01" in messages(send("zones", ZONES, earlier))[0]

    def test_undoing_lets_the_old_version_go_on(self) -> None:
        zone([Place.objects.get(code=cast.VILLAGE)], [cast.school()])
        batch = brought("zones", ZONES, self.ROW.replace("school-1", "school-2"))
        imports.undo(batch, cast.li())
        found = Zone.objects.get()
        assert (found.valid_from, found.valid_to) == (START, None)

    def test_a_zone_that_was_changed_since_is_not_undone(self) -> None:
        first = brought("zones", ZONES, self.ROW)
        brought("zones", ZONES, self.ROW.replace("school-1,2026", "school-2,2027"))
        with pytest.raises(CannotUndo, match="zone-1 was changed since"):
            imports.undo(first, cast.li())

    def test_a_zone_that_ended_begins_anew_no_earlier_than_it_ended(self) -> None:
        brought("zones", ZONES, self.ROW)
        brought("zones", ZONES, "zone-1,East,primary,,,2027-09-01")
        early = messages(send("zones", ZONES, self.ROW.replace("2026-09-01", "2027-08-31")))
        assert "An earlier version of the zone zone-1 holds until before 2027-09-01." in early[0]
        again = self.ROW.replace("2026-", "2027-")
        assert outcome(brought("zones", ZONES, again)) == (1, 0, 0)

    def test_an_end_is_not_taken_back_once_the_zone_lived_on(self) -> None:
        brought("zones", ZONES, self.ROW)
        ended = brought("zones", ZONES, "zone-1,East,primary,,,2027-09-01")
        brought("zones", ZONES, self.ROW.replace("2026-", "2028-"))
        brought("zones", ZONES, "zone-1,East,primary,,,2029-09-01")
        with pytest.raises(CannotUndo, match="zone-1 was changed since"):
            imports.undo(ended, cast.li())
        assert Zone.objects.filter(valid_to=None).count() == 0


def test_the_demo_county_comes_in_as_files(settings: Settings) -> None:
    """What `junheng county` writes is what the import pages take."""
    from junheng.registry.demo.county import build
    from junheng.registry.demo.files import county_files

    county = build("2026")
    files = county_files(county)
    cast.counties()
    for village in county.villages:
        township = next(t for t in county.townships if t.code == village.township)
        above = cast.place(township.code, township.name, "township", cast.COUNTY)  # type: ignore[arg-type]
        Place.objects.get_or_create(
            code=village.code, defaults={"name": village.name, "level": "village", "parent": above}
        )
    opening_count()
    for name in ("schools.csv", "classes.csv", "zones.csv", "addresses.csv", "areas.geojson"):
        importer = imports.importer_of(f"registry.{name.split('.')[0]}")
        assert importer is not None
        data = files[f"registry/{name}"]
        target = {"place": cast.COUNTY}
        batch = imports.receive(importer, data, name=name, target=target, by=cast.li())
        if batch.job is not None:
            imports.look_through(batch)
        assert messages(batch) == []
        imports.write(batch)
    assert School.objects.count() == len(county.schools)
    assert SchoolClass.objects.count() == len(county.classes)
    assert Zone.objects.count() == ZoneArea.objects.count() == len(county.zones)


def test_a_class_of_a_school_that_was_undone_cannot_come(tmp_path: object) -> None:
    """Importers judge again when the rows are written, since the world may have changed."""
    made = brought("schools", SCHOOLS, TestSchools.NEW)
    waiting = send("classes", CLASSES, "s-1,2026,1,1,40,")
    assert messages(waiting) == []
    imports.undo(made, cast.li())
    with pytest.raises(Refused):
        imports.write(waiting)
    assert not SchoolClass.objects.exists()

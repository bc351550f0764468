"""Loading divisions: all or nothing, twice is once, and what is gone ends instead of vanishing."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pghistory.models
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from junheng.kernel.faults import Refused
from junheng.places.facade import Level, Organisation, Place, load_divisions, place_by_code, under
from junheng.places.files import LEVELS
from junheng.places.models import OrganisationKind

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]
HEAD = "code,name,level,parent_code"
COUNTY = [
    "99,Yunling,province,",
    "9901,Yunzhou,prefecture,99",
    "990100,Yunhuai,county,9901",
    "990100001,Chengguan,township,990100",
    "990100002,Beihe,township,990100",
    "990100001001,East,village,990100001",
    "990100001002,West,village,990100001",
]
TODAY = date(2026, 9, 1)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(*rows: str, name: str = "divisions.csv", encoding: str = "utf-8") -> Path:
        file = tmp_path / name
        file.write_text("\n".join([HEAD, *rows]), encoding=encoding)
        return file

    return _write


def faults_of(file: Path) -> list[tuple[int | None, str, str]]:
    with pytest.raises(Refused) as refused:
        load_divisions(file)
    assert not Place.objects.exists()
    return [(found.row, found.column, found.message) for found in refused.value.faults]


def test_the_levels_of_files_are_those_of_the_register() -> None:
    assert tuple(Level.values) == LEVELS


def test_a_county_is_loaded_whatever_the_order_of_rows(write: Write) -> None:
    loaded = load_divisions(write(*reversed(COUNTY)))
    assert (len(loaded.added), loaded.changed, loaded.ended, loaded.unchanged) == (7, (), (), 0)
    east = place_by_code("990100001001")
    assert (east.path, east.level) == ("/99/9901/990100/990100001/990100001001/", Level.VILLAGE)
    assert east.valid_from is None
    assert Place.objects.filter(under("/99/9901/990100/990100001/")).count() == 3


def test_loading_twice_changes_nothing(write: Write) -> None:
    file = write(*COUNTY)
    load_divisions(file)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM places_placeevent")
        before = cursor.fetchone()
        loaded = load_divisions(file)
        cursor.execute("SELECT count(*) FROM places_placeevent")
        assert cursor.fetchone() == before
    assert (loaded.added, loaded.changed, loaded.ended, loaded.unchanged) == ((), (), (), 7)


def test_gb18030_and_bom_are_read_alike(write: Write) -> None:
    rows = [*COUNTY[:3], "990100001,城关镇,township,990100"]
    load_divisions(write(*rows, encoding="gb18030"))
    assert load_divisions(write(*rows, encoding="utf-8-sig")).unchanged == 4
    assert place_by_code("990100001").name == "城关镇"


def test_a_new_name_is_a_change_and_the_old_one_stays_in_the_history(write: Write) -> None:
    load_divisions(write(*COUNTY))
    loaded = load_divisions(write(*COUNTY[:-1], "990100001002,West Lake,village,990100001"))
    assert loaded.changed == ("990100001002",)
    events = pghistory.models.Events.objects.tracks(  # type: ignore[no-untyped-call]  # so in the library
        place_by_code("990100001002")
    )
    names = [event.pgh_data["name"] for event in events]
    assert set(names) == {"West", "West Lake"}


def test_a_place_that_the_file_no_longer_names_ends_with_all_that_lies_in_it(write: Write) -> None:
    load_divisions(write(*COUNTY))
    Place.objects.create(
        code="g1", name="Cell", level=Level.GRID, parent=place_by_code("990100001002")
    )
    loaded = load_divisions(write(*COUNTY[:-1]), on=TODAY)
    assert loaded.ended == ("990100001002", "g1")
    ended = place_by_code("990100001002")
    assert ended.valid_to == TODAY
    assert not ended.holds_on(TODAY)
    assert ended.holds_on(date(2026, 8, 31))


def test_levels_that_the_file_does_not_name_go_on(write: Write) -> None:
    load_divisions(write(*COUNTY))
    loaded = load_divisions(write(*COUNTY[:5]))
    assert loaded.ended == ()


def test_a_place_that_is_named_again_goes_on(write: Write) -> None:
    load_divisions(write(*COUNTY))
    load_divisions(write(*COUNTY[:-1]))
    loaded = load_divisions(write(*COUNTY))
    assert loaded.changed == ("990100001002",)
    assert place_by_code("990100001002").valid_to is None


def test_another_county_of_the_same_prefecture_ends_nothing_of_this_one(write: Write) -> None:
    load_divisions(write(*COUNTY))
    other = [*COUNTY[:2], "990200,Linhe,county,9901", "990200001,Nan,township,990200"]
    assert load_divisions(write(*other)).ended == ()
    assert place_by_code("990200").valid_from is not None


def test_a_part_of_a_county_may_be_loaded_alone(write: Write) -> None:
    load_divisions(write(*COUNTY))
    loaded = load_divisions(write("990100001,Chengguan,township,990100", COUNTY[5]))
    assert loaded.ended == ()
    both = write(COUNTY[3], COUNTY[4], COUNTY[5])
    assert load_divisions(both).ended == ("990100001002",)


def test_who_says_so_may_end_a_lonely_row_s_siblings(write: Write) -> None:
    load_divisions(write(*COUNTY))
    loaded = load_divisions(write("990100001,Chengguan,township,990100"), within="990100")
    assert loaded.ended == ("990100002",)


def test_a_village_that_moves_takes_everything_along(write: Write) -> None:
    load_divisions(write(*COUNTY))
    school = Organisation.objects.create(
        code="s1", name="S", kind=OrganisationKind.PRIMARY, place=place_by_code("990100001001")
    )
    moved = [*COUNTY[:5], "990100001001,East,village,990100002", COUNTY[6]]
    loaded = load_divisions(write(*moved))
    assert (loaded.changed, loaded.ended) == (("990100001001",), ())
    school.refresh_from_db()
    assert school.path == "/99/9901/990100/990100002/990100001001/@s1/"


def test_a_township_and_its_villages_move_together(write: Write) -> None:
    other = [*COUNTY, "990200,Linhe,county,9901"]
    load_divisions(write(*other))
    moved = [row.replace("township,990100", "township,990200") for row in other]
    loaded = load_divisions(write(*moved))
    assert loaded.changed == ("990100001", "990100002")
    paths = set(Place.objects.filter(level="village").values_list("path", flat=True))
    assert paths == {
        "/99/9901/990200/990100001/990100001001/",
        "/99/9901/990200/990100001/990100001002/",
    }


def test_an_organisation_at_an_ended_place_is_told(write: Write) -> None:
    load_divisions(write(*COUNTY))
    Organisation.objects.create(
        code="s1", name="S", kind=OrganisationKind.PRIMARY, place=place_by_code("990100001002")
    )
    assert load_divisions(write(*COUNTY[:-1])).stranded == ("s1",)


def test_every_fault_is_told_at_once_and_nothing_is_written(write: Write) -> None:
    found = faults_of(
        write(
            *COUNTY[:3],
            "99 01,Blank in the code,township,990100",
            f"990100003,{'x' * 101},township,990100",
            "990100004,,township,990100",
            "990100005,Lost,hamlet,990100",
            "990100006,Orphan,township,",
            "990100007,Stray,township,880100",
            "990100008,Upside down,county,990100",
            "990100004,Twin,township,990100",
        )
    )
    assert found == [
        (5, "code", "“99 01” is no code of a division."),
        (6, "name", "The name has 101 characters; 100 are the limit."),
        (7, "name", "The name is missing."),
        (8, "level", "“hamlet” is no level."),
        (9, "parent_code", "Only a province may be without a parent here."),
        (10, "parent_code", "The place 880100 is neither in the file nor in the register."),
        (11, "parent_code", "990100 is a county; a county cannot lie in it."),
        (12, "code", "The code 990100004 stands in row 7 already."),
    ]


def test_a_place_in_itself_or_in_a_circle_is_refused(write: Write) -> None:
    found = faults_of(write("1,A,county,1", "2,B,township,3", "3,C,township,2"))
    assert {row for row, _, _ in found} == {2, 3, 4}


def test_a_known_place_keeps_its_level(write: Write) -> None:
    load_divisions(write(*COUNTY))
    with pytest.raises(Refused, match="990100001 is registered as township"):
        load_divisions(write("990100001,Chengguan,village,990100"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "The file is empty", id="empty"),
        pytest.param(HEAD.encode(), "The file has no entry", id="only a header"),
        pytest.param(b"code,name,level\n1,A,county", "The column is missing", id="no parents"),
        pytest.param("code,name\n1,\u82f9".encode("utf-16"), "neither UTF-8", id="UTF-16"),
    ],
)
def test_a_file_that_is_no_table_of_divisions(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(content)
    with pytest.raises(Refused, match=words):
        load_divisions(file)


def test_a_code_stored_as_a_number_is_never_repaired(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD.split(","))
    sheet.append([990100001001, "East", "village", ""])
    book.save(tmp_path / "divisions.xlsx")
    book.create_sheet("more").append(["a note"])
    book.save(tmp_path / "two.xlsx")
    with pytest.raises(Refused) as refused:
        load_divisions(tmp_path / "divisions.xlsx")
    assert [(found.row, found.column) for found in refused.value.faults] == [(2, "code")]
    with pytest.raises(Refused, match="2 sheets"):
        load_divisions(tmp_path / "two.xlsx")


def test_the_command_tells_what_it_did(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_divisions", str(write(*COUNTY)))
    assert "7" in capsys.readouterr().out
    Organisation.objects.create(
        code="s1", name="S", kind=OrganisationKind.PRIMARY, place=place_by_code("990100001002")
    )
    call_command("load_divisions", str(write(*COUNTY[:-1])), "--on", "2026-09-01")
    told = capsys.readouterr()
    assert "990100001002" in told.out
    assert "s1" in told.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--within", "nowhere"], "nowhere"), ([], "level")],
    ids=["unknown root", "faults"],
)
def test_the_command_refuses_in_words(write: Write, arguments: list[str], words: str) -> None:
    file = write(*(COUNTY if arguments else ["1,A,hamlet,"]))
    with pytest.raises(CommandError, match=words):
        call_command("load_divisions", str(file), *arguments)
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_divisions", str(file.with_name("nothing.csv")))


def test_a_city_loads_in_seconds(write: Write) -> None:
    counties = [f"9901{n:02},County {n},county,9901" for n in range(8)]
    towns = [f"9901{n % 8:02}{n:03},Town {n},township,9901{n % 8:02}" for n in range(136)]
    villages = [
        f"9901{n % 8:02}{n % 136:03}{n:04},Village {n},village,9901{n % 8:02}{n % 136:03}"
        for n in range(2408)
    ]
    file = write(*COUNTY[:2], *counties, *towns, *villages)
    began = time.perf_counter()
    assert len(load_divisions(file).added) == 2554
    assert time.perf_counter() - began < 5


def test_the_database_refuses_a_path_that_leads_astray(write: Write) -> None:
    load_divisions(write(*COUNTY))
    Organisation.objects.create(
        code="s1", name="S", kind=OrganisationKind.PRIMARY, place=place_by_code("990100001002")
    )
    for rows in (
        Place.objects.filter(code="990100001002"),
        Place.objects.filter(code="990100"),
        Organisation.objects.filter(code="s1"),
    ):
        with pytest.raises(IntegrityError, match="does not lead to it"):
            lead_astray(rows)


def lead_astray(rows: QuerySet[Any]) -> None:
    """Write a wrong path, and have the database look at once instead of at the end."""
    with transaction.atomic():
        rows.update(path="/99/9901/990200/x/")
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

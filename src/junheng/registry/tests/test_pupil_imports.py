"""The national register's workbook: read with every fault told, written whole, taken back whole."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from junheng.accounts.models import ReadLog
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn
from junheng.commons import import_reports, imports
from junheng.commons.imports import importer_of
from junheng.commons.models import ImportBatch
from junheng.kernel.school_year import SchoolYear
from junheng.registry.models import Guardian, Pupil, PupilSearchKey, SchoolClass, Standing
from junheng.registry.services import bulk
from junheng.registry.services.importing.pupil_columns import newest
from junheng.registry.services.importing.rows import ChangedSince
from junheng.registry.tests import builders

pytestmark = pytest.mark.django_db

NUMBER = "990100201803010022"
HEADERS = {column.name: str(column.title) for column in newest()}
GOOD: dict[str, Any] = {
    "school_code": "school-1",
    "name": "\u738b\u5c0f\u6db5",
    "sex": "\u5973",
    "born_on": "20180301",
    "ethnicity": "\u6c49",
    "grade": "\u4e09\u5e74\u7ea7",
    "class_number": "1\u73ed",
    "entered_on": "202409",
    "guardian1_name": "\u8d75\u5b89",
    "guardian1_relation": "52-\u6bcd\u4eb2",
    "guardian1_phone": "13800000001",
}


def row(**given: Any) -> dict[str, Any]:
    return GOOD | given


def workbook(*rows: dict[str, Any], **more: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Pupils"
    names = list(dict.fromkeys(name for each in rows for name in each))
    sheet.append([HEADERS[name] for name in names] + list(more))
    for each in rows:
        sheet.append([each.get(name) for name in names] + list(more.values()))
    book.save(output := io.BytesIO())
    return output.getvalue()


@pytest.fixture(autouse=True)
def facts() -> None:
    cast.li()
    builders.facts()


def brought(data: bytes) -> ImportBatch:
    importer = importer_of("registry.pupils")
    assert importer is not None
    return imports.receive(
        importer, data, name="r.xlsx", target={"place": cast.COUNTY}, by=cast.li()
    )


def faults(*rows: dict[str, Any]) -> list[tuple[int | None, str, str]]:
    report = import_reports.report_of(brought(workbook(*rows)))
    return [(each.row, each.column, each.message) for each in report.faults]


def taken(*rows: dict[str, Any]) -> ImportBatch:
    batch = brought(workbook(*rows))
    assert batch.state == "previewed", import_reports.report_of(batch).faults
    imports.take_over(batch, cast.li())
    return batch


def test_a_pupil_comes_with_class_guardian_tag_and_keys() -> None:
    batch = taken(row(orphan="\u662f", resident_id=NUMBER, household="h1"))
    pupil = Pupil.objects.get()
    assert (pupil.name, pupil.sex, pupil.ethnicity) == (GOOD["name"], "2", "01")
    assert pupil.resident_id == NUMBER
    standing = Standing.objects.get()
    year = SchoolYear.of(timezone.localdate())
    assert (standing.batch, standing.valid_from, standing.movement) == (
        batch.pk,
        year.starts_on,
        "entered",
    )
    school_class = SchoolClass.objects.get(school_year=year.start)
    assert (school_class.size, school_class.by_register) == (1, True)
    guardian = Guardian.objects.get()
    assert (guardian.relation, guardian.phone) == ("52", "13800000001")
    assert [str(tag.tag) for tag in pupil.tags.all()] == ["orphan"]
    assert PupilSearchKey.objects.filter(pupil=pupil).count() == 6


def test_columns_that_are_known_and_left_alone_are_no_surprise_and_others_are_named() -> None:
    batch = brought(workbook(row(), **{"\u7c4d\u8d2f": "x", "Shoe size": "31"}))
    assert import_reports.report_of(batch).unread == ("Shoe size",)


@pytest.mark.parametrize(
    ("given", "column", "words"),
    [
        ({"name": "=1+1"}, "name", "formula"),
        ({"name": "+x"}, "name", "letters only"),
        ({"name": None}, "name", "blank"),
        ({"resident_id": 990100201803010022}, "resident_id", "stored as a number"),
        ({"resident_id": "990100201803010020"}, "resident_id", "check character"),
        ({"resident_id": "990100201803020028"}, "born_on", "not that of the identity number"),
        ({"resident_id": "990100201803010030"}, "sex", "not that of the identity number"),
        ({"school_code": "0000000000"}, "school_code", "no school"),
        ({"grade": "\u4e03\u5e74\u7ea7"}, "grade", "does not teach"),
        ({"entered_on": "299901"}, "entered_on", "yet to come"),
        ({"entered_on": "2024"}, "entered_on", "not a month"),
        ({"class_number": "A"}, "class_number", "names no class"),
        ({"ethnicity": "?"}, "ethnicity", "not one of the choices"),
        ({"guardian1_name": None}, "guardian1_name", "has no name"),
        ({"guardian1_phone": "none"}, "guardian1_phone", "no phone number"),
        ({"guardian1_resident_id": "990100198003010000"}, "guardian1_resident_id", "check"),
    ],
)
def test_what_is_wrong_is_told_with_row_and_column(
    given: dict[str, Any], column: str, words: str
) -> None:
    told = [(r, c) for r, c, message in faults(row(), row(**given)) if words in message]
    assert told == [(3, HEADERS[column])]
    assert not Pupil.objects.exists()


def test_another_kind_of_paper_needs_no_check_character() -> None:
    taken(row(id_kind="\u62a4\u7167", resident_id="E0000001"))
    assert Pupil.objects.get().resident_id == "E0000001"


def test_the_same_number_twice_names_the_earlier_row() -> None:
    ((where, _column, message),) = faults(*[row(resident_id=NUMBER)] * 2)
    assert where == 3
    assert "row 2" in message


def test_the_56th_of_a_class_is_refused_with_row_and_class() -> None:
    builders_class = [row() for _each in range(56)]
    ((where, column, message),) = faults(*builders_class)
    assert (where, column) == (57, HEADERS["class_number"])
    assert "Pupil no. 56 of grade 3 class 1" in message
    taken(*builders_class[:54])
    assert [each[0] for each in faults(row(), row())] == [3]


def test_who_is_known_at_the_school_is_left_alone_and_elsewhere_refused() -> None:
    taken(row(resident_id=NUMBER))
    taken(row(resident_id=NUMBER))
    assert Pupil.objects.count() == 1
    other = cast.school("other")
    builders.facts(other)
    ((_row, _column, message),) = faults(row(resident_id=NUMBER, school_code=other.code))
    assert "has a record already" in message


def test_a_batch_is_taken_back_whole() -> None:
    batch = taken(row(), row(class_number="2"))
    assert SchoolClass.objects.count() == 2
    imports.undo(batch, cast.li())
    assert [m.objects.count() for m in (Pupil, Standing, Guardian, SchoolClass)] == [0] * 4
    assert not PupilSearchKey.objects.exists()


@pytest.mark.parametrize("change", ["pupil", "guardian", "tag", "standing"])
def test_a_batch_in_which_something_changed_is_not_taken_back(change: str) -> None:
    batch = taken(row(), row(orphan="1"))
    pupil = Pupil.objects.get(tags__tag="orphan")
    if change == "pupil":
        Pupil.objects.filter(pk=pupil.pk).update(ethnicity="11")
    elif change == "guardian":
        pupil.guardians.update(relation="51")
    elif change == "tag":
        pupil.tags.update(source="paper")
    else:
        pupil.standings.update(valid_to="2999-01-01")
    with pytest.raises(ChangedSince, match=pupil.number):
        imports.undo(batch, cast.li())
    assert Pupil.objects.count() == 2


def exported(signed_in: SignedIn, **data: str) -> bytes:
    answer = signed_in(cast.li()).post("/registry/pupils-workbook/", data)
    assert answer.status_code == 200
    return bytes(answer.content)


def test_what_was_exported_in_full_is_known_when_it_comes_back(signed_in: SignedIn) -> None:
    told = {"orphan": "1", "boarder": "2", "disabled": "x", "id_kind": "1", "left_behind": "2"}
    taken(row(resident_id=NUMBER, **told))
    data = exported(signed_in, what="full", why="for the province")
    log = ReadLog.objects.get()
    assert (log.reason, log.reader) == ("for the province", cast.li())
    batch = brought(data)
    assert batch.state == "previewed", import_reports.report_of(batch).faults
    imports.take_over(batch, cast.li())
    assert Pupil.objects.count() == 1
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    said = {str(cell.value) for cell in sheet[2]}
    assert {NUMBER, "\u4e09\u5e74\u7ea7", "\u6bcd\u4eb2", "\u4f4f\u6821", "\u5176\u4ed6"} <= said
    header = [str(cell.value) for cell in sheet[1]]
    left_behind = sheet[2][header.index("\u662f\u5426\u7559\u5b88\u513f\u7ae5")]
    assert left_behind.value == "\u662f"  # of which kind, the register does not know


def test_a_masked_export_holds_no_name_and_needs_no_reason(signed_in: SignedIn) -> None:
    taken(row(resident_id=NUMBER, national_number=f"G{NUMBER}", household="990000001"))
    data = exported(signed_in, what="masked")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    said = {str(cell.value) for cell in sheet[2]}
    assert not said & {GOOD["name"], NUMBER, f"G{NUMBER}", "13800000001", "990000001", "20180301"}
    assert not ReadLog.objects.exists()


@pytest.mark.parametrize(("who", "answer"), [("li", 422), ("wang", 404), ("qian", 404)])
def test_full_values_need_a_reason_and_the_keeper(
    signed_in: SignedIn, who: str, answer: int
) -> None:
    own = signed_in(getattr(cast, who)())
    assert (
        own.post("/registry/pupils-workbook/", {"what": "full", "why": " "}).status_code == answer
    )


def test_no_number_is_given_out_twice(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance draws one that is known, one twice, and then others."""
    known = builders.a_pupil(builders.a_class(size=0)).number
    draws = iter([[known, "PU-2025-A", "PU-2025-A"], ["PU-2025-A", "PU-2025-B"], ["PU-2025-C"]])
    monkeypatch.setattr(bulk, "_drawn", lambda _year, _count: next(draws))
    assert bulk.numbers(2025, 3) == ["PU-2025-A", "PU-2025-B", "PU-2025-C"]

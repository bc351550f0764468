from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, ClassVar

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from junheng.commons import import_reports, imports
from junheng.commons.history import history_of
from junheng.commons.imports import CannotUndo, Importer, NotNow
from junheng.commons.jobs import Job
from junheng.commons.models import ImportBatch
from junheng.commons.sheets import Column, Table, Values
from junheng.commons.worker import work_off
from junheng.kernel.faults import Fault, Refused

SHELF: dict[str, list[str]] = {}
"""What was imported where, instead of a table."""

GOOD = b"Code,Name\n0001,First\n0002,Second\n"
BAD = b"Code,Name\n0001,\n0001,Second\n"


class Schools(Importer):
    kind: ClassVar[str] = "test.schools"
    title = "Schools"
    columns = (
        Column("code", "Code", required=True, kind="identifier", unique=True),
        Column("name", "Name", required=True),
    )
    target_keys = ("round",)

    def may(self, user: Any, target: imports.Target) -> bool:
        return str(user.get_username()) == "li"

    def where(self, target: imports.Target) -> str:
        return f"Round {target['round']}"

    def check(self, values: Values, rows: Table, target: imports.Target) -> list[Fault]:
        there = SHELF.get(target["round"], [])
        return [
            Fault(rows.name, row, "Code", "It is there already.", "Take it out.")
            for row, each in zip(rows.numbers, values, strict=True)
            if each["code"] in there
        ]

    def apply(self, values: Values, batch: ImportBatch) -> None:
        SHELF.setdefault(batch.target["round"], []).extend(each["code"] for each in values)

    def undo(self, batch: ImportBatch) -> None:
        if "needed" in SHELF:
            raise CannotUndo("A class was built on it.")
        SHELF.pop(batch.target["round"])


@pytest.fixture(autouse=True)
def schools() -> Iterator[Schools]:
    SHELF.clear()
    importer = Schools()
    imports.register(importer)
    yield importer
    imports._IMPORTERS.pop(importer.kind)


@pytest.fixture
def as_li(li: Any, client: Client) -> Client:
    client.cookies["django_language"] = "en"
    client.force_login(li)
    return client


def brought(client: Client, data: bytes, name: str = "schools.csv") -> tuple[ImportBatch, str]:
    url = reverse("commons:import_start", args=["test.schools"]) + "?round=1"
    answer = client.post(url, {"file": SimpleUploadedFile(name, data)}, follow=True)
    assert answer.status_code == 200
    return ImportBatch.objects.latest("at"), answer.content.decode()


def posted(client: Client, what: str, batch: ImportBatch) -> str:
    url = reverse(f"commons:import_{what}", args=[batch.pk])
    page = client.post(url, follow=True).content.decode()
    batch.refresh_from_db()
    return str(page)


# ------------------------------------------------------------------------------- the way


def test_a_sound_file_is_shown_taken_over_and_undone(as_li: Client, li: Any) -> None:
    batch, page = brought(as_li, GOOD)
    assert (batch.state, batch.rows, batch.target) == ("previewed", 2, {"round": "1"})
    assert "2 rows were checked and are sound" in page
    assert "First" in page
    assert SHELF == {}

    page = posted(as_li, "take_over", batch)
    assert (batch.state, SHELF) == ("applied", {"1": ["0001", "0002"]})
    assert "2 rows were taken over" in page

    posted(as_li, "undo", batch)
    assert (batch.state, batch.undone_by, SHELF) == ("undone", li, {})
    assert [row.why for row in history_of(batch)][:2] == [
        "Import of schools.csv undone",
        "Import of schools.csv",
    ]


def test_a_faulty_file_writes_nothing_and_tells_every_mistake(as_li: Client) -> None:
    batch, page = brought(as_li, BAD)
    assert (batch.state, batch.faults) == ("refused", 2)
    assert "The cell is blank." in page
    assert "stands in row 2 already" in page
    posted(as_li, "take_over", batch)
    assert (batch.state, SHELF) == ("refused", {})


def test_a_table_with_too_many_rows_is_refused_whole(
    as_li: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Schools, "most_rows", 1)
    batch, page = brought(as_li, GOOD)
    assert (batch.state, batch.faults, SHELF) == ("refused", 1, {})
    assert "at most 1 are taken in one go" in page


def test_the_workbook_of_mistakes_is_offered(as_li: Client) -> None:
    batch, page = brought(as_li, BAD)
    url = reverse("commons:import_errors", args=[batch.pk])
    assert url in page
    book = openpyxl.load_workbook(io.BytesIO(as_li.get(url).content))
    assert book.worksheets[0]["C2"].value == "Name: The cell is blank. Fill it in."


def test_an_empty_file_is_not_even_kept(as_li: Client) -> None:
    url = reverse("commons:import_start", args=["test.schools"])
    page = as_li.post(url, {"file": SimpleUploadedFile("empty.csv", b"")}).content.decode()
    assert "file is empty" in page
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("bomb.xlsx", b"PK\x03\x04 not a zip", "not a readable .xlsx"),
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old .xls format"),
        ("latin.csv", "Code,Name\n1,Ä\n".encode("utf-16"), "neither UTF-8 nor GB18030"),
        ("other.csv", b"Kode,Naam\n1,A\n", "The column is missing."),
    ],
)
def test_what_cannot_be_read_is_told(as_li: Client, name: str, data: bytes, says: str) -> None:
    batch, page = brought(as_li, data, name)
    assert (batch.state, says in page) == ("refused", True)


def test_columns_that_are_not_read_are_named(as_li: Client) -> None:
    _batch, page = brought(as_li, b"Code,Name,Remarks\n0001,A,x\n")
    assert "Columns that are not read" in page
    assert "Remarks" in page


def test_the_template_can_be_brought(as_li: Client) -> None:
    url = reverse("commons:import_template", args=["test.schools"])
    book = openpyxl.load_workbook(io.BytesIO(as_li.get(url).content))
    book.worksheets[0].append(["0001", "First"])
    book.save(output := io.BytesIO())
    batch, _page = brought(as_li, output.getvalue(), "filled.xlsx")
    assert (batch.state, batch.rows) == ("previewed", 1)


# ---------------------------------------------------------------------- meanwhile, and twice


def test_what_changed_since_the_preview_is_found(as_li: Client) -> None:
    batch, _page = brought(as_li, GOOD)
    SHELF["1"] = ["0002"]
    page = posted(as_li, "take_over", batch)
    assert (batch.state, SHELF) == ("refused", {"1": ["0002"]})
    assert "It is there already." in page
    assert "Meanwhile something changed" in page


def test_taking_over_twice_is_refused(as_li: Client, li: Any) -> None:
    batch, _page = brought(as_li, GOOD)
    posted(as_li, "take_over", batch)
    with pytest.raises(NotNow):
        imports.write(batch)
    assert "cannot be changed any more" in posted(as_li, "take_over", batch)
    assert SHELF == {"1": ["0001", "0002"]}


def test_undoing_twice_is_refused(as_li: Client) -> None:
    batch, _page = brought(as_li, GOOD)
    posted(as_li, "take_over", batch)
    posted(as_li, "undo", batch)
    assert "cannot be changed any more" in posted(as_li, "undo", batch)


def test_what_something_was_built_on_is_not_undone(as_li: Client) -> None:
    batch, _page = brought(as_li, GOOD)
    posted(as_li, "take_over", batch)
    SHELF["needed"] = []
    assert "A class was built on it." in posted(as_li, "undo", batch)
    assert batch.state == "applied"


def test_a_failure_in_the_middle_writes_nothing(
    li: Any, schools: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(values: Values, batch: ImportBatch) -> None:
        ImportBatch.objects.update(file_name="half written")
        raise RuntimeError

    batch = imports.receive(schools, GOOD, name="s.csv", target={"round": "1"}, by=li)
    monkeypatch.setattr(schools, "apply", breaks)
    with pytest.raises(RuntimeError):
        imports.write(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.file_name) == ("previewed", "s.csv")


# ------------------------------------------------------------------------------ large files


def test_a_large_file_is_read_and_written_by_the_worker(as_li: Client, li: Any) -> None:
    rows = "".join(f"{number:06},School {number}\n" for number in range(20_000))
    batch, page = brought(as_li, b"Code,Name\n" + rows.encode())
    assert batch.state == "received"
    assert "How far it is" in page
    work_off()
    batch.refresh_from_db()
    assert (batch.state, batch.rows) == ("previewed", 20_000)
    posted(as_li, "take_over", batch)
    assert batch.state == "previewed"
    work_off()
    batch.refresh_from_db()
    assert (batch.state, len(SHELF["1"])) == ("applied", 20_000)
    assert set(Job.objects.values_list("state", "requested_by")) == {("done", li.pk)}


# ------------------------------------------------------------------------------- strangers


def test_a_stranger_does_not_learn_of_the_import(
    client: Client, qian: Any, li: Any, schools: Schools
) -> None:
    batch = imports.receive(schools, GOOD, name="s.csv", target={"round": "1"}, by=li)
    client.force_login(qian)
    for name in ("import", "import_errors"):
        assert client.get(reverse(f"commons:{name}", args=[batch.pk])).status_code == 404
    for name in ("import_take_over", "import_undo"):
        assert client.post(reverse(f"commons:{name}", args=[batch.pk])).status_code == 404
    for name in ("import_start", "import_template"):
        assert client.get(reverse(f"commons:{name}", args=["test.schools"])).status_code == 404


def test_a_colleague_sees_the_batch_and_not_the_rows(
    client: Client, qian: Any, li: Any, schools: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = imports.receive(schools, GOOD, name="s.csv", target={"round": "1"}, by=li)
    monkeypatch.setattr(schools, "may", lambda user, target: True)
    client.force_login(qian)
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "s.csv" in page
    assert "First" not in page


def test_an_unknown_kind_does_not_exist(as_li: Client) -> None:
    assert as_li.get(reverse("commons:import_start", args=["test.nothing"])).status_code == 404


def test_faults_are_told_in_the_readers_language_afterwards(li: Any, schools: Schools) -> None:
    batch = imports.receive(schools, BAD, name="s.csv", target={"round": "1"}, by=li)
    kept = import_reports.report_of(batch).faults
    with pytest.raises(Refused) as refused:
        raise Refused(list(kept))
    assert kept[0].words is not None
    assert "The cell is blank." in str(refused.value)

"""The workbook for answers: what the first run was made from, and the second is decided by it."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.files.canonical import canonical_tables, table_hashes
from junheng.admissions.files.read import read_inputs
from junheng.admissions.models import Round, RoundRun, RoundUpload
from junheng.admissions.services import loading, running, steps
from junheng.admissions.services.answer_workbooks import answers_workbook
from junheng.admissions.tests.rounds import builders
from junheng.admissions.tests.rounds.test_modes import GRADE, MOVES, OPEN, SCHOOLS, hows, ran
from junheng.admissions.tests.rounds.test_web import browser, text
from junheng.commons import runs
from junheng.commons.models import ExportLog

pytestmark = pytest.mark.django_db
OFFERS = "applicant_id,rank,school_id\nc3,1,host\nc4,1,school-2\nc4,2,host\n"


def filled(book: bytes, **sheets: list[tuple[Any, ...]]) -> bytes:
    """The workbook with rows added to its sheets."""
    opened = openpyxl.load_workbook(io.BytesIO(book))
    for name, rows in sheets.items():
        for row in rows:
            opened[name].append(row)
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def sent(li: User, book: bytes) -> RoundUpload:
    upload = loading.receive(builders.county(), {"answers.xlsx": book}, li)
    return loading.read_upload(upload.pk)


def decided(li: User, book: bytes) -> RoundRun:
    the_round: Round = loading.load_upload(sent(li, book).pk, li)
    return builders.ran(the_round)


def test_answers_typed_into_the_workbook_are_decided(li: User) -> None:
    first, officer = ran(li, OPEN), browser(li)
    assert "Workbook for the answers" in text(
        officer.get(reverse("admissions:receipt", args=[first.run.ref]))
    )
    response = officer.get(reverse("admissions:answers", args=[first.run.ref]))
    second = decided(li, filled(response.content, offer_choices=[("c4", 1, "host")]))
    assert hows(second)["c4"] == "offered host"
    assert hows(second)["c3"].startswith("offered ")
    kept = ("c1", "c2", "c5", "c6", "c7")
    assert [hows(second)[child] for child in kept] == [hows(first)[child] for child in kept]
    logged = ExportLog.objects.get()
    assert (logged.by, logged.rows) == (li, 7)


def test_a_workbook_without_answers_says_that_nobody_answered(li: User) -> None:
    silent = OPEN.replace('silence = "nearest"', 'silence = "decline"')
    second = decided(li, answers_workbook(ran(li, silent)))
    assert {hows(second)[child] for child in ("c3", "c4")} == {"unplaced "}
    assert "offer_choices" in (second.run.receipt or {})["inputs"]


LIMIT = "max_distance_m = 9000\n"


def test_the_whole_act_takes_the_workbook_as_its_answers(li: User) -> None:
    wu = cast.wu()
    first = builders.published(li, wu, schools=SCHOOLS, diversion=OPEN)
    assert "Workbook for the answers" in text(
        browser(li).get(reverse("admissions:act", args=[first.round_id]))
    )
    book = filled(answers_workbook(first), offer_choices=[("c4", 1, "host")])
    made = loading.load_correction(sent(li, book), li)
    builders.both(steps.CORRECT, first.round, li, wu, input=made.pk, reason="the answers")
    second = builders.ran(builders.fresh(first.round), seed="", by=li)
    assert hows(second)["c4"] == "offered host"
    assert (second.run.seed, second.rehearsal) == (first.run.seed, False)


@pytest.mark.parametrize(
    ("more", "tables"),
    [
        pytest.param(LIMIT, {}, id="by distance"),
        pytest.param("", {"offers": OFFERS}, id="the bureau's own offers"),
        pytest.param("", {"choices": "applicant_id,rank,school_id\n"}, id="no choices"),
    ],
)
def test_every_other_table_is_the_first_runs(li: User, more: str, tables: dict[str, str]) -> None:
    first = ran(li, OPEN + more, **tables)
    before = read_inputs(runs.thaw(first.run.snapshot))
    after = read_inputs({"answers.xlsx": answers_workbook(first)})
    assert after.faults == []
    hashes = table_hashes(canonical_tables(after))
    assert hashes.pop("offer_choices")
    assert hashes == table_hashes(canonical_tables(before))
    first_run = after.as_toml()["diversion"].pop("first_run")
    assert first_run == first.run.receipt_sha256
    for section, values in before.as_toml().items():
        assert {k: v for k, v in values.items() if v != ""} == {
            k: v for k, v in after.as_toml()[section].items() if k != "first_run"
        }


def test_the_workbook_tells_what_is_offered(li: User) -> None:
    book = openpyxl.load_workbook(io.BytesIO(answers_workbook(ran(li, OPEN, offers=OFFERS))))
    rows = [[cell.value for cell in row] for row in book["what is offered"].iter_rows()]
    assert [row[:4] for row in rows[1:]] == [
        ["c3", "1", "host", "Old Mill Building"],
        ["c4", "1", "school-2", "Beihe Primary"],
        ["c4", "2", "host", "Old Mill Building"],
    ]


def test_another_list_beside_the_answers_is_refused(li: User) -> None:
    book = answers_workbook(ran(li, OPEN))
    more = filled(book, applicants=[("c8", "Z2", "116.0101", "36.5", 1, None, None)])
    with pytest.raises(running.CannotRun, match="made by another run"):
        decided(li, more)


def test_answers_of_a_child_that_was_offered_nothing_have_their_row(li: User) -> None:
    book = filled(
        answers_workbook(ran(li, OPEN)), offer_choices=[("c4", 1, "host"), ("c1", 1, "host")]
    )
    with pytest.raises(running.CannotRun, match=r"answers\.xlsx/offer_choices:3"):
        decided(li, book)


def test_a_child_that_is_not_there_is_named_before_anything_is_loaded(li: User) -> None:
    book = filled(answers_workbook(ran(li, OPEN)), offer_choices=[("c9", 1, "host")])
    (told,) = sent(li, book).faults
    assert (told["file"], told["row"]) == ("answers.xlsx/offer_choices", 2)


def test_only_a_first_run_in_mode_open_asks_and_only_the_officer_types(li: User) -> None:
    first = ran(li, OPEN)
    moved = ran(li, GRADE, grade_moves=MOVES)
    second = decided(li, answers_workbook(first))
    officer, leader = browser(li), browser(cast.wu())
    for record in (moved, second):
        assert officer.get(reverse("admissions:answers", args=[record.run.ref])).status_code == 404
    assert leader.get(reverse("admissions:answers", args=[first.run.ref])).status_code == 404
    told = text(leader.get(reverse("admissions:receipt", args=[first.run.ref])))
    assert first.run.receipt_sha256 in told
    assert "Workbook for the answers" not in told

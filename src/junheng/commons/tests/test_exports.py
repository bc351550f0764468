from __future__ import annotations

import io
import os
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from pytest_django import Settings

from junheng.commons.exports import AT_ONCE, export_response, kept
from junheng.commons.jobs import Job
from junheng.commons.models import ExportLog
from junheng.commons.workbooks import safe, workbook
from junheng.commons.worker import work_off

ALLOWED = {"li"}


@csrf_exempt
def a_list(request: HttpRequest) -> HttpResponse:
    """A view as rooms write them: a door, a scope, masks."""
    if request.user.get_username() not in ALLOWED:
        raise Http404
    length = int(request.GET["rows"])
    rows = ((f"A{number:05}", "138****0001", number) for number in range(length))
    return export_response(request, "Children", ["Number", "Telephone", "Row"], rows)


urlpatterns = [
    path("list/", a_list),
    path("", include("junheng.site.urls")),
]


@pytest.fixture
def as_li(li: Any, client: Client, settings: Settings) -> Client:
    settings.ROOT_URLCONF = __name__
    client.cookies["django_language"] = "en"
    client.force_login(li)
    return client


def sheet_of(data: bytes) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return list(book.worksheets[0].iter_rows(values_only=True))


# ------------------------------------------------------------------------------- the file


def test_a_short_list_is_the_answer_and_is_logged(as_li: Client, li: Any) -> None:
    answer = as_li.post("/list/?rows=2&state=open")
    rows = sheet_of(answer.content)
    assert rows[2:] == [
        ("Number", "Telephone", "Row"),
        ("A00000", "138****0001", 0),
        ("A00001", "138****0001", 1),
    ]
    log = ExportLog.objects.get()
    assert (log.by, log.rows, log.url) == (li, 2, "/list/?rows=2&state=open")
    assert log.columns == ["Number", "Telephone", "Row"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Children" in answer.headers["Content-Disposition"]


def test_who_and_when_stand_on_the_sheet_and_on_every_page(as_li: Client) -> None:
    data = as_li.post("/list/?rows=1").content
    assert "Exported by Li Admissions" in sheet_of(data)[1][0]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    assert xml.count("Exported by Li Admissions") == 3


def test_an_empty_list_is_a_file_too(as_li: Client) -> None:
    assert len(sheet_of(as_li.post("/list/?rows=0").content)) == 3


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+86 138", "'+86 138"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("-", "-"),
        ("990100201501010017", "990100201501010017"),
        (990100201501010017, "990100201501010017"),
        ("https://example.org", "https://example.org"),
        ("007", "007"),
        (-5, -5),
        (Decimal("1.50"), 1.5),
        (True, "yes"),
        (None, None),
        ("", None),
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 22, 4, 5, tzinfo=UTC), "2026-11-22 12:05"),
        ("x" * 40_000, "x" * 32_766 + "…"),
    ],
)
def test_cells(value: Any, cell: Any) -> None:
    data = workbook("List", ["A", "B"], [[value, "end"]], watermark="w")
    book = openpyxl.load_workbook(io.BytesIO(data))
    written = book.worksheets[0]["A4"]
    assert written.value == cell
    assert written.data_type != "f"
    assert written.hyperlink is None


def test_odd_titles_do_not_break_the_file() -> None:
    data = workbook("[A/B]: '50%' & more than thirty-one characters", ["&A"], [], watermark="&P&")
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["A B   '50%' & more than thirty"]


def test_safe_leaves_ordinary_text_alone() -> None:
    assert safe("云槐县第一小学 (A=B)") == "云槐县第一小学 (A=B)"


# ------------------------------------------------------------------------------ long lists


def test_a_long_list_is_made_by_the_worker(as_li: Client, li: Any) -> None:
    answer = as_li.post(f"/list/?rows={AT_ONCE + 1}")
    job = Job.objects.get()
    assert answer.headers["Location"] == job.get_absolute_url()
    assert not ExportLog.objects.exists()
    work_off()
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    data = as_li.get(job.url).content
    assert len(sheet_of(data)) == AT_ONCE + 1 + 3
    assert "Exported by Li Admissions" in sheet_of(data)[1][0]
    assert (ExportLog.objects.get().by, ExportLog.objects.get().rows) == (li, AT_ONCE + 1)


def test_a_list_of_just_the_limit_is_the_answer(as_li: Client) -> None:
    assert len(sheet_of(as_li.post(f"/list/?rows={AT_ONCE}").content)) == AT_ONCE + 3


def test_whoever_lost_the_right_meanwhile_gets_nothing(
    as_li: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_li.post(f"/list/?rows={AT_ONCE + 1}")
    monkeypatch.setattr(f"{__name__}.ALLOWED", set())
    work_off()
    job = Job.objects.get()
    assert (job.state, ExportLog.objects.count()) == ("failed", 0)
    assert "no longer see" in job.error


def test_a_closed_account_gets_nothing(as_li: Client, li: Any) -> None:
    as_li.post(f"/list/?rows={AT_ONCE + 1}")
    type(li).objects.update(is_active=False)
    work_off()
    assert "closed" in Job.objects.get().error


def test_the_file_of_another_does_not_exist(as_li: Client, qian: Any) -> None:
    as_li.post(f"/list/?rows={AT_ONCE + 1}")
    work_off()
    as_li.force_login(qian)
    assert as_li.get(Job.objects.get().url).status_code == 404


def test_a_file_is_kept_for_a_week(as_li: Client, storage: Path) -> None:
    as_li.post(f"/list/?rows={AT_ONCE + 1}")
    work_off()
    for file in (storage / "exports/blobs").glob("*/*"):
        os.utime(file, (0, 0))
    assert kept().drop_older(days=7) == 1
    answer = as_li.get(Job.objects.get().url)
    assert (answer.status_code, b"kept for 7 days" in answer.content) == (410, True)


def test_nothing_leaves_without_a_name(db: None) -> None:
    request = RequestFactory().post("/list/?rows=1")
    request.user = AnonymousUser()
    with pytest.raises(Http404):
        export_response(request, "Children", [], [])


def test_the_log_of_exports_stays(as_li: Client) -> None:
    as_li.post("/list/?rows=1")
    with pytest.raises(DatabaseError), transaction.atomic():
        ExportLog.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        ExportLog.objects.update(rows=0)

"""The yearly return as files: Word and workbook say what the page says, and titles of schools."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from docx import Document
from openpyxl import load_workbook
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn
from junheng.commons import imports
from junheng.places.models import OrganisationKind
from junheng.registry.models import SchoolTitle
from junheng.registry.selectors.behind import schools_behind
from junheng.registry.selectors.returns import KindLine, return_on
from junheng.registry.tests.builders import facts
from junheng.registry.tests.test_figures import DAY, a_county
from junheng.registry.tests.test_imports import brought, messages, send
from junheng.registry.web.return_files import document_of
from junheng.registry.web.return_tables import fingerprint, tables_of

pytestmark = pytest.mark.django_db
COLUMNS = "school_code,kind,given_by,title,paper,valid_from,valid_to"
MARK = "school-1,quality,county,Quality school,(2025) 17,2025-11-18"


def a_mark(code: str = "school-1", **more: Any) -> SchoolTitle:
    known = {
        "kind": "quality",
        "given_by": "county",
        "title": "Quality school",
        "paper": "(2025) 17",
        "valid_from": date(2025, 11, 18),
    }
    return SchoolTitle.objects.create(organisation=cast.school(code), **known | more)


def shown(data: bytes) -> list[list[str]]:
    """The figures of a Word document, table by table, line by line."""
    tables = Document(io.BytesIO(data)).tables
    return [[cell.text for cell in row.cells] for table in tables for row in table.rows]


def test_page_workbook_and_document_have_the_same_figures(signed_in: SignedIn) -> None:
    a_county()
    a_mark()
    own = signed_in(cast.li())
    page = own.get(f"/registry/statistics/?day={DAY}").content.decode()
    book = own.get(f"/registry/statistics/excel/?day={DAY}")
    paper = own.get(f"/registry/statistics/word/?day={DAY}")
    assert paper["Content-Type"].endswith("wordprocessingml.document")
    assert f"{DAY}.docx" in paper["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    lines = {row[:3]: row[3] for row in sheet.iter_rows(values_only=True)}
    rows = shown(paper.content)
    found = return_on(cast.li(), DAY)
    for table in tables_of(found):
        for name, cells in table.lines:
            written = next(row for row in rows if row[0] == name and len(row) == len(cells) + 1)
            for header, cell, text in zip(table.headers, cells, written[1:], strict=True):
                assert text.split("\n")[0].replace(",", "") == str(cell.value).replace(",", "")
                assert str(lines[table.title, name, header]) == str(cell.value)
                assert f">{cell.value}<" in page
    for text in (
        page,
        str(lines),
        "\n".join(p.text for p in Document(io.BytesIO(paper.content)).paragraphs),
    ):
        assert fingerprint(found) in text


def test_the_document_is_a_proper_paper_in_chinese_and_the_same_every_time() -> None:
    a_county()
    found = return_on(cast.li(), DAY)
    with translation.override("zh-hans"):
        data = document_of(found, mark="li 2026-10-15 09:00")
        again = document_of(found, mark="li 2026-10-15 09:00")
    assert data == again
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        body, foot = (
            parts.read("word/document.xml").decode(),
            parts.read("word/footer1.xml").decode(),
        )
    tables = body.count("<w:tbl>")
    assert body.count('<w:tblHeader w:val="true"/>') == tables == 8
    assert 'w:w="11906" w:h="16838"' in body  # A4
    assert "\u5b8b\u4f53" in body
    assert " PAGE" in foot or "PAGE<" in foot
    words = Document(io.BytesIO(data))
    heads = [
        p.text for p in words.paragraphs if p.style is not None and p.style.name == "Heading 1"
    ]
    assert len(heads) == 8
    assert all(re.search("[\u4e00-\u9fff]", head) for head in heads)
    assert "2026\u5e7410\u670815\u65e5" in "\n".join(p.text for p in words.paragraphs)
    assert words.core_properties.author == words.paragraphs[1].text


def test_the_fingerprint_is_of_the_figures_and_not_of_the_language() -> None:
    a_county()
    before = return_on(cast.li(), DAY)
    first = fingerprint(before)
    with translation.override("zh-hans"):
        assert fingerprint(before) == first
    a_mark()
    assert fingerprint(return_on(cast.li(), DAY)) != first


def test_an_empty_county_has_a_document_as_well() -> None:
    rows = shown(document_of(return_on(cast.qian(), DAY), mark="qian"))
    assert ["Primary level", *["0"] * 8] in rows


def test_quality_schools_are_those_whose_title_holds_on_the_day(signed_in: SignedIn) -> None:
    a_county()
    facts(cast.school("school-2"))
    nursery = cast.organisation("nursery-1", OrganisationKind.KINDERGARTEN)
    a_mark(valid_to=date(2026, 11, 1))
    a_mark("school-2", kind="award")
    a_mark("nursery-1", valid_from=date(2026, 1, 1))
    found = return_on(cast.li(), DAY)
    assert found.kinds == (
        KindLine("kindergarten", schools=1, quality=1, classes=None, pupils=None),
        KindLine("primary", schools=2, quality=1, classes=2, pupils=53),
    )
    assert str(found.kinds[1].share.percent()) == "50.00"
    behind = schools_behind(cast.li(), DAY, {"quality": "1"})
    assert [row.code for row in behind] == ["school-1", nursery.code]
    assert not schools_behind(cast.li(), date(2026, 11, 1), {"quality": "1", "kind": "primary"})
    assert schools_behind(cast.qian(), DAY, {"quality": "1"}) == []
    page = signed_in(cast.li()).get("/registry/schools/school-1/").content.decode()
    assert "(2025) 17" in page
    assert "until before 2026-11-01" in page


def test_titles_come_with_a_table_end_with_one_and_are_taken_back(
    settings: Settings, tmp_path: object
) -> None:
    settings.STORAGE_ROOT = tmp_path
    facts(cast.school())
    first = brought("school_titles", COLUMNS, f"{MARK},")
    ended = brought("school_titles", COLUMNS, f"{MARK},2026-09-01")
    assert SchoolTitle.objects.get().valid_to == date(2026, 9, 1)
    imports.undo(ended, cast.li())
    assert SchoolTitle.objects.get().valid_to is None
    wrong = f"nowhere{MARK[8:]},2020-01-01"
    assert len(messages(send("school_titles", COLUMNS, wrong, wrong))) == 5
    imports.undo(first, cast.li())
    assert not SchoolTitle.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"paper": ""}, {"kind": "famous"}, {"given_by": "school"}, {"valid_to": date(2025, 11, 18)}],
)
def test_the_database_refuses_a_title_without_paper_or_out_of_order(wrong: dict[str, Any]) -> None:
    cast.school()
    with pytest.raises(IntegrityError), transaction.atomic():
        a_mark(**wrong)
    a_mark()
    with pytest.raises(IntegrityError), transaction.atomic():
        a_mark()

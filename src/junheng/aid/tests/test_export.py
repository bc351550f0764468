"""A term as files: they lead to what the site decides, and no name is in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
from pytest_django import Settings

from junheng.aid.facade import NoSuchTerm, TermsDiffer, export_term
from junheng.aid.files.folder import read_folder
from junheng.aid.files.runs import policy_files, run_folder
from junheng.aid.models import AidTerm, Entitlement
from junheng.aid.runners.duck import DuckDB
from junheng.aid.tests import builders
from junheng.places.models import Place

pytestmark = pytest.mark.django_db
TERM = "2025-2026-1"


@pytest.fixture(autouse=True)
def files(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGE_ROOT = tmp_path / "files"


def test_files_lead_to_what_the_site_decides(tmp_path: Path) -> None:
    pupils = builders.pupils(["boarder", "registered_poor"], ["boarder"], [])
    builders.told("boarder")
    builders.approved()
    builders.decided()
    out = tmp_path / "out"
    out.mkdir()
    assert export_term(TERM, out) == {"990100": 3}
    result = tmp_path / "result"
    result.mkdir()
    runner = DuckDB([out, result], tmp_path)
    run_folder(runner, read_folder(out), policy_files(out / "policies" / "990100"), result)
    runner.close()
    told = duckdb.read_parquet(str(result / "answers-2025-09-01.parquet"))
    found = told.select("subject", "answer_boarders", "fen_boarders").fetchall()
    site = {(str(row.subject), row.answer, row.fen) for row in Entitlement.objects.all()}
    assert {row for row in found if row[1] <= 0} == site
    assert len(found) == 3
    _no_name_is_in(out, [pupil.name for pupil in pupils])


def _no_name_is_in(folder: Path, names: list[str]) -> None:
    for file in folder.rglob("*.parquet"):
        rows = duckdb.read_parquet(str(file)).fetchall()
        assert not {value for row in rows for value in row} & set(names)


def test_a_term_that_nobody_has_and_one_on_other_days_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NoSuchTerm):
        export_term("2031-2032-1", tmp_path)
    builders.a_term()
    other = Place.objects.get(code="990200")
    AidTerm.objects.create(
        place=other, code=TERM, starts_on=date(2025, 9, 2), ends_on=builders.LAST
    )
    with pytest.raises(TermsDiffer) as refused:
        export_term(TERM, tmp_path)
    assert "990200" in refused.value.counties
    assert export_term(TERM, tmp_path, ["990100"]) == {"990100": 0}

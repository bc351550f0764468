"""Registers of before and help of departments come in whole, and go as they came."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.aid.models import (
    Household,
    HouseholdHelp,
    HouseholdMember,
    HouseholdStatus,
    OpeningRegister,
)
from junheng.aid.selectors.helps import helps_of
from junheng.aid.selectors.households import Size, villages_on
from junheng.aid.services.household_imports import OneIsNotTwo, sign
from junheng.aid.tests.households import builders as build
from junheng.aid.tests.tables import received
from junheng.commons import import_reports, imports
from junheng.commons.models import ImportBatch
from junheng.evidence.facade import number_index
from junheng.kernel.money import Fen
from junheng.registry.tests.builders import a_class, a_pupil

pytestmark = pytest.mark.django_db
REGISTER = (
    "number,village,name,resident_id,relation,able_to_work,"
    "kind,category,work_class,cause,valid_from,valid_to"
)
HELP = "number,kind,state,on,times,yuan,department,reason,paper"
CHILD = "990100201705010010"
POOR = "registered_poor,general,A,illness,2014-06-01,"


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Any) -> None:
    settings.STORAGE_ROOT = tmp_path


def brought(kind: str, header: str, *rows: str) -> ImportBatch:
    """The same, taken over."""
    batch = received(kind, header, *rows)
    assert batch.state == "previewed", import_reports.report_of(batch).faults
    imports.write(batch)
    return batch


def family(number: str = "H-7") -> tuple[str, str]:
    return (
        f"{number},{cast.VILLAGE},田大山,,02,yes,{POOR}",
        f"{number},{cast.VILLAGE},田小禾,{CHILD},20-子,no,{POOR}",
    )


def test_a_register_counts_when_the_second_person_has_signed() -> None:
    child = a_pupil(a_class(size=0), resident_id=CHILD, resident_id_key=number_index(CHILD))
    brought("aid.household_register", REGISTER, *family())
    day = date(2026, 1, 1)
    assert villages_on(cast.ma(), day) == []
    register = OpeningRegister.objects.get()
    with pytest.raises(OneIsNotTwo):
        sign(register, by=cast.ma())
    sign(register, by=cast.wu())
    (row,) = villages_on(cast.ma(), day)
    assert row.able == Size(1, 2)
    assert HouseholdMember.objects.get(resident_id_key=number_index(CHILD)).pupil == child
    with pytest.raises(OneIsNotTwo):
        sign(register, by=cast.wu())


def test_a_register_goes_as_it_came_until_it_is_signed() -> None:
    batch = brought("aid.household_register", REGISTER, *family())
    imports.undo(batch, cast.ma())
    for rows in (Household, HouseholdMember, HouseholdStatus, OpeningRegister):
        assert rows.objects.count() == 0
    batch = brought("aid.household_register", REGISTER, *family())
    sign(OpeningRegister.objects.get(), by=cast.wu())
    with pytest.raises(imports.CannotUndo):
        imports.undo(batch, cast.ma())


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        pytest.param([family()[1]], "relation", id="no head"),
        pytest.param([*family(), *family("H-8")], "resident_id", id="somebody in two households"),
        pytest.param([f"H-7,{cast.TOWNSHIP},田大山,,02,,{POOR}"], "village", id="no village"),
        pytest.param(
            [f"H-7,{cast.VILLAGE},田大山,,02,,registered_poor,,,,2014-06-01,"],
            "kind",
            id="no class and cause",
        ),
        pytest.param(
            [f"H-7,{cast.VILLAGE},田大山,,02,,registered_poor,marginal,A,illness,2014-06-01,"],
            "category",
            id="a category of another status",
        ),
        pytest.param(
            [f"H-7,{cast.VILLAGE},田大山,,02,,subsistence,,,,2014-06-01,2014-06-01"],
            "valid_from",
            id="ended before it began",
        ),
        pytest.param(
            [family()[0], family()[1].replace("illness", "schooling")],
            "number",
            id="two causes in one household",
        ),
    ],
)
def test_a_faulty_register_is_refused_with_the_place(rows: list[str], column: str) -> None:
    batch = received("aid.household_register", REGISTER, *rows)
    assert batch.state == "refused"
    assert column in {fault.column for fault in import_reports.report_of(batch).faults}
    assert Household.objects.count() == 0


def test_help_is_summed_by_village_and_township_and_goes_as_it_came() -> None:
    build.poor("H-1")
    build.poor("H-2")
    batch = brought(
        "aid.household_help",
        HELP,
        "H-1,hospital,given,2026-02-01,2,1200.50,Insurance,,",
        "H-2,hospital,given,2026-03-01,1,99.50,Insurance,,",
        "H-1,chronic,screened,2026-03-01,,,Health,,",
        "H-1,chronic,refused,2026-03-02,,,Health,Not on the list,Letter 3",
    )
    for by_township in (False, True):
        chronic, hospital = helps_of(cast.zheng(), year=2026, by_township=by_township)
        assert (hospital.households, hospital.times, hospital.amount) == (2, 3, Fen(130_000))
        assert (chronic.households, chronic.screened, chronic.refused) == (0, 1, 1)
    assert helps_of(cast.zheng(), year=2025, by_township=False) == []
    imports.undo(batch, cast.ma())
    assert HouseholdHelp.objects.count() == 0


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("H-1,chronic,refused,2026-02-01,,,Health,,", id="refused without a paper"),
        pytest.param("H-1,repair,refused,2026-02-01,,9,Housing,No,L3", id="refused with money"),
        pytest.param("H-1,repair,screened,2026-02-01,,,Housing,,", id="a home screened"),
        pytest.param("H-1,repair,given,2026-02-01,,,Housing,No,", id="given with a reason"),
        pytest.param("H-9,repair,given,2026-02-01,,,Housing,,", id="no such household"),
        pytest.param("H-1,repair,given,2026-02-01,0,,Housing,,", id="no time at all"),
        pytest.param("H-1,repair,given,2026-02-01,,-5,Housing,,", id="less than nothing"),
    ],
)
def test_faulty_help_is_refused(row: str) -> None:
    build.poor("H-1")
    assert received("aid.household_help", HELP, row).state == "refused"

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.commons.sheets import (
    Column,
    Table,
    Wrong,
    check_rows,
    error_workbook,
    read_table_file,
    template_workbook,
    unread,
)
from junheng.kernel.faults import Refused


def too_many(seats: int) -> Wrong | None:
    return (
        Wrong("%(seats)s seats are too many.", "At most 55.", {"seats": seats})
        if seats > 55
        else None
    )


COLUMNS = (
    Column("code", "Code", required=True, kind="identifier", unique=True, example="0001"),
    Column("name", "Name", required=True, note="As on the school's seal"),
    Column("seats", "Seats", kind="integer", check=too_many),
    Column("opened", "Opened", kind="date"),
    Column("boards", "Boards", kind="yes_no"),
    Column("level", "Level", kind="choice", choices={"primary": "P", "secondary": "S"}),
)


def csv(*lines: str) -> Table:
    (table,) = read_table_file("\n".join(lines).encode(), name="schools.csv").values()
    return table


def xlsx(*rows: Sequence[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(output := io.BytesIO())
    return output.getvalue()


def faults_of(*lines: str) -> list[tuple[int | None, str, str]]:
    _values, faults = check_rows(COLUMNS, csv("Code,Name,Seats,Opened,Boards,Level", *lines))
    return [(each.row, each.column, each.message) for each in faults]


# -------------------------------------------------------------------------------- reading


def test_sound_rows_come_as_declared() -> None:
    table = csv(
        "Name,Code,Level,Seats,Opened,Boards",
        "First School,0001,primary,45,1998/9/1,yes",
        "Second School,0002,,,,",
    )
    values, faults = check_rows(COLUMNS, table)
    assert faults == []
    assert values == [
        {
            "code": "0001",
            "name": "First School",
            "seats": 45,
            "opened": date(1998, 9, 1),
            "boards": True,
            "level": "P",
        },
        {
            "code": "0002",
            "name": "Second School",
            "seats": None,
            "opened": None,
            "boards": None,
            "level": None,
        },
    ]


def test_a_workbook_with_real_dates_and_figures_reads_alike() -> None:
    data = xlsx(["Code", "Name", "Seats", "Opened"], ["0001", "A", 45, datetime(1998, 9, 1)])  # noqa: DTZ001  # a cell has no zone
    (table,) = read_table_file(data, name="schools.xlsx").values()
    values, faults = check_rows(COLUMNS, table)
    assert faults == []
    assert (values[0]["seats"], values[0]["opened"]) == (45, date(1998, 9, 1))


def test_all_faults_are_told_at_once_in_the_order_of_the_rows() -> None:
    assert faults_of(
        ",Nameless,56,1998-13-01,perhaps,tertiary",
        "0002,,many,,,",
        "0003,C,,,,",
        "0003,D,,,,",
    ) == [
        (2, "Code", "The cell is blank."),
        (2, "Seats", "56 seats are too many."),
        (2, "Opened", "“1998-13-01” is not a date."),
        (2, "Boards", "“perhaps” is neither yes nor no."),
        (2, "Level", "“tertiary” is not one of the choices."),
        (3, "Name", "The cell is blank."),
        (3, "Seats", "“many” is not a whole number."),
        (5, "Code", "“0003” stands in row 4 already."),
    ]


def test_a_missing_column_is_told_and_the_rest_is_checked() -> None:
    values, faults = check_rows(COLUMNS, csv("Code,Seats", "0001,99"))
    assert [(each.row, each.column) for each in faults] == [(1, "Name"), (2, "Seats")]
    assert values[0]["name"] is None


def test_an_identifier_stored_as_a_number_is_refused_and_never_repaired() -> None:
    (table,) = read_table_file(xlsx(["Code", "Name"], [1, "A"]), name="s.xlsx").values()
    values, faults = check_rows(COLUMNS, table)
    assert values[0]["code"] is None
    assert (faults[0].row, faults[0].column) == (2, "Code")
    assert "digits may be lost" in faults[0].message


def test_a_formula_is_refused() -> None:
    (table,) = read_table_file(xlsx(["Code", "Name"], ["0001", "=A1"]), name="s.xlsx").values()
    _values, faults = check_rows(COLUMNS, table)
    assert [(each.row, each.message) for each in faults] == [(2, "The cell holds a formula.")]


@pytest.mark.parametrize(
    "written", ["2020-08-31", "2020/8/31", "2020.8.31", "20200831", "2020年8月31日"]
)
def test_dates_as_offices_write_them(written: str) -> None:
    values, faults = check_rows(COLUMNS, csv("Code,Name,Opened", f"1,A,{written}"))
    assert (values[0]["opened"], faults) == (date(2020, 8, 31), [])


@pytest.mark.parametrize(
    ("written", "meant"), [("是", True), ("否", False), ("Yes", True), ("0", False)]
)
def test_yes_and_no_as_offices_write_them(written: str, meant: bool) -> None:
    values, _faults = check_rows(COLUMNS, csv("Code,Name,Boards", f"1,A,{written}"))
    assert values[0]["boards"] is meant


def test_a_header_in_any_language_or_by_its_name_is_known() -> None:
    column = Column("code", _lazy_code())
    for header in ("Code", "代码", "code"):
        values, faults = check_rows([column], csv(header, "0001"))
        assert (values, faults) == ([{"code": "0001"}], [])


def test_titles_that_read_alike_in_one_language_are_told_apart_in_the_other() -> None:
    name, of_a_person = Column("name", gettext_lazy("Name")), pgettext_lazy("person", "Name")
    with translation.override("en"):
        assert check_rows([name], csv("名称", "x"))[0] == [{"name": "x"}]
        assert check_rows([Column("name", of_a_person)], csv("姓名", "y"))[0] == [{"name": "y"}]


def test_other_spellings_of_a_header_are_known() -> None:
    column = Column("code", "Code", also=("Number",))
    assert check_rows([column], csv("Number", "0001")) == ([{"code": "0001"}], [])


def test_a_value_is_looked_at_once_and_only_if_it_is_in_doubt() -> None:
    looked: list[str] = []

    def check(value: str) -> Wrong:
        looked.append(value)
        return Wrong("No.")

    column = Column("n", "N", check=check, sound=lambda many: [each == "fine" for each in many])
    values, faults = check_rows([column], csv("N", "fine", "odd", "fine", "odd"))
    assert [each["n"] for each in values] == ["fine", None, "fine", None]
    assert [(each.row, each.message) for each in faults] == [(3, "No."), (5, "No.")]
    assert looked == ["odd"]


def _lazy_code() -> Any:
    def title() -> str:
        return "代码" if translation.get_language() == "zh-hans" else "Code"

    return lazy(title, str)()


def test_what_is_not_read_is_told() -> None:
    assert unread(COLUMNS, csv("Code,Name,Remarks", "1,A,x")) == ["Remarks"]


def test_a_file_on_the_disk_that_is_too_big_is_not_even_opened(tmp_path: Path) -> None:
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(Refused, match="at most 50 MB"):
        read_table_file(big)


# ---------------------------------------------------------------------------- error workbook


def error_book(table: Table) -> openpyxl.Workbook:
    _values, faults = check_rows(COLUMNS, table)
    return openpyxl.load_workbook(io.BytesIO(error_workbook(COLUMNS, table, faults)))


def test_each_row_says_what_is_wrong_with_it() -> None:
    sheet = error_book(csv("Code,Name,Remarks", "0001,A,=1+1", "0002,,b")).worksheets[0]
    assert list(sheet.iter_rows(values_only=True)) == [
        ("Code", "Name", "Remarks", "What is wrong"),
        ("0001", "A", "'=1+1", None),
        ("0002", None, "b", "Name: The cell is blank. Fill it in."),
    ]
    assert sheet["B3"].fill.fgColor.rgb == "FFFFD9D9"
    assert sheet["A2"].number_format == "@"


def test_a_mended_error_workbook_can_be_sent_as_it_is() -> None:
    book = error_book(csv("Code,Name,Seats", "0001,,45", "0002,+B,4"))
    book.worksheets[0]["B2"] = "mended"
    book.save(output := io.BytesIO())
    table = next(iter(read_table_file(output.getvalue(), name="mended.xlsx").values()))
    values, faults = check_rows(COLUMNS, table)
    assert faults == []
    assert [each["name"] for each in values] == ["mended", "+B"]


def test_what_is_wrong_with_the_whole_file_stands_on_a_second_sheet() -> None:
    book = error_book(csv("Code", "0001"))
    assert "The column is missing." in str(book.worksheets[1]["A2"].value)


# --------------------------------------------------------------------------------- template


def test_a_template_keeps_identifiers_as_text_and_explains_itself() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_workbook(COLUMNS)))
    table, notes = book.worksheets
    assert [cell.value for cell in table[1]] == [str(column.title) for column in COLUMNS]
    assert table.column_dimensions["A"].number_format == "@"
    assert table.data_validations.dataValidation[0].formula1 == '"primary,secondary"'
    assert [cell.value for cell in notes[2]] == ["Code", "yes", None, "0001"]


def test_a_filled_template_is_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_workbook(COLUMNS)))
    book.worksheets[0].append(["0001", "A", "45", "2020-08-31", "no", "secondary"])
    book.save(output := io.BytesIO())
    table = next(iter(read_table_file(output.getvalue(), name="t.xlsx").values()))
    values, faults = check_rows(COLUMNS, table)
    assert (values[0]["level"], faults) == ("S", [])

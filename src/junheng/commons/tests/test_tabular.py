"""Tables from untrusted files: what is text, what is a number, what is no table at all."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from junheng.commons.spreadsheet import column_number, read_tables, read_xlsx
from junheng.commons.tabular import Limits, Table, decode, missing, read_csv, texts, too_big
from junheng.kernel.faults import Fault, Refused


def book(*rows: tuple[object, ...], sheet: str = "a") -> bytes:
    made = openpyxl.Workbook()
    page = made.active
    page.title = sheet
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def sheet_of(*rows: tuple[object, ...]) -> Table:
    return read_xlsx(book(*rows), "t.xlsx")["a"]


def refusal(data: bytes, name: str = "t.csv", limits: Limits | None = None) -> str:
    with pytest.raises(Refused) as refused:
        read_tables(data, name, limits=limits or Limits())
    return str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("学校,镇\n城关一小,城关镇\n", id="everyday characters"),
        pytest.param("学校,镇\n堃垚小学,㙍城镇\n", id="rare characters among others"),
        pytest.param("name\n一一\n", id="valid as UTF-8 by chance"),
        pytest.param("name\n联通\n", id="the famous one"),
        pytest.param("name\nplain\n", id="ASCII"),
    ],
)
def test_utf8_and_gb18030_are_recognised(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "t.csv") == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("name\nÑuñoa\n", id="accents"),
        pytest.param("name\n\u0645\u06d5\u0643\u062a\u06d5\u067e\n", id="Uyghur"),
        pytest.param("name\n\u0428\u043a\u043e\u043b\u0430 \u2116 5\n", id="Cyrillic"),
    ],
)
def test_other_scripts_in_utf8_stay_what_they_are(text: str) -> None:
    assert decode(text.encode(), "t.csv") == text


def test_rows_are_counted_as_a_spreadsheet_counts() -> None:
    table = read_csv(b'\n\nid,name\na,"x\ny"\n,\nb,z\n', "t.csv")
    assert table.numbers == [4, 6]
    assert table.columns == {"id": ["a", "b"], "name": ["x\ny", "z"]}
    assert list(table.rows()) == [("a", "x\ny"), ("b", "z")]
    assert len(table) == 2


def test_a_row_of_blanks_is_no_row_but_a_zero_is() -> None:
    table = sheet_of(("n", "m"), (None, " "), (0, None))
    assert table.numbers == [3]


def test_numbers_in_text_columns_are_kept_apart_from_identifiers() -> None:
    table = sheet_of(("id", "n"), ("a", 1.0), (12, 1.5), ("4.3E+17", True))
    assert texts(table, "n") == (["1", "1.5", "true"], [])
    values, faults = texts(table, "id", identifier=True)
    assert values == ["a", "12", "4.3E+17"]
    assert [(f.row, f.column) for f in faults] == [(3, "id"), (4, "id")]


def test_formulas_dates_and_errors_are_faults_in_the_column_that_is_read() -> None:
    table = sheet_of(("n", "other"), ("=1+1", "=2"), (date(2026, 9, 1), 1), ("#DIV/0!", 2))
    values, faults = texts(table, "n")
    assert [f.row for f in faults] == [2, 3, 4]
    assert values[0] == ""
    assert [word in f.message for word, f in zip(("formula", "date", "error"), faults, strict=True)]
    assert texts(table, "other")[1][0].row == 2


def test_a_row_of_formulas_is_not_taken_for_a_blank_one() -> None:
    table = sheet_of(("id", "n"), ("a", 1), ("=A1", None), (None, None, None), (None, "=B2"))
    assert table.numbers == [2, 3, 5]
    assert table.faults == ()


def test_a_note_beside_the_table_is_no_fault() -> None:
    table = sheet_of(("id",), ("a", "call again"), (None, "alone"))
    assert table.columns == {"id": ["a"]}
    assert table.faults == ()


def test_empty_sheets_are_passed_over_unless_they_are_asked_for() -> None:
    made = openpyxl.Workbook()
    made.create_sheet("full").append(["id"])
    out = io.BytesIO()
    made.save(out)
    assert list(read_xlsx(out.getvalue(), "t.xlsx")) == ["full"]
    with pytest.raises(Refused, match=r"t\.xlsx/Sheet: The file is empty"):
        read_xlsx(out.getvalue(), "t.xlsx", wanted={"Sheet", "full"})


def test_what_a_file_is_shows_in_its_bytes() -> None:
    assert list(read_tables(book(("id",), ("x",)), "named.csv")) == ["a"]
    assert list(read_tables(b"id\nx\n", "list.csv")) == ["list"]
    assert "not a readable .xlsx" in refusal(b"id\nx\n", "list.xlsx")


def test_limits_hold_before_anything_is_unpacked() -> None:
    data = book(("id",), *((f"x{i}",) for i in range(200)))
    assert "at most 0 MB" in refusal(data, limits=Limits(file_bytes=100))
    assert "at most 0 MB" in refusal(b"id,n\n" * 100, limits=Limits(file_bytes=100))
    assert "unpack" in refusal(data, limits=Limits(inflated_bytes=1_000))
    assert "row 201" in refusal(data, limits=Limits(cells=100))
    assert too_big("t.csv", 100, Limits(file_bytes=100)) is None


def repacked(
    data: bytes, change: dict[str, bytes | None], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """The workbook with parts replaced, or left out where None stands."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in old.namelist():
            content = change.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def test_a_stored_part_and_other_prefixes_are_read_too() -> None:
    data = book(("id", "n"), ("a", "=1+1"))
    assert texts(read_xlsx(repacked(data, {}, zipfile.ZIP_STORED), "t.xlsx")["a"], "n")[1]
    assert "not a readable" in refusal(repacked(data, {}, zipfile.ZIP_BZIP2), "t.xlsx")


def test_a_damaged_workbook_is_refused_in_words() -> None:
    data = book(("id",), ("a",))
    assert "not a readable" in refusal(repacked(data, {"xl/workbook.xml": b"<x"}), "t.xlsx")
    assert "not a readable" in refusal(repacked(data, {"xl/workbook.xml": None}), "t.xlsx")
    assert "not a readable" in refusal(data[: len(data) // 2], "t.xlsx")
    spoilt = bytearray(data)
    spoilt[60:70] = b"\xff" * 10
    assert "not a readable" in refusal(bytes(spoilt), "t.xlsx")
    locked = bytearray(data)
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in refusal(bytes(locked), "t.xlsx")


def test_columns_are_numbered_from_their_letters() -> None:
    assert [column_number(letters) for letters in (b"A", b"Z", b"AA", b"XFD")] == [0, 25, 26, 16383]


def test_a_missing_column_says_what_is_there_instead() -> None:
    table = read_csv(b"ID;name\na;b\n", "t.csv")
    assert "“;”" in missing(table, ["id"])[0].fix
    assert "“ID”" in missing(read_csv(b"ID,name\n", "t.csv"), ["id"])[0].fix
    assert missing(read_csv(b"id\n", "t.csv"), ["id"]) == []


def test_a_fault_can_be_said_in_another_language() -> None:
    told = missing(read_csv(b"x\n", "t.csv"), ["id"])[0]
    said = told.said_in({"The column is missing.": "缺少这一列。"}.get)  # type: ignore[arg-type]  # a catalogue gives every sentence
    assert said.message == "缺少这一列。"
    assert str(told).startswith("t.csv:1: id: The column is missing. ")


def test_a_fault_with_ready_made_words_stays_as_it_is() -> None:
    ready = Fault("t.csv", None, "", "Made elsewhere.")
    assert ready.said_in(str.upper) is ready
    assert str(ready) == "t.csv: Made elsewhere."

"""What goes to the bank says the same in every form, and what comes back is read from each."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from junheng.aid.files.bank import CURRENT, Layout, Payment, layout, layouts, yuan
from junheng.aid.files.bank_files import DoesNotFit, written
from junheng.aid.services import bank_answers
from junheng.commons.sheets import check_rows
from junheng.kernel.faults import Refused
from tests.examples import examples

FIXED, BOOK = "cards-2026-fixed", "cards-2026-xlsx"
WORDS = st.text(
    st.characters(min_codepoint=0x20, exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]),
    min_size=1,
    max_size=12,
)
DIGITS = st.text("0123456789", min_size=8, max_size=32)
PAYMENTS = st.lists(
    st.builds(
        Payment,
        number=st.just(0),
        holder=WORDS,
        account=DIGITS,
        holder_id=st.sampled_from(["", "990100198001010010", "99010019800101001X"]),
        fen=st.integers(1, 10**11),
        reference=st.sampled_from(["PB26-AAAA-AAAAA", "助学金"]),
    ),
    max_size=6,
)
ANSWERS = st.lists(
    st.tuples(
        DIGITS,
        st.integers(1, 10**11),
        st.sampled_from(["0000", "成功", "0001", "1001", "账户已销户"]),
        st.none() | st.integers(0, 10**11),
    ),
    min_size=1,
    max_size=6,
)


def numbered(payments: list[Payment]) -> list[Payment]:
    rest = ("holder", "account", "holder_id", "fen", "reference")
    return [
        Payment(number, **{name: getattr(one, name) for name in rest})
        for number, one in enumerate(payments, start=1)
    ]


def read_back(data: bytes, by: Layout) -> list[list[str]]:
    """The rows of a file for the bank by other means than it was written with, header left out."""
    match by.format:
        case "csv":
            rows = list(csv.reader(io.StringIO(data.decode("gb18030"), newline="")))[1:]
            return [[cell.removeprefix("\t") for cell in row] for row in rows]
        case "xlsx":
            sheet = load_workbook(io.BytesIO(data)).active
            cells: Any = sheet.iter_rows(min_row=2, values_only=True)
            return [[cell or "" for cell in row] for row in cells]
        case _:
            widths = (8, 60, 32, 18, 15, 30)
            return [cut(line, widths) for line in data.decode("latin-1").split("\r\n")[:-1]]


def cut(line: str, widths: tuple[int, ...]) -> list[str]:
    cells = []
    for width in widths:
        cells.append(line[:width].encode("latin-1").decode("gb18030").strip(" "))
        line = line[width:]
    assert line == ""
    return cells


@pytest.mark.parametrize("by", layouts(), ids=lambda one: one.name)
@examples(60)
@given(payments=PAYMENTS)
def test_every_payment_comes_out_as_it_went_in(payments: list[Payment], by: Layout) -> None:
    payments = numbered(payments)
    data = written(payments, by)
    assert data == written(payments, by), "the same payments give the same bytes"
    *rows, total = read_back(data, by)
    for row, one in zip(rows, payments, strict=True):
        number, holder, account, holder_id, amount, reference = row
        assert (number, account, holder_id) == (str(one.number), one.account, one.holder_id)
        assert (amount, reference) == (yuan(one.fen), one.reference)
        assert holder in (one.holder, f"'{one.holder}")  # what a spreadsheet took for a formula
    assert total[0] == "合计"
    assert (total[1], total[4]) == (str(len(payments)), yuan(sum(one.fen for one in payments)))


def answer(rows: list[tuple[str, int, str, int | None]], by: Layout) -> tuple[bytes, str]:
    """A result file as a bank would write it, and what it is called."""
    told = [
        [str(n), account, yuan(fen), code, "" if paid is None else yuan(paid)]
        for n, (account, fen, code, paid) in enumerate(rows, start=1)
    ]
    told.append(["合计", "", yuan(sum(fen for _a, fen, _c, _p in rows)), "", ""])
    header = ["序号", "账号", "金额", "处理结果", "实发金额"]
    if by.format == "xlsx":
        book, output = Workbook(), io.BytesIO()
        for row in [header, *told]:
            book.active.append(row)
        book.save(output)
        return output.getvalue(), "answer.xlsx"
    if by.format == "csv":
        return "\r\n".join(",".join(row) for row in [header, *told]).encode("gb18030"), "answer.csv"
    widths = (8, 32, 15, 20, 15)
    lines = (
        b"".join(cell.encode("gb18030").ljust(w) for cell, w in zip(row, widths, strict=True))
        for row in told
    )
    return b"\r\n".join(lines) + b"\r\n", "answer.TXT"


@pytest.mark.parametrize("by", layouts(), ids=lambda one: one.name)
@examples(40)
@given(rows=ANSWERS)
def test_every_answer_is_read_as_it_was_written(
    rows: list[tuple[str, int, str, int | None]], by: Layout
) -> None:
    table = bank_answers.read(*answer(rows, by))
    values, faults = check_rows(bank_answers.columns(), table)
    assert faults == []
    found = [(row["account"], row["yuan"], row["code"], row["paid_yuan"]) for row in values]
    assert found == [
        (account, yuan(fen), code, None if paid is None else yuan(paid))
        for account, fen, code, paid in rows
    ]


@pytest.mark.parametrize(
    ("name", "given", "column"),
    [
        pytest.param(FIXED, {"holder": "王" * 31}, "户名", id="62 bytes of 60"),
        pytest.param(FIXED, {"fen": 10**15}, "金额", id="an amount beyond the column"),
        pytest.param(FIXED, {"holder": "王\r\n敏"}, "户名", id="a line that breaks"),
        pytest.param(CURRENT, {"holder": "王\t敏"}, "户名", id="a tabulator"),
        pytest.param(BOOK, {"reference": "a\x00"}, "附言", id="a nought"),
    ],
)
def test_what_has_no_place_is_refused_and_never_cut(
    name: str, given: dict[str, Any], column: str
) -> None:
    sound = Payment(1, "王敏", "62170000", "", 1, "x")
    rest = {name: getattr(sound, name) for name in ("holder", "account", "holder_id", "reference")}
    wrong = Payment(**{"number": 2, "fen": 1} | rest | given)
    with pytest.raises(DoesNotFit) as refused:
        written([sound, wrong], layout(name))
    assert (refused.value.number, refused.value.title) == (2, column)


def test_a_fixed_file_that_is_none_says_each_line() -> None:
    good, name = answer([("62170000", 5, "0000", None)], layout(FIXED))
    lines = good.split(b"\r\n")
    broken = b"\r\n".join([lines[0], lines[0][:-1], b"\xff" + lines[0][1:], lines[1]])
    with pytest.raises(Refused) as refused:
        bank_answers.read(broken, name)
    told = [(one.row, one.message) for one in refused.value.faults]
    assert told == [
        (2, "The line has 89 bytes; by the layout it has 90."),
        (3, "The line cannot be read as gb18030 in columns of this layout."),
    ]


def test_layouts_are_called_in_the_readers_language() -> None:
    assert layouts()[0].name == CURRENT
    assert layouts()[0].title == "社保卡代发（2026 版）"
    with override("en"):
        assert layouts()[0].title == "Payments to social-security cards (2026)"
    assert {one.ending for one in layouts()} == {"csv", "xlsx", "txt"}

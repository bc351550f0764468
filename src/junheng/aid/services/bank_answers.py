"""Reading a result file of the bank: every row told apart, nothing guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from junheng.aid.files.bank import Code, Layout, layout, layouts, result_headings
from junheng.aid.files.bank_files import fixed_table
from junheng.aid.models import PaymentBatch, PaymentLine
from junheng.aid.services.pay_accounts import key_of
from junheng.commons.sheets import Column, Values, read_table_file
from junheng.commons.tabular import Table, plain
from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.money import Fen, NotMoney

COMPARE = _("Compare the file with the batch; ask the bank if it is theirs.")


@dataclass(frozen=True, slots=True)
class Answered:
    """What the bank says of a line.

    Attributes:
        line: Which.
        code: Code of the bank, as the layout has it.
        paid_fen: How much reached its account, in fen.
        fresh: Whether it was not known before.
    """

    line: PaymentLine
    code: Code
    paid_fen: int
    fresh: bool


def columns() -> tuple[Column, ...]:
    """The columns of a result file, by any layout."""
    kinds = {"number": "integer", "account": "identifier"}
    return tuple(
        Column(
            heading.key,
            heading.title,
            also=heading.also,
            required=heading.key != "paid_yuan",
            kind=kinds.get(heading.key, "text"),  # type: ignore[arg-type]  # two of its words
            unique=heading.key == "number",
        )
        for heading in result_headings()
    )


def read(data: bytes, name: str) -> Table:
    """The rows of a result file, without its totals line.

    Raises:
        Refused: If it cannot be read, or its totals line does not agree with its rows.
    """
    table = _table(data, name)
    number = _header(table, "number")
    if number is None:
        return table
    rows, total = range(len(table.numbers)), {one.total for one in layouts()}
    totals = [at for at in rows if plain(table.columns[number][at]) in total]
    if not totals:
        return table
    kept = [at for at in rows if at not in set(totals)]
    shorter = replace(
        table,
        columns={head: [cells[at] for at in kept] for head, cells in table.columns.items()},
        numbers=[table.numbers[at] for at in kept],
    )
    _require_total(table, shorter, totals[-1])
    return shorter


def _table(data: bytes, name: str) -> Table:
    if name.lower().endswith(".txt"):
        return fixed_table(data, name)
    return next(iter(read_table_file(data, name=name).values()))


def _require_total(table: Table, rows: Table, at: int) -> None:
    amount = _header(table, "yuan")
    if amount is None:
        return
    told = _fen(plain(table.columns[amount][at]))
    summed = [_fen(plain(cell)) for cell in rows.columns[amount]]
    if told is None or None in summed or told == sum(fen for fen in summed if fen):
        return
    raise Refused(
        [
            fault(
                table.name,
                table.numbers[at],
                amount,
                _("The totals line says %(told)s yuan, the rows add up to %(sum)s."),
                _("The file is not whole; fetch it from the bank again."),
                told=Fen(told),
                sum=Fen(sum(fen for fen in summed if fen)),
            )
        ]
    )


def _header(table: Table, key: str) -> str | None:
    heading = next(one for one in result_headings() if one.key == key)
    return next((head for head in table.columns if head in (heading.title, *heading.also)), None)


def _fen(text: str) -> int | None:
    try:
        return Fen.parse(text).amount
    except NotMoney:
        return None


def judged(batch: PaymentBatch, values: Values, rows: Table) -> tuple[list[Answered], list[Fault]]:
    """What every row says of which line, or what is wrong with it."""
    found, faults = [], []
    if batch.state in (PaymentBatch.State.DRAFT, PaymentBatch.State.CHECKED):
        told = _("The batch was not sent to the bank yet, so there is no answer to it.")
        return [], [fault(rows.name, None, "", told)]
    by = layout(batch.file.layout)
    lines = {line.number: line for line in batch.lines.select_related("outcome")}
    for number, value in zip(rows.numbers, values, strict=True):
        wrong = list(_wrong(lines.get(value["number"]), value, by))
        if wrong:
            faults += [
                fault(rows.name, number, _title(by, key), words, COMPARE, **figures)
                for key, words, figures in wrong
            ]
        else:
            found.append(_answered(lines[value["number"]], value, by))
    return found, faults


def _title(by: Layout, key: str) -> str:
    return next(one.title for one in by.result if one.key == key)


Wrong = Iterator[tuple[str, str, Mapping[str, object]]]


def _wrong(line: PaymentLine | None, value: Mapping[str, Any], by: Layout) -> Wrong:
    if line is None:
        yield "number", _("The batch has no line %(number)s."), {"number": value["number"]}
        return
    if key_of(value["account"]) != line.account_key:
        yield "account", _("This is not the account that line %(n)s went to."), {"n": line.number}
    if _fen(value["yuan"]) != line.fen:
        yield (
            "yuan",
            _("Line %(n)s is over %(yuan)s yuan."),
            {
                "n": line.number,
                "yuan": Fen(line.fen),
            },
        )
    code = by.code_of(value["code"])
    if code is None:
        yield "code", _("The code “%(code)s” is not known."), {"code": value["code"]}
        return
    paid = _paid(line, code, value)
    if paid is None:
        yield (
            "paid_yuan",
            _("What arrived does not go with the code “%(code)s”."),
            {"code": value["code"]},
        )
    elif (outcome := _outcome(line)) and (outcome.code, outcome.paid_fen) != (code.code, paid):
        yield (
            "code",
            _("The bank answered line %(n)s otherwise before: %(code)s."),
            {
                "n": line.number,
                "code": outcome.code,
            },
        )


def _outcome(line: PaymentLine) -> Any:
    return getattr(line, "outcome", None)


def _paid(line: PaymentLine, code: Code, value: Mapping[str, Any]) -> int | None:
    """How much arrived; None where the row contradicts itself."""
    written = value["paid_yuan"]
    told = _fen(written) if written else None
    if code.outcome == "partly":
        return told if told is not None and 0 < told < line.fen else None
    whole = line.fen if code.outcome == "paid" else 0
    return whole if not written or told == whole else None


def _answered(line: PaymentLine, value: Mapping[str, Any], by: Layout) -> Answered:
    code = by.code_of(value["code"])
    assert code is not None  # noqa: S101 -- asked by _wrong
    paid = _paid(line, code, value)
    assert paid is not None  # noqa: S101 -- asked by _wrong
    return Answered(line, code, paid, fresh=_outcome(line) is None)

"""What tables of households have in their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.aid.engine.facts import MOST_FEN
from junheng.aid.models import CodeList, HelpKind, HelpState, HouseholdCode, WorkClass
from junheng.commons.sheet_columns import Choices, sound_resident_id
from junheng.commons.sheets import Column, Table, Wrong, header_of
from junheng.kernel.codes import table
from junheng.kernel.faults import Fault, fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.money import Fen


class Codes(Mapping[str, str]):
    """Entries of a list of codes by code and by name, in any language."""

    def __init__(self, which: str) -> None:
        self.which = which

    def __iter__(self) -> Iterator[str]:
        rows = HouseholdCode.objects.filter(list=self.which)
        return iter(list(dict.fromkeys(str(row) for row in rows)))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, word: str) -> str:
        for row in HouseholdCode.objects.filter(list=self.which):
            if word in (row.code, row.name_zh, row.name_en):
                return str(row.code)
        raise KeyError(word)


class Relations(Mapping[str, str]):
    """Relations to the head by code or name, as GB/T 4761 has them."""

    def __iter__(self) -> Iterator[str]:
        return (f"{code}-{entry.zh}" for code, entry in table("relation").entries.items())

    def __len__(self) -> int:
        return len(table("relation").entries)

    def __getitem__(self, word: str) -> str:
        code = table("relation").read(word)
        if code is None:
            raise KeyError(word)
        return code


def sound_yuan(text: str) -> Wrong | None:
    """Look at an amount in yuan, of nothing or more."""
    try:
        amount = Fen.parse(text).amount
    except ValueError:  # no amount, or more digits than Python reads
        amount = -1
    if 0 <= amount <= MOST_FEN:
        return None
    return Wrong(
        _("“%(value)s” is not an amount in yuan."),
        _("Write yuan with at most two decimals, from 0 to %(most)s."),
        {"value": text, "most": Fen(MOST_FEN)},
    )


def _times(value: int) -> Wrong | None:
    if 1 <= value <= 1_000:
        return None
    return Wrong(_("%(value)s times cannot be."), "", {"value": value})


def _code(name: str, title: Any, which: str, **more: Any) -> Column:
    return Column(name, title, kind="choice", choices=Codes(which), **more)


NUMBER = Column(
    "number",
    gettext_lazy("Household number"),
    required=True,
    kind="identifier",
    example="990100001001-0001",
)
REGISTER = (
    NUMBER,
    Column(
        "village",
        gettext_lazy("Code of the village"),
        required=True,
        kind="identifier",
        example="990100001001",
    ),
    Column("name", pgettext_lazy("person", "Name"), required=True, example="田大山"),
    Column(
        "resident_id",
        gettext_lazy("Resident ID number"),
        kind="identifier",
        check=sound_resident_id,
        example="990100198001010018",
    ),
    Column(
        "relation",
        gettext_lazy("Relation to the head"),
        required=True,
        kind="choice",
        choices=Relations(),
        note=gettext_lazy("02 is the head; one in each household."),
        example="02",
    ),
    Column("able_to_work", gettext_lazy("Able to work"), kind="yes_no"),
    _code("kind", pgettext_lazy("household", "Status"), CodeList.STATUS, required=True),
    _code("category", gettext_lazy("Category"), CodeList.CATEGORY),
    Column(
        "work_class",
        pgettext_lazy("household", "Class"),
        kind="choice",
        choices=Choices(dict(WorkClass.choices)),
        example="A",
    ),
    _code("cause", gettext_lazy("Cause of poverty"), CodeList.CAUSE),
    Column(
        "valid_from",
        gettext_lazy("Identified on"),
        required=True,
        kind="date",
        example="2014-06-01",
    ),
    Column("valid_to", gettext_lazy("Removed on"), kind="date"),
)
"""One row is one person; what is said of the household stands in every row of it."""
OF_A_HOUSEHOLD = ("village", "kind", "category", "work_class", "cause", "valid_from", "valid_to")

HELP = (
    NUMBER,
    Column(
        "kind",
        gettext_lazy("Help"),
        required=True,
        kind="choice",
        choices=Choices(dict(HelpKind.choices)),
    ),
    Column(
        "state",
        pgettext_lazy("help", "State"),
        required=True,
        kind="choice",
        choices=Choices(dict(HelpState.choices)),
    ),
    Column("on", gettext_lazy("Day"), required=True, kind="date", example="2026-04-01"),
    Column("times", gettext_lazy("Times"), kind="integer", check=_times, example="1"),
    Column("yuan", gettext_lazy("Yuan"), check=sound_yuan, example="1200.50"),
    Column("department", gettext_lazy("Department"), required=True),
    Column("reason", gettext_lazy("Reason of the refusal")),
    Column("paper", pgettext_lazy("review", "Paper")),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with what is needed to say something of one of its cells."""

    columns: tuple[Column, ...]
    table: Table

    def fault(self, row: int, column: str, message: str, fix: str = "", **figures: object) -> Fault:
        """Something wrong in a cell."""
        wanted = next(one for one in self.columns if one.name == column)
        header = header_of(wanted, self.table) or str(wanted.title)
        return fault(self.table.name, row, header, message, fix, **figures)


def code_holds(which: str, code: str, kind: str, day: date, known: list[HouseholdCode]) -> bool:
    """Whether an entry of a list holds on a day, among those that there are."""
    return any(
        row.list == which
        and row.code == code
        and row.kind == kind
        and row.valid_from <= day
        and (row.valid_to is None or row.valid_to > day)
        for row in known
    )

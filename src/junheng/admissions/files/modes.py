"""What the mode of diversion asks of rules and tables, and what means nothing with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from junheng.admissions.engine.types import Mode
from junheng.admissions.files.layout import GRADE_MOVES, LAYOUTS, OFFER_CHOICES, OFFERS
from junheng.admissions.files.layout import RULES as RULES_SHEET
from junheng.admissions.files.raw import RawRules
from junheng.admissions.files.rulebook import RULES
from junheng.commons.tabular import Table
from junheng.kernel.faults import Fault, fault
from junheng.kernel.faults import gettext_noop as _

_NEW = (Mode.OPEN, Mode.GRADE)
_OF_OPEN = ("silence", "unranked", "first_run")
_NEEDED = ("silence", "unranked")
_FIX = {rule.key: rule.fix for rule in RULES}


def mode_faults(raw: RawRules, values: Mapping[str, Any]) -> Iterator[Fault]:
    """Rules that the mode lacks, or that mean nothing with it.

    Args:
        raw: The rules as written.
        values: Those that could be read.
    """
    if "mode" not in values:
        return
    mode, given = values["mode"], raw.values.get("diversion", {})
    if mode in _NEW and values.get("version") == 1:
        yield _of(
            raw,
            "mode",
            _("The mode “%(mode)s” belongs to version 2 of the format."),
            _("Write version = 2 under [round]."),
            mode=mode,
        )
    for key in _OF_OPEN:
        if key in given and mode != Mode.OPEN:
            yield _of(
                raw,
                key,
                _("The rule means nothing with the mode “%(mode)s”."),
                _("Delete the line, or correct the mode."),
                mode=mode,
            )
    for key in _NEEDED:
        if mode == Mode.OPEN and key not in given:
            yield _of(raw, key, _("The rule is missing."), _FIX[key])


def table_faults(
    raw: RawRules, values: Mapping[str, Any], tables: Mapping[str, Table]
) -> Iterator[Fault]:
    """Tables that the mode lacks or does not know, and rules that contradict a table.

    Args:
        raw: The rules as written.
        values: Those that could be read.
        tables: The tables that were given.
    """
    if "mode" not in values:
        return
    mode = values["mode"]
    for name, table in tables.items():
        if LAYOUTS[name].modes and mode not in LAYOUTS[name].modes:
            yield fault(
                table.name,
                None,
                "",
                _("The table means nothing with the mode “%(mode)s”."),
                _("Take the table out, or correct the mode."),
                mode=mode,
            )
    if mode == Mode.GRADE and GRADE_MOVES.name not in tables:
        yield fault(
            _file_of(GRADE_MOVES.name, raw),
            None,
            "",
            _("The table is missing."),
            _("Say in it which school's entering grade may move to which host."),
        )
    if mode == Mode.OPEN:
        yield from _open_faults(raw, values, tables)


def _file_of(name: str, raw: RawRules) -> str:
    """What a table that is missing would be called: a sheet, where the rules stand on one."""
    book, _slash, sheet = raw.file.rpartition("/")
    return f"{book}/{name}" if sheet == RULES_SHEET and book else f"{name}.csv"


def _open_faults(
    raw: RawRules, values: Mapping[str, Any], tables: Collection[str]
) -> Iterator[Fault]:
    if OFFERS.name in tables and values.get("max_distance_m") is not None:
        yield _of(
            raw,
            "max_distance_m",
            _("The table of offers says what may be offered, and so does the limit."),
            _("Delete the limit, or take the table out."),
        )
    if "first_run" not in values:
        return
    if OFFER_CHOICES.name in tables and not values["first_run"]:
        yield _of(
            raw,
            "first_run",
            _("Families have answered, but it is not said which run made the offers."),
            _("Write first_run under [diversion] with the 64 characters that the run printed."),
        )
    if OFFER_CHOICES.name not in tables and values["first_run"]:
        yield _of(
            raw,
            "first_run",
            _("The run that made the offers is named, but the answers are missing."),
            _("Add the table offer_choices, with its header only if nobody answered."),
        )


def _of(raw: RawRules, key: str, message: str, fix: str, **figures: object) -> Fault:
    return fault(raw.file, raw.rows.get(("diversion", key)), key, message, fix, **figures)

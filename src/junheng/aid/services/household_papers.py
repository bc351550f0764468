"""Card, book and ledger as PDF: what the pages show, masks included."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from junheng.aid.models import Household, HouseholdStatus
from junheng.aid.selectors.cards import Card
from junheng.aid.selectors.reviews import code_names
from junheng.commons.documents import render, writable
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal

TEMPLATES = "aid/documents"
MOST_ROWS = 5_000
"""Entries that one paper takes; a longer ledger leaves as a workbook."""


class TooLong(Refusal):
    """The ledger is too long for one paper."""


def _as_on(day: date) -> str:
    return _("as on %(day)s") % {"day": day.isoformat()}


def _warning() -> str:
    return _("Personal data: only for those in charge. Do not post or forward.")


def card_pdf(home: Household, card: Card, *, on: date) -> bytes:
    """The card of a household as on a day."""
    data = {
        "title": _("Card of household %(number)s") % {"number": home.number},
        "under": f"{card.village.name} · {_as_on(on)}",
        "warning": _warning(),
        "parts": [_people(card), _statuses(card), _measures(card), _helps(card)],
    }
    return render(f"{TEMPLATES}/household_card.typ", data, made_on=on)


def _part(title: str, columns: Sequence[str], widths: Sequence[int], rows: Any) -> dict[str, Any]:
    cells = [[writable(str(cell)) for cell in row] for row in rows]
    return {
        "title": title,
        "columns": list(columns),
        "widths": list(widths),
        "rows": cells,
        "empty": _("Nothing is written down."),
    }


def _people(card: Card) -> dict[str, Any]:
    return _part(
        _("People"),
        [
            pgettext("person", "Name"),
            _("Relation"),
            _("Year of birth"),
            pgettext("household", "At school"),
        ],
        [2, 2, 1, 3],
        ([row.name, row.relation, row.born or "—", row.school or "—"] for row in card.members),
    )


def _span(begin: date | None, end: date | None) -> str:
    return f"{begin.isoformat() if begin else ''} – {end.isoformat() if end else ''}"


def _statuses(card: Card) -> dict[str, Any]:
    return _part(
        _("What it is said to be"),
        [
            pgettext("household", "Status"),
            pgettext("household", "Class"),
            _("Cause of poverty"),
            _("Began as"),
            _("Days"),
        ],
        [3, 1, 2, 1, 3],
        (
            [row.kind, row.work_class, row.cause, row.begun, _span(row.valid_from, row.valid_to)]
            for row in card.statuses
        ),
    )


def _measures(card: Card) -> dict[str, Any]:
    return _part(
        _("What is done for it"),
        [_("Measures"), _("Who is responsible"), _("Days")],
        [4, 2, 3],
        (
            [", ".join(row.names), row.responsible, _span(row.valid_from, row.valid_to)]
            for row in card.measures
        ),
    )


def _helps(card: Card) -> dict[str, Any]:
    return _part(
        _("Help of other departments"),
        [
            _("Day"),
            _("Help"),
            pgettext("help", "State"),
            pgettext("amount", "Yuan"),
            _("Department"),
        ],
        [2, 3, 2, 2, 3],
        (
            [
                row.on.isoformat(),
                row.get_kind_display(),
                row.get_state_display(),
                row.yuan,
                row.department,
            ]
            for row in card.helps
        ),
    )


def book_pdf(title: str, entries: Sequence[HouseholdStatus], *, on: date) -> bytes:
    """The entries of a village or township as on a day.

    Raises:
        TooLong: If there are more than one paper takes.
    """
    if len(entries) > MOST_ROWS:
        raise TooLong(_("So long a ledger leaves as a workbook: use the export of the list."))
    names = code_names()
    how_many = _("%(n)s entries") % {"n": len(entries)}
    data = {
        "title": title,
        "under": f"{_as_on(on)} · {how_many}",
        "warning": _warning(),
        "page_word": _("page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        "columns": [
            _("Household number"),
            pgettext("household", "Village"),
            pgettext("household", "Head"),
            _("People"),
            pgettext("household", "Status"),
            pgettext("household", "Class"),
            _("Cause of poverty"),
            _("Began as"),
            _("From"),
        ],
        "rows": [_entry(row, names) for row in entries],
    }
    return render(f"{TEMPLATES}/household_book.typ", data, made_on=on)


def _entry(row: Any, names: dict[tuple[str, str], str]) -> list[str]:
    heads = row.household.heads
    return [
        row.household.number,
        writable(row.lay_name),
        writable(mask_name(str(heads[0].name or ""))) if heads else "—",
        str(row.people),
        names.get(("status", row.kind), row.kind),
        row.work_class or "—",
        names.get(("cause", row.cause), row.cause) or "—",
        row.get_begun_display(),
        row.valid_from.isoformat(),
    ]

"""Keeping budgets: a line for each policy, source and half-year; never below what has left it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.access import may_keep
from junheng.aid.models import BudgetLine, FormerTotal
from junheng.aid.selectors.budgets import left_by
from junheng.aid.services.batches import require_post
from junheng.commons.history import reason as because
from junheng.commons.refusals import Refusal
from junheng.kernel.money import Fen
from junheng.places.facade import Place


class LineThere(Refusal):
    """There is a line for this policy, source and half-year."""


class LeftAlready(Refusal):
    """More has left the line than would be allocated to it."""


def keep_line(place: Place, *, by: User, **facts: Any) -> BudgetLine:
    """Enter a budget line.

    Args:
        place: The county.
        by: The aid officer.
        facts: Its columns; see `BudgetLine`.

    Raises:
        LineThere: If there is one already.
        NotTheirPost: If somebody keeps no budgets there.
    """
    require_post(may=may_keep(by, place.path))
    try:
        with transaction.atomic():
            row: BudgetLine = BudgetLine.objects.create(place=place, path=place.path, **facts)
    except IntegrityError as error:
        raise LineThere(
            _("There is a budget line for this policy, source and half-year. Change that one.")
        ) from error
    return row


def allocate(pk: int, fen: int, paper: str, *, by: User) -> BudgetLine:
    """Say how much is allocated to a line from now on, and by which document.

    Raises:
        LeftAlready: If more has left it; with the figures.
        NotTheirPost: If somebody keeps no budgets there.
    """
    with transaction.atomic(), because(paper):
        row = BudgetLine.objects.select_for_update(of=("self",)).get(pk=pk)
        require_post(may=may_keep(by, row.path))
        left = left_by(row)
        if fen < left:
            raise LeftAlready(
                _("%(left)s yuan have left this line already; %(wanted)s would be too little.")
                % {"left": Fen(left), "wanted": Fen(fen)}
            )
        row.allocated_fen, row.paper = fen, paper
        row.save()
    return row


def add_former(pk: int, *, by: User, heads: int, fen: int, paper: str, on: date) -> FormerTotal:
    """Write down what a former system disbursed out of a line.

    Raises:
        LeftAlready: If that is more than was allocated, or the paper is entered already.
        NotTheirPost: If somebody keeps no budgets there.
    """
    with transaction.atomic():
        row = BudgetLine.objects.select_for_update(of=("self",)).get(pk=pk)
        require_post(may=may_keep(by, row.path))
        left = left_by(row)
        if left + fen > row.allocated_fen:
            raise LeftAlready(_beyond(row, left, fen))
        told: Mapping[str, Any] = {"heads": heads, "fen": fen, "on": on, "by": by}
        made, fresh = FormerTotal.objects.get_or_create(budget=row, paper=paper, defaults=told)
        if not fresh:
            raise LeftAlready(_("The document “%s” is entered for this line already.") % paper)
    return made


def _beyond(row: BudgetLine, left: int, fen: int) -> str:
    words = {"allocated": Fen(row.allocated_fen), "left": Fen(left), "wanted": Fen(fen)}
    return (
        _("%(allocated)s yuan are allocated, %(left)s have left; %(wanted)s more are too much.")
        % words
    )

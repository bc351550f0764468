"""Sending a checked batch to the bank: one file, made once, with everything that leaves with it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.access import may_pay
from junheng.aid.engine.ledger import sent
from junheng.aid.files import bank, bank_files
from junheng.aid.models import BatchFile, BudgetLine, PaymentBatch, PaymentLine, Posting
from junheng.aid.selectors.budgets import left_by
from junheng.aid.services.account_approvals import require_approved
from junheng.aid.services.batches import (
    PAY_OUT,
    State,
    held,
    require_another,
    require_post,
    require_state,
)
from junheng.commons.attempts import noting
from junheng.commons.refusals import Refusal
from junheng.commons.sealing import steady_keys
from junheng.kernel.money import Fen

Told = Callable[[str], None]
SENT = (State.PAID_OUT, State.RECONCILED, State.PARTLY_RETURNED)


class BeyondBudget(Refusal):
    """More would leave a budget line than was allocated to it."""


class FileGone(Refusal):
    """The file was deleted when its time was over."""


class NotForTheBank(Refusal):
    """The layout has no place for what a line says, or there is no such layout."""


def pay_out(
    pk: UUID, *, by: User, layout: str = bank.CURRENT, told: Told = lambda _step: None
) -> BatchFile:
    """Send a checked batch: make its file and post every line; pressed again, the same file.

    Args:
        pk: The batch.
        by: The finance officer.
        layout: Of the file, see `bank_layouts.toml`.
        told: Told of each step inside the transaction.

    Raises:
        OutOfStep: If it is not checked.
        ThreePeople: For whoever made or checked it.
        NotApproved: If a line goes to an account that does not count any more.
        BeyondBudget: With the figures.
        NotForTheBank: If a line does not go into the layout; it names the line.
        NotTheirPost: If somebody sends no batches there.
    """
    found = PaymentBatch.objects.get(pk=pk)
    noted = noting(PAY_OUT, by=by, matter=found.number, path=found.path)
    with noted, transaction.atomic():
        batch = held(pk)
        require_post(may=may_pay(by, batch.path))
        if batch.state in SENT:
            return BatchFile.objects.get(batch=batch)
        require_state(batch, State.CHECKED)
        require_another(batch, by)
        lines = list(batch.lines.order_by("number"))
        require_approved(batch)
        _require_money(batch)
        told("held")
        made = _file(batch, lines, by, layout)
        told("file")
        _post(lines)
        told("posted")
        batch.state, batch.paid_by, batch.paid_at = State.PAID_OUT, by, timezone.now()
        batch.save()
        told("sent")
    return made


def bytes_of(made: BatchFile) -> bytes:
    """The file as it was made.

    Raises:
        FileGone: If its time of keeping is over.
    """
    if made.content is None:
        raise FileGone(_("The file was deleted when its time of keeping was over."))
    return base64.b64decode(str(made.content))


def _require_money(batch: PaymentBatch) -> None:
    sums = batch.lines.filter(follows=None).values("budget").annotate(sum=Sum("fen"))
    wanted = dict(sums.values_list("budget", "sum"))
    held_lines = BudgetLine.objects.select_for_update(of=("self",)).order_by("pk")
    for budget in held_lines.filter(pk__in=wanted):
        spent = left_by(budget)
        if spent + wanted[budget.pk] > budget.allocated_fen:
            raise BeyondBudget(
                _(
                    "Budget line %(line)s: %(allocated)s yuan allocated, %(spent)s have left it, "
                    "%(wanted)s are wanted now. Allocate more first, or draft less."
                )
                % {
                    "line": budget,
                    "allocated": Fen(budget.allocated_fen),
                    "spent": Fen(spent),
                    "wanted": Fen(wanted[budget.pk]),
                }
            )


def _file(batch: PaymentBatch, lines: Iterable[PaymentLine], by: User, layout: str) -> BatchFile:
    chosen = {one.name: one for one in bank.layouts()}.get(layout)
    if chosen is None:
        raise NotForTheBank(_("There is no such layout of files for the bank."))
    with steady_keys():
        data = _written(lines, chosen)
        made: BatchFile = BatchFile.objects.create(
            batch=batch,
            name=f"{batch.number}.{chosen.ending}",
            layout=chosen.name,
            sha256=hashlib.sha256(data).hexdigest(),
            content=base64.b64encode(data).decode(),
            by=by,
        )
    return made


def _written(lines: Iterable[PaymentLine], layout: bank.Layout) -> bytes:
    try:
        return bank_files.written(map(_payment, lines), layout)
    except bank_files.DoesNotFit as error:
        raise NotForTheBank(
            _(
                "Line %(number)s: “%(column)s” has no place in the layout “%(layout)s”. Choose "
                "another layout, or enter the account anew."
            )
            % {"number": error.number, "column": error.title, "layout": layout.title}
        ) from error


def _payment(line: PaymentLine) -> bank.Payment:
    return bank.Payment(
        number=line.number,
        holder=str(line.holder),
        account=str(line.account),
        holder_id=str(line.holder_id or ""),
        fen=line.fen,
        reference=line.batch.number,
    )


def _post(lines: Iterable[PaymentLine]) -> None:
    moves = ((line, sent(line.fen, again=line.follows_id is not None)) for line in lines)
    Posting.objects.bulk_create(
        [
            Posting(line=line, leaves=move.out_of, enters=move.into, fen=move.fen)
            for line, move in moves
        ],
        batch_size=1000,
    )

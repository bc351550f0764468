"""Taking the bank's answer in: once, whole, and posted to the fen; then the batch is closed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from junheng.accounts.facade import User
from junheng.aid.access import may_pay
from junheng.aid.engine.ledger import answered
from junheng.aid.models import BankAnswer, PaymentBatch, PaymentOutcome, Posting
from junheng.aid.services import bank_answers
from junheng.aid.services.bank_answers import Answered
from junheng.aid.services.batches import ANSWER, State, held, require_another, require_post
from junheng.commons.attempts import noting
from junheng.commons.imports import CannotUndo, Importer, Target
from junheng.commons.models import ImportBatch
from junheng.commons.sealing import steady_keys
from junheng.commons.sheets import Values, check_rows
from junheng.commons.tabular import Table
from junheng.kernel.faults import Fault, Refused

KIND = "aid.bank_answer"
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Taken:
    """What an answer brought: lines that were not answered before, and how the batch stands."""

    fresh: int
    state: str


def take_in(
    pk: UUID, data: bytes, *, name: str, by: User, told: Told = lambda _step: None
) -> Taken:
    """Take a result file in; one that was taken in before changes nothing.

    Args:
        pk: The batch that it answers.
        data: The file.
        name: What it is called, for what is said about it.
        by: The finance officer.
        told: Told of each step inside the transaction.

    Raises:
        Refused: With everything that is wrong, by row; nothing is taken in then.
        NotTheirPost: If somebody takes no answers in there.
        ThreePeople: For whoever made or checked the batch.
    """
    with transaction.atomic(), steady_keys():
        batch = _held_for(pk, by)
        rows = bank_answers.read(data, name)
        values, faults = check_rows(bank_answers.columns(), rows)
        if faults:
            raise Refused(faults)
        return write(batch, values, rows, hashlib.sha256(data).hexdigest(), by=by, told=told)


def write(
    batch: PaymentBatch,
    values: Values,
    rows: Table,
    sha256: str,
    *,
    by: User,
    told: Told = lambda _step: None,
) -> Taken:
    """Write sound rows of an answer to a batch that is held; inside a transaction.

    Raises:
        Refused: With everything that is wrong, by row.
    """
    found, faults = bank_answers.judged(batch, values, rows)
    if faults:
        raise Refused(faults)
    fresh = [one for one in found if one.fresh]
    told("read")
    if fresh:
        answer = BankAnswer.objects.create(
            batch=batch, sha256=sha256, layout=batch.file.layout, by=by
        )
        _write_down(answer, fresh, told)
        _close(batch)
        told("closed")
    return Taken(len(fresh), batch.state)


def _held_for(pk: UUID, by: User) -> PaymentBatch:
    found = PaymentBatch.objects.get(pk=pk)
    with noting(ANSWER, by=by, matter=found.number, path=found.path):
        batch = held(pk)
        require_post(may=may_pay(by, batch.path))
        require_another(batch, by)
    return batch


def _write_down(answer: BankAnswer, fresh: Iterable[Answered], told: Told) -> None:
    rows = [
        PaymentOutcome(line=one.line, answer=answer, code=one.code.code, paid_fen=one.paid_fen)
        for one in fresh
    ]
    PaymentOutcome.objects.bulk_create(rows, batch_size=1000)
    told("outcomes")
    moves = ((row.line, move) for row in rows for move in answered(row.line.fen, row.paid_fen))
    Posting.objects.bulk_create(
        [
            Posting(line=line, leaves=move.out_of, enters=move.into, fen=move.fen)
            for line, move in moves
        ],
        batch_size=1000,
    )
    told("posted")


def _close(batch: PaymentBatch) -> None:
    """Close a batch of which every line is answered."""
    lines = batch.lines.all()
    if lines.filter(outcome=None).exists():
        return
    paid = sum(lines.values_list("outcome__paid_fen", flat=True))
    whole = paid == batch.total_fen
    batch.state = State.RECONCILED if whole else State.PARTLY_RETURNED
    batch.closed_at = timezone.now()
    batch.save()


class BankAnswerImporter(Importer):
    """A result file of the bank, looked through on a page before it is taken in."""

    kind: ClassVar[str] = KIND
    title = gettext_lazy("Answer of the bank")
    columns = bank_answers.columns()
    target_keys: ClassVar[tuple[str, ...]] = ("batch",)
    has_template: ClassVar[bool] = False
    accept: ClassVar[str] = ".csv,.xlsx,.txt"

    def read(self, data: bytes, name: str) -> Table:
        return bank_answers.read(data, name)

    def may(self, user: Any, target: Target) -> bool:
        batch = _of(target)
        return batch is not None and may_pay(user, batch.path)

    def path(self, target: Target) -> str:
        batch = _of(target)
        return batch.path if batch else ""

    def where(self, target: Target) -> str:
        batch = _of(target)
        return batch.number if batch else ""

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        batch = _of(target)
        return bank_answers.judged(batch, values, rows)[1] if batch else []

    def apply(self, values: Values, batch: ImportBatch) -> None:
        by: Any = batch.by
        row = _held_for(UUID(str(batch.target["batch"])), by)
        numbers = range(2, 2 + len(values))
        rows = Table(batch.file_name, {}, numbers, (), {})
        write(row, values, rows, batch.sha256, by=by)

    def undo(self, batch: ImportBatch) -> None:
        raise CannotUndo(
            gettext("What the bank answered stays. What came back is paid by a new line.")
        )


def _of(target: Target) -> PaymentBatch | None:
    try:
        return PaymentBatch.objects.filter(pk=UUID(str(target.get("batch", "")))).first()
    except ValueError:
        return None

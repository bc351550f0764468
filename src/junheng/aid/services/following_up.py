"""What came back is paid again: a new draft with a line for each, to an account that was mended."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.access import may_keep
from junheng.aid.files.bank import layout
from junheng.aid.models import PayAccount, PaymentBatch, PaymentLine, PaysTo
from junheng.aid.services.batches import FOLLOW, State, held, require_post, require_state
from junheng.aid.services.drafting import NothingToPay, account_columns, begun
from junheng.commons.attempts import noting
from junheng.commons.sealing import steady_keys


def follow_up(pk: UUID, *, by: User) -> PaymentBatch:
    """Draft a batch of what came back from another one and is on no line since.

    Lines that came back because of their account wait until it was replaced.

    Raises:
        OutOfStep: If the batch is not closed with returned lines.
        NothingToPay: If nothing came back that can go out again.
        NotTheirPost: If somebody makes no batches there.
    """
    found = PaymentBatch.objects.get(pk=pk)
    noted = noting(FOLLOW, by=by, matter=found.number, path=found.path)
    with noted, transaction.atomic(), steady_keys():
        former = held(pk)
        require_post(may=may_keep(by, former.path))
        require_state(former, State.PARTLY_RETURNED)
        batch = begun(former.place, former.period, former.source, by)
        back = list(_came_back(former))
        lines = [line for one in back if (line := _line(batch, one))]
        if not lines:
            raise NothingToPay(
                _("Nothing can go out again yet: %s lines wait for another account.") % len(back)
            )
        for number, line in enumerate(lines, start=1):
            line.number = number
        PaymentLine.objects.bulk_create(lines, batch_size=1000)
    return batch


def _came_back(former: PaymentBatch) -> list[PaymentLine]:
    rows = former.lines.filter(outcome__paid_fen__lt=F("fen"), followed_by=None)
    return list(rows.select_related("outcome", "budget").order_by("number"))


def _line(batch: PaymentBatch, back: PaymentLine) -> PaymentLine | None:
    account = account_for(back)
    code = layout(back.outcome.answer.layout).code_of(back.outcome.code)
    needs_another = code is not None and code.mend == "account"
    if account is None or (needs_another and account.number_key == back.account_key):
        return None
    return PaymentLine(
        batch=batch,
        subject=back.subject,
        policy=back.policy,
        for_day=back.for_day,
        fen=back.fen - back.outcome.paid_fen,
        budget=back.budget,
        organisation_id=back.organisation_id,
        path=back.path,
        follows=back,
        name=str(back.name),
        **account_columns(account),
    )


def account_for(line: PaymentLine) -> PayAccount | None:
    """The account that a line would be paid into today: one that a second person approved."""
    standing = PayAccount.objects.standing()
    if line.budget.pays_to == PaysTo.SCHOOL:
        return standing.filter(organisation=line.organisation_id, subject="").first()
    return standing.filter(subject=line.subject).first()

"""A second person looks through a draft: checked, or sent back with a reason."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.access import may_approve
from junheng.aid.models import PaymentBatch
from junheng.aid.services.account_approvals import require_approved
from junheng.aid.services.batches import (
    CHECK,
    SEND_BACK,
    OutOfStep,
    State,
    held,
    require_another,
    require_post,
    require_state,
)
from junheng.commons.attempts import noting
from junheng.commons.history import reason as because


def check(pk: UUID, *, by: User) -> PaymentBatch:
    """Agree to a draft as the second person; its lines and its sum stay from now on.

    Raises:
        OutOfStep: If it is no draft, or empty.
        NotApproved: If a line goes to an account that does not count.
        ThreePeople: For whoever made it.
        NotTheirPost: If somebody's post does not cover it.
    """
    found = PaymentBatch.objects.get(pk=pk)
    noted = noting(CHECK, by=by, matter=found.number, path=found.path)
    with noted, transaction.atomic():
        batch = held(pk)
        require_post(may=may_approve(by, batch.path))
        require_state(batch, State.DRAFT)
        require_another(batch, by)
        told = batch.lines.aggregate(count=Count("pk"), fen=Sum("fen"))
        if not told["count"]:
            raise OutOfStep(_("Batch %s has no lines.") % batch.number)
        require_approved(batch)
        batch.state, batch.checked_by, batch.checked_at = State.CHECKED, by, timezone.now()
        batch.lines_count, batch.total_fen = told["count"], told["fen"]
        batch.save()
    return batch


def send_back(pk: UUID, words: str, *, by: User) -> PaymentBatch:
    """Give a checked batch back to whoever drafted it, with a reason; nothing was sent yet.

    Raises:
        OutOfStep: If it is not checked, or no reason is given.
        NotTheirPost: If somebody's post does not cover it.
    """
    found = PaymentBatch.objects.get(pk=pk)
    noted = noting(SEND_BACK, by=by, matter=found.number, path=found.path)
    with noted, transaction.atomic(), because(words):
        batch = held(pk)
        require_post(may=may_approve(by, batch.path))
        require_state(batch, State.CHECKED)
        if not words.strip():
            raise OutOfStep(_("Say why it goes back."))
        batch.state, batch.checked_by, batch.checked_at = State.DRAFT, None, None
        batch.lines_count = batch.total_fen = None
        batch.save()
    return batch

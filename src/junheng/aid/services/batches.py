"""What every step of a payment batch needs: its row, held, and who may take the step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.aid.models import PaymentBatch
from junheng.commons.attempts import Breach
from junheng.commons.refusals import Refusal

State = PaymentBatch.State
DRAFT, CHECK, SEND_BACK = "aid.draft_batch", "aid.check_batch", "aid.send_back_batch"
POST, APPROVE = "aid.post_notice", "aid.approve_accounts"
PAY_OUT, ANSWER, FOLLOW = "aid.pay_out", "aid.take_answer", "aid.follow_up"
DEEDS: Final[Mapping[str, Promise]] = {
    DRAFT: gettext_lazy("Draft a payment batch"),
    CHECK: gettext_lazy("Check a payment batch"),
    SEND_BACK: gettext_lazy("Send a payment batch back"),
    PAY_OUT: gettext_lazy("Send a payment batch to the bank"),
    ANSWER: gettext_lazy("Take the bank's answer in"),
    FOLLOW: gettext_lazy("Pay again what came back"),
    POST: gettext_lazy("Post a public notice"),
    APPROVE: gettext_lazy("Approve accounts"),
}


class OutOfStep(Refusal):
    """The batch is not where this step begins."""


class ThreePeople(Breach):
    """Whoever made or checked a batch takes no other part in it."""


class NotTheirPost(Breach):
    """The person's post does not cover the step."""


def held(pk: UUID) -> PaymentBatch:
    """The batch, held until the transaction ends: whoever else presses waits."""
    row: PaymentBatch = PaymentBatch.objects.select_for_update(of=("self",)).get(pk=pk)
    return row


def require_state(batch: PaymentBatch, *states: str) -> None:
    """Make sure that a batch is where a step begins.

    Raises:
        OutOfStep: If it is somewhere else; it says where.
    """
    if batch.state not in states:
        raise OutOfStep(
            _("Batch %(number)s is: %(state)s. Nothing was changed.")
            % {"number": batch.number, "state": batch.get_state_display()}
        )


def require_post(*, may: bool) -> None:
    """Make sure that somebody's post covers the step.

    Raises:
        NotTheirPost: If it does not.
    """
    if not may:
        raise NotTheirPost(_("Your post does not cover this step."))


def require_another(batch: PaymentBatch, by: User) -> None:
    """Make sure that somebody took no part in a batch yet.

    Raises:
        ThreePeople: If they did.
    """
    if by.pk in (batch.made_by_id, batch.checked_by_id):
        raise ThreePeople(
            _("You took part in batch %s already: three people make, check and send it.")
            % batch.number
        )

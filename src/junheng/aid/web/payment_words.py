"""What batches, lines and the ledger are called on the screen."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.aid.engine.ledger import Account
from junheng.aid.models import PaymentBatch

State = PaymentBatch.State
STATE_TONES: Final = {
    State.DRAFT: "plain",
    State.CHECKED: "info",
    State.PAID_OUT: "primary",
    State.RECONCILED: "success",
    State.PARTLY_RETURNED: "warning",
}
STEPS: Final = (
    gettext_lazy("Draft"),
    pgettext_lazy("payment batch", "Check"),
    gettext_lazy("Send to the bank"),
    gettext_lazy("Reconcile"),
)
STEP_OF: Final = {
    State.DRAFT: 2,
    State.CHECKED: 3,
    State.PAID_OUT: 4,
    State.RECONCILED: 5,
    State.PARTLY_RETURNED: 5,
}
BECAME: Final = {
    "open": pgettext_lazy("payment line", "not answered yet"),
    "paid": pgettext_lazy("payment line", "paid"),
    "partly": pgettext_lazy("payment line", "paid in part"),
    "returned": pgettext_lazy("payment line", "came back"),
}
BECAME_TONES: Final = {
    "open": "plain",
    "paid": "success",
    "partly": "warning",
    "returned": "danger",
}
ACCOUNTS: Final = {
    Account.ALLOCATED: pgettext_lazy("ledger", "left the allocation"),
    Account.IN_TRANSIT: pgettext_lazy("ledger", "on its way"),
    Account.PAID: pgettext_lazy("ledger", "reached its account"),
    Account.RETURNED: pgettext_lazy("ledger", "came back"),
}

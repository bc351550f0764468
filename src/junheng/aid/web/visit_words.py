"""Where a visit stands, in words, and what a family reads of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

from junheng.aid.models import HouseholdVisit
from junheng.aid.selectors.checks import hits_of
from junheng.aid.selectors.of_family import visits_of_family
from junheng.aid.web.check_forms import ReplyForm
from junheng.evidence.facade import Register
from junheng.registry.facade import PupilInMask

STATES = {
    "waits": pgettext_lazy("visit", "To be visited"),
    "heard": pgettext_lazy("visit", "Heard, to be decided"),
    **dict(HouseholdVisit.Outcome.choices),
}
TONES = {"waits": "warning", "heard": "info", "stays": "success", "remove": "danger"}
LABELS = dict(Register.choices)


def told(pupil: PupilInMask, phone: str) -> list[dict[str, Any]]:
    """The visits to a pupil's household, as its family reads them."""
    return [
        {
            "row": row,
            "state": STATES[row.state],
            "tone": TONES[row.state],
            "hits": hits_of(row),
            "form": None if row.outcome else ReplyForm(auto_id=f"id_{row.number}_%s"),
        }
        for row in visits_of_family(pupil.pk, phone)
    ]

"""Households of long ago: who it was and what was said goes; number, days and amounts stay."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, Max, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.aid.models import Household, HouseholdReview, HouseholdStatus
from junheng.aid.models.reviews import OPEN
from junheng.aid.services import scans
from junheng.commons import retention
from junheng.commons.retention import Clock, Due

KIND = "aid.household"
FIELDS = (
    *(
        f"aid.HouseholdMember.{name}"
        for name in ("name", "resident_id", "resident_id_key", "born_on")
    ),
    *("aid.MeasureSet.plan", "aid.HouseholdReview.words", "aid.ReviewStep.words"),
    *("aid.CriterionFound.evidence", "aid.HouseholdHelp.reason"),
    *(f"aid.HouseholdVisit.{name}" for name in ("said", "seen", "reply", "words")),
    *("aid.CheckHit.sealed", "aid.CheckHit.mark", "aid.CheckAuthorisation.paper"),
)


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    title = gettext_lazy("Households that were removed")
    retention.register(Clock(KIND, title, FIELDS, due, forget))


def due(today: date) -> Due:
    """Households of which nothing is said or asked any more since long enough."""
    until = today - timedelta(days=retention.days_of(FIELDS))
    running = HouseholdStatus.objects.filter(household=OuterRef("pk"), valid_to=None)
    asked = HouseholdReview.objects.filter(household=OuterRef("pk"), state__in=OPEN)
    rows = Household.objects.exclude(retention.written_down(KIND))
    rows = rows.exclude(Exists(running)).exclude(Exists(asked))
    rows = rows.annotate(ended=Max("statuses__valid_to"))
    over = rows.filter(Q(ended__lte=until) | Q(ended=None, entered_on__lte=until))
    for pk, path in over.order_by("pk").values_list("pk", "village__path"):
        yield str(pk), path, _("The time of keeping is over.")


def forget(subject: str) -> None:
    """Take people, words and scans from a household and its history; the database checks."""
    retention.call("aid_forget_household", int(subject))
    scans.forget(int(subject))

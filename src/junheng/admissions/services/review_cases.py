"""What a program could not settle becomes a case for a reviewer, with a name and a date."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User
from junheng.admissions.models import Application
from junheng.cases.facade import CaseKind, case_of, open_case, register_kind, settle
from junheng.places.facade import Role

KIND = "admissions.review"
DAYS = 3
ENDED = "closed"
BY_THE_FAMILY = "withdrawn"


def offer() -> None:
    """Make the kind known; called once, when the site starts."""
    register_kind(
        CaseKind(
            key=KIND,
            label=_("Review of an application"),
            days=DAYS,
            role=Role.ADMISSIONS_OFFICER,
            escalates_to=(Role.BUREAU_LEADER,),
            page=lambda number: reverse("admissions:review", args=[number]),
            closes_by_owner=True,
            facts={"round": _("Round")},
        )
    )


def open_for(application: Application) -> None:
    """Open the case of an application; inside the transaction that sends it to a reviewer."""
    open_case(
        KIND,
        subject=application.number,
        title=application.number,
        path=application.path,
        facts={"round": application.round.ref},
        by=None,
    )


def settle_for(application: Application, outcome: str, words: str, by: User | None) -> None:
    """Close the case of an application, if there is one that is open."""
    case = case_of(KIND, application.number)
    if case is not None and case.state != ENDED:
        settle(case.number, outcome=outcome, words=words, by=by)

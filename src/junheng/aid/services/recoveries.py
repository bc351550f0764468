"""Money that came back is written down by one and agreed to by another; what was paid stays."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.aid.models import AidTerm, Recovery
from junheng.aid.models.recovery_guards import RECOVERY
from junheng.aid.selectors.policies import titles_of
from junheng.aid.selectors.reached import paid_to
from junheng.aid.selectors.subjects import names_of
from junheng.aid.services import for_two
from junheng.commons import approvals
from junheng.commons.masks import mask_name
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal
from junheng.kernel.money import Fen


class MoreThanArrived(Refusal):
    """No more comes back than reached its account."""


class NotInThisTerm(Refusal):
    """The term is closed, or the day is not one of the past."""


@dataclass(frozen=True, slots=True)
class CameBack:
    """So much came back of what somebody was paid.

    Attributes:
        subject, policy, for_day: What it was paid for.
        path: Of the school, or of the county where there is none.
        fen: How much, in fen.
        on: When it reached the bureau's account.
        paper: The receipt.
    """

    subject: str
    policy: str
    for_day: date
    path: str
    fen: int
    on: date
    paper: str


def ask_recovery(term: AidTerm, back: CameBack, *, by: User) -> Approval:
    """Ask that money counts as recovered; it does when another person has agreed.

    Raises:
        MoreThanArrived, NotInThisTerm: If that cannot be.
    """
    title = titles_of(term.place.path, plain=False).get(back.policy, back.policy)
    return approvals.ask(
        RECOVERY,
        matter=f"aid.recovery {back.subject} {back.policy} {back.for_day}",
        path=back.path,
        by=by,
        payload={
            "recovery": str(uuid.uuid4()), "term": term.pk, "subject": back.subject,
            "policy": back.policy, "for_day": back.for_day.isoformat(), "fen": back.fen,
            "on": back.on.isoformat(), "paper": back.paper,
        },
        reason=back.paper,
        title=f"{_('Money that came back')}: {title[:120]} · {Fen(back.fen)}",
        url=f"/aid/terms/{term.code}/recoveries/",
    )  # fmt: skip


def register() -> None:
    """Make the step known to the pages of approvals."""
    for_two.register(RECOVERY, gettext_lazy("Money that came back"), _check, _carry_out, _facts)


def _read(approval: Approval) -> tuple[AidTerm, CameBack]:
    told = approval.payload
    term = AidTerm.objects.select_related("place").get(pk=told["term"])
    return term, CameBack(
        subject=told["subject"],
        policy=told["policy"],
        for_day=date.fromisoformat(told["for_day"]),
        path=approval.path,
        fen=told["fen"],
        on=date.fromisoformat(told["on"]),
        paper=told["paper"],
    )


def arrived(term: AidTerm, back: CameBack) -> int:
    """What is still with the person of what was paid, in fen."""
    return paid_to(uuid.UUID(back.subject), term).get((back.policy, back.for_day), 0)


def _check(approval: Approval) -> None:
    term, back = _read(approval)
    if term.closed_at is not None:
        raise NotInThisTerm(_("The term %(code)s was closed.") % {"code": term.code})
    if back.on > timezone.localdate():
        raise NotInThisTerm(_("That day has not come yet."))
    there = arrived(term, back)
    if not 0 < back.fen <= there:
        raise MoreThanArrived(
            _("From 0.01 to %(most)s yuan can come back: so much reached the account.")
            % {"most": Fen(there)}
        )
    told = Recovery.objects.filter(
        subject=back.subject, policy=back.policy, for_day=back.for_day, paper=back.paper
    )
    if told.exists():
        raise MoreThanArrived(
            _("“%(paper)s” is written down for this already.") % {"paper": back.paper}
        )


def _carry_out(approval: Approval) -> None:
    term, back = _read(approval)
    Recovery.objects.create(
        pk=uuid.UUID(approval.payload["recovery"]),
        term=term,
        path=back.path,
        subject=back.subject,
        policy=back.policy,
        for_day=back.for_day,
        fen=back.fen,
        on=back.on,
        paper=back.paper,
        asked_by=approval.asked_by,
        agreed_by=cast(User, approval.decided_by),
    )


def _facts(approval: Approval) -> Iterator[tuple[str, object]]:
    term, back = _read(approval)
    titles = titles_of(term.place.path, plain=False)
    yield _("Person"), mask_name(names_of([back.subject]).get(back.subject, "")) or "—"
    yield _("Policy"), titles.get(back.policy, back.policy)
    yield _("Counting day"), back.for_day
    yield _("Reached the account, yuan"), Fen(arrived(term, back))
    yield _("Came back, yuan"), Fen(back.fen)
    yield _("On"), back.on
    yield _("Document it rests on"), back.paper

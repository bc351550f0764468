"""Objections to public notices: raised in time, each a case, answered once with words."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import Role, User
from junheng.aid.access import may_keep
from junheng.aid.models import NoticeObjection, PublicNotice
from junheng.aid.services.batches import require_post
from junheng.cases.facade import CaseKind, case_of, open_case, register_kind, settle
from junheng.commons.refusals import Refusal
from junheng.kernel.ref import Ref

CASE = "aid.notice_objection"
DAYS = 5
NUMBER = "AN"
State = NoticeObjection.State


class NotPosted(Refusal):
    """The notice is not posted now, so nobody objects to it here."""


class NothingSaid(Refusal):
    """An objection, and an answer, say why."""


class AnsweredAlready(Refusal):
    """Somebody was quicker."""


def register() -> None:
    """Let objections be cases; called once, when the site starts."""
    register_kind(
        CaseKind(
            key=CASE,
            label=gettext_lazy("Objection to a notice of aid"),
            days=DAYS,
            role=Role.AID_OFFICER,
            escalates_to=(Role.BUREAU_LEADER,),
            page=page_of,
            closes_by_owner=True,
            facts={"batch": gettext_lazy("Payment batch")},
        )
    )


def page_of(number: str) -> str:
    """Where an objection is answered."""
    return reverse("aid:notice_objection", args=[number])


def is_posted(notice: PublicNotice) -> bool:
    """Whether a notice is public today."""
    today = timezone.localdate()
    return notice.taken_down_at is None and notice.from_on <= today <= notice.until_on


def raise_objection(
    notice: PublicNotice, words: str, *, by: User, contact: str, at_counter: bool = False
) -> NoticeObjection:
    """Object to a notice while it is posted; it opens a case.

    Args:
        notice: Which.
        words: What is wrong, as whoever objects says it.
        by: The family, or who typed it in at the counter.
        contact: How to reach whoever objects.
        at_counter: Whether somebody typed it in for them.

    Raises:
        NothingSaid: Without words, or without a way to answer.
        NotPosted: Before and after its days.
    """
    said, reach = words.strip(), contact.strip()
    if not said or not reach:
        raise NothingSaid(_("Say what is wrong, and how you can be reached."))
    if not is_posted(notice):
        raise NotPosted(_("Objections are taken in while a notice is posted."))
    with transaction.atomic():
        made: NoticeObjection = NoticeObjection.objects.create(
            number=str(Ref.draw(NUMBER, timezone.localdate().year, secrets.randbelow)),
            notice=notice,
            words=said,
            contact=reach,
            raised_by=by,
            at_counter=at_counter,
        )
        open_case(
            CASE,
            subject=made.number,
            title=_("Objection %s to a notice of aid") % made.number,
            path=notice.path,
            facts={"batch": notice.batch.number},
            by=by,
        )
    return made


def answer(pk: UUID, words: str, *, upheld: bool, by: User) -> NoticeObjection:
    """Answer an objection with its reasons; its case is closed with it.

    Raises:
        NothingSaid: Without reasons.
        AnsweredAlready: If it was answered meanwhile.
        NotTheirPost: If somebody answers nothing there.
    """
    said = words.strip()
    with transaction.atomic():
        rows = NoticeObjection.objects.select_for_update(of=("self",)).select_related("notice")
        row: NoticeObjection = rows.get(pk=pk)
        require_post(may=may_keep(by, row.notice.path))
        if not said:
            raise NothingSaid(_("Every objection gets an answer with its reasons."))
        if row.state != State.OPEN:
            raise AnsweredAlready(_("The objection %s is not open any more.") % row.number)
        row.state = State.UPHELD if upheld else State.REJECTED
        row.answer, row.answered_by, row.answered_at = said, by, timezone.now()
        row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
        if (case := case_of(CASE, row.number)) is not None:
            settle(case.number, outcome=row.state, words=str(row.get_state_display()), by=by)
    return row

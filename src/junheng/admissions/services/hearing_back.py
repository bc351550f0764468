"""What a family says of the answer to its objection; not satisfied, it is looked at once more."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.admissions.models import Objection
from junheng.admissions.services import objecting
from junheng.cases.facade import CaseKind, CaseRow, case_of, note, open_case, register_kind
from junheng.commons.refusals import Refusal
from junheng.places.facade import Role

AGAIN = "admissions.objection_again"
DAYS = 5
"""Working days within which the leader answers a family that is not satisfied."""
State = Objection.State


class NotAsked(Refusal):
    """There is no answer of which the family could say anything, or it has said so already."""


class NothingMissing(Refusal):
    """Who is not satisfied says what is missing."""


def register() -> None:
    """Let answers that do not satisfy be cases; called once, when the site starts."""
    register_kind(
        CaseKind(
            key=AGAIN,
            label=gettext_lazy("Not satisfied with the answer to an objection"),
            days=DAYS,
            role=Role.BUREAU_LEADER,
            escalates_to=(),
            page=objecting.page_of,
            facts={"number": gettext_lazy("Application number")},
        )
    )


def hear(objection: Objection, *, satisfied: bool, remark: str = "", by: User) -> Objection:
    """Write down what a family says of an answer; once.

    Args:
        objection: An answered one.
        satisfied: Whether they are.
        remark: What is missing, in their own words.
        by: The family, or who typed it in for them.

    Raises:
        NotAsked: If it is not answered, or they have said it already.
        NothingMissing: If they are not satisfied and say nothing else.
    """
    words = remark.strip()
    if not satisfied and not words:
        raise NothingMissing(_("Please say in your own words what is missing."))
    with transaction.atomic():
        rows = Objection.objects.select_for_update(of=("self",))
        held: Objection = rows.select_related("application", "round").get(pk=objection.pk)
        if held.state not in (State.UPHELD, State.REJECTED) or held.satisfied is not None:
            raise NotAsked(_("What you think of the answer is written down already."))
        held.satisfied, held.remark, held.said_at = satisfied, words or None, timezone.now()
        held.save(update_fields=["satisfied", "remark", "said_at"])
        _follow(held, by)
    return held


def second_look(objection: Objection) -> CaseRow | None:
    """The case of an answer that did not satisfy."""
    return case_of(AGAIN, objection.number) if objection.satisfied is False else None


def _follow(held: Objection, by: User) -> None:
    """The objection's case has what was said; the words stay sealed with the objection."""
    said = _("The family is satisfied.") if held.satisfied else _("The family is not satisfied.")
    if (case := case_of(objecting.CASE, held.number)) is not None:
        note(case.number, said, by=by)
    if not held.satisfied:
        open_case(
            AGAIN,
            subject=held.number,
            title=_("Not satisfied with the answer to %s") % held.number,
            path=held.round.path,
            facts={"number": held.application.number},
            asker=f"{held.application.guardian_name} {held.application.phone}",
            by=by,
        )

"""Ending letters: by a person with a reason, or by a corrected result with another seat."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.models import Letter, Placement, RoundRun
from junheng.commons.history import reason as because
from junheng.commons.refusals import Refusal

End = Letter.End


class AlreadyEnded(Refusal):
    """The letter is not valid any more."""


class NoReason(Refusal):
    """A letter is not revoked without saying why."""


def revoke(letter: Letter, *, by: User, reason: str) -> None:
    """End a letter for ever; whoever scans it is told.

    Raises:
        NoReason: Without a reason.
        AlreadyEnded: If it was revoked or superseded before.
    """
    why = reason.strip()
    if not why:
        raise NoReason(_("Say why the letter is revoked."))
    with transaction.atomic(), because(why):
        held: Letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        if held.end:
            raise AlreadyEnded(_("The letter %s is not valid any more.") % held.number)
        held.end, held.revoked_by, held.revoked_why = End.REVOKED, by, why
        held.revoked_at = timezone.now()
        held.save(update_fields=["end", "revoked_at", "revoked_by", "revoked_why"])


def supersede(record: RoundRun, *, by: User) -> int:
    """End the letters of children whom a newly published result seats elsewhere, or nowhere.

    Args:
        record: The run that has just been published.
        by: Who published it.

    Returns:
        How many letters that were. Letters to the same school stay valid.
    """
    same = Placement.objects.filter(
        run=record, code=OuterRef("application__code"), school__code=OuterRef("school__code")
    )
    gone = Letter.objects.filter(~Exists(same), round=record.round_id, end="", decision=None)
    ended: int = gone.update(
        end=End.SUPERSEDED,
        revoked_at=timezone.now(),
        revoked_by=by,
        revoked_why=_("The corrected result %s seats the child elsewhere.") % record.run.ref,
    )
    return ended

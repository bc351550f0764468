"""What people do with a finding: a false alarm with its reason, or a repair where one is safe."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons.history import reason as because
from junheng.commons.refusals import Refusal
from junheng.registry.engine.integrity.check import Repair
from junheng.registry.models import IntegrityFinding, Pupil
from junheng.registry.services.integrity.cases import settle_if_done

State = IntegrityFinding.State


class NotOpen(Refusal):
    """The finding is not open any more."""


class NoReason(Refusal):
    """A false alarm needs a reason that others can read."""


class NotSafe(Refusal):
    """There is nothing that could be mended by a button, or not any more."""


def mark_false_alarm(finding: IntegrityFinding, *, reason: str, by: User) -> None:
    """Silence a finding until its facts change.

    Raises:
        NoReason: If nothing is said.
        NotOpen: If it was settled meanwhile.
    """
    if not reason.strip():
        raise NoReason(_("Say why this is a false alarm: the next person will ask."))
    with transaction.atomic():
        row = locked(finding)
        row.state, row.reason = State.FALSE_ALARM, reason.strip()[:300]
        row.marked_by, row.marked_at = by, timezone.now()
        row.save(update_fields=["state", "reason", "marked_by", "marked_at"])
        settle_if_done(row.organisation, by=by)


def repair(finding: IntegrityFinding, *, by: User) -> None:
    """Write what the identity number and civil registration agree on; the next run checks it.

    Raises:
        NotOpen: If it was settled meanwhile.
        NotSafe: If the record was changed since, or there is no such repair.
    """
    with transaction.atomic():
        row = locked(finding)
        pupil = Pupil.objects.select_for_update().filter(pk=row.pupil_id or UUID(int=0)).first()
        if pupil is None or not _mend(pupil, row):
            raise NotSafe(
                _("The record was changed since the check, so it is not mended. Check again.")
            )
        with because(_("Mended after the check %(run)s") % {"run": row.last_run.ref}):
            pupil.save(update_fields=["born_on", "sex"])


def _mend(pupil: Pupil, row: IntegrityFinding) -> bool:
    recorded, right = row.figures.get("recorded"), row.figures.get("in_number")
    if row.repair == Repair.BIRTH_DATE and str(pupil.born_on) == recorded:
        pupil.born_on = date.fromisoformat(str(right))
        return True
    if row.repair == Repair.SEX and pupil.sex == recorded:
        pupil.sex = str(right)
        return True
    return False


def locked(finding: IntegrityFinding) -> IntegrityFinding:
    """A finding that is open, until the transaction ends.

    Raises:
        NotOpen: If it was settled meanwhile.
    """
    rows = IntegrityFinding.objects.select_for_update(of=("self",))
    row: IntegrityFinding = rows.select_related("organisation", "last_run").get(pk=finding.pk)
    if row.state != State.OPEN:
        raise NotOpen(_("This finding is not open any more."))
    return row

"""A school puts right what a finding says of a record; the next check, which is not its own, looks.

Only what a finding of the school speaks of can be changed here, on a paper that is named, so that
nobody writes another child's number into a record unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons.dated import current_on
from junheng.commons.history import reason as because
from junheng.commons.refusals import Refusal
from junheng.kernel.resident_id import NotResidentId, ResidentId
from junheng.registry.models import Guardian, IntegrityFinding, Pupil
from junheng.registry.services.integrity.settling import locked
from junheng.registry.services.keys import resident_id_key

MOST_YEARS = 30
"""Nobody is older who enters one of the first nine grades."""


class NotOfThisFinding(Refusal):
    """The finding says nothing of this record, or of this guardian."""


class NothingCorrected(Refusal):
    """Something has to be written, and the paper on which it rests."""


class NumberFails(Refusal):
    """A number that is written to put a record right has to be sound itself."""


class ImpossibleBirthday(Refusal):
    """Nobody can have been born on that day and have entered the register on that of the record."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What is written instead; "" and None stay as they are.

    Attributes:
        paper: What it rests on.
        guardians: Identity numbers by guardian.
    """

    paper: str
    name: str = ""
    resident_id: str = ""
    born_on: date | None = None
    sex: str = ""
    guardians: Mapping[UUID, str] = field(default_factory=dict)


def correct(finding: IntegrityFinding, pupil: Pupil, right: Correction, *, by: User) -> None:
    """Write the right facts into a record of which a finding speaks.

    Raises:
        NotOpen: If the finding was settled meanwhile.
        NotOfThisFinding: If it speaks of other records.
        NothingCorrected: If nothing, or no paper, is said.
        NumberFails: If a number is not sound.
        ImpossibleBirthday: If a birthday is yet to come, or does not go with the record.
    """
    guardians = {pk: number for pk, number in right.guardians.items() if number.strip()}
    own = any((right.name.strip(), right.resident_id.strip(), right.born_on, right.sex))
    if not right.paper.strip() or not (own or guardians):
        raise NothingCorrected(_("Write what is right, and the paper that says so."))
    with transaction.atomic():
        row = locked(finding)
        if pupil.pk not in (row.pupil_id, row.other_pupil_id):
            raise NotOfThisFinding(_("This finding speaks of another record."))
        words = {"paper": right.paper.strip(), "run": row.last_run.ref}
        with because(_("%(paper)s (after the check %(run)s)") % words):
            if own:
                _write(Pupil.objects.select_for_update().get(pk=pupil.pk), right)
            for pk, number in guardians.items():
                _write_guardian(pupil, pk, number)


def _write(pupil: Pupil, right: Correction) -> None:
    if right.name.strip():
        pupil.name = right.name.strip()
    if right.resident_id.strip():
        number = _sound(right.resident_id)
        pupil.resident_id, pupil.resident_id_key = number, resident_id_key(number)
    if right.born_on is not None:
        require_possible_birthday(right.born_on, entered_on=pupil.entered_on)
        pupil.born_on = right.born_on
    pupil.sex = right.sex or pupil.sex
    pupil.save()


def require_possible_birthday(born_on: date, *, entered_on: date) -> None:
    """Make sure that somebody born on a day can have entered the register on another.

    Raises:
        ImpossibleBirthday: With the reason, and the day on which the record began.
    """
    if born_on > timezone.localdate():
        raise ImpossibleBirthday(_("This birthday is yet to come. Compare it with the paper."))
    years = entered_on.year - born_on.year
    if born_on >= entered_on or years > MOST_YEARS:
        raise ImpossibleBirthday(
            _(
                "Born on %(born)s, and in the register since %(entered)s: that cannot be. "
                "Compare the birthday with the paper."
            )
            % {"born": born_on, "entered": entered_on}
        )


def _write_guardian(pupil: Pupil, pk: UUID, number: str) -> None:
    now = Guardian.objects.select_for_update().filter(current_on(timezone.localdate()))
    row = now.filter(pupil=pupil, pk=pk).first()
    if row is None:
        raise NotOfThisFinding(_("This guardian does not belong to the record any more."))
    row.resident_id = _sound(number)
    row.resident_id_key = resident_id_key(row.resident_id)
    row.save()


def _sound(text: str) -> str:
    try:
        return ResidentId.parse(text).number
    except NotResidentId as wrong:
        raise NumberFails(wrong.said_in(_)) from wrong

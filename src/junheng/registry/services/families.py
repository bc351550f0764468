"""Who answers for a pupil, which household it is of, what it needs to be known for: with dates."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.commons.history import reason
from junheng.commons.refusals import Refusal
from junheng.registry.models import Guardian, Pupil, PupilTag
from junheng.registry.selectors.arrivals import Answering
from junheng.registry.services.keys import household_key, resident_id_key


class NotOnThatDay(Refusal):
    """What began later cannot end that day, and nothing is written down for days to come."""


class AlreadyTagged(Refusal):
    """The pupil is known for it already."""


def new_guardian(
    pupil: Pupil, who: Answering, *, on: date, instead_of: Guardian | None = None, why: str
) -> Guardian:
    """Somebody who answers for the pupil from a day on, beside the others or instead of one.

    Args:
        pupil: Whose guardian it is.
        who: The guardian.
        on: The first day.
        instead_of: Who answers no more from that day on.
        why: The paper or reason, for the history.

    Raises:
        NotOnThatDay: If the day is yet to come, or the former one began that day or later.
    """
    with transaction.atomic(), reason(why):
        _require_day(on)
        if instead_of is not None:
            end_guardian(instead_of, on=on, why=why)
        return answers_for(pupil, who, on)


def answers_for(pupil: Pupil, who: Answering, on: date) -> Guardian:
    """Write a guardian down as somebody told of it."""
    made: Guardian = Guardian.objects.create(
        pupil=pupil,
        relation=who.relation,
        name=who.name.strip(),
        phone=who.phone or None,
        resident_id=who.resident_id or None,
        resident_id_key=resident_id_key(who.resident_id),
        valid_from=on,
    )
    return made


def answers_unless_known(pupil: Pupil, who: Answering, on: date) -> None:
    """Write a guardian down from a day on, unless the record knows this one already."""
    there = pupil.guardians.filter(valid_to=None)
    if all(str(one.name or "").strip() != who.name.strip() for one in there):
        answers_for(pupil, who, on)


def end_guardian(guardian: Guardian, *, on: date, why: str) -> None:
    """From this day on somebody answers for the pupil no more.

    Raises:
        NotOnThatDay: If the guardian began that day or later, or ended already.
    """
    with transaction.atomic(), reason(why):
        _require_day(on)
        row = Guardian.objects.select_for_update().get(pk=guardian.pk)
        _end(row, on)


def set_household(pupil: Pupil, number: str, *, why: str) -> None:
    """The household's number as its book has it; brothers and sisters are found by it."""
    with transaction.atomic(), reason(why):
        row = Pupil.objects.select_for_update().get(pk=pupil.pk)
        row.household_number = number.strip() or None
        row.household_key = household_key(number)
        row.save(update_fields=["household_number", "household_key"])


def begin_tag(pupil: Pupil, tag: str, *, on: date, source: str) -> PupilTag:
    """The pupil is known for something from a day on; the source says who says so.

    Raises:
        AlreadyTagged: If that holds already, or began again later.
        NotOnThatDay: If the day is yet to come.
    """
    with transaction.atomic(), reason(source):
        _require_day(on)
        Pupil.objects.select_for_update().only("pk").get(pk=pupil.pk)
        before = PupilTag.objects.filter(pupil=pupil, tag=tag)
        if before.filter(valid_to=None).exists() or before.filter(valid_to__gt=on).exists():
            raise AlreadyTagged(_("The pupil is known for it on that day already."))
        made: PupilTag = PupilTag.objects.create(
            pupil=pupil, tag=tag, valid_from=on, source=source.strip()
        )
    return made


def end_tag(tag: PupilTag, *, on: date, why: str) -> None:
    """It holds no more from this day on.

    Raises:
        NotOnThatDay: If it began that day or later, or ended already.
    """
    with transaction.atomic(), reason(why):
        _require_day(on)
        row = PupilTag.objects.select_for_update().get(pk=tag.pk)
        _end(row, on)


def _require_day(on: date) -> None:
    if on > timezone.localdate():
        raise NotOnThatDay(_("The day is yet to come."))


def _end(row: Guardian | PupilTag, on: date) -> None:
    if row.valid_to is not None:
        raise NotOnThatDay(_("It has ended on %(day)s already.") % {"day": row.valid_to})
    if row.valid_from >= on:
        raise NotOnThatDay(
            _("It began on %(first)s and can end the day after, not before.")
            % {"first": row.valid_from}
        )
    row.valid_to = on
    row.save(update_fields=["valid_to"])

"""Households and their members: written down in the village, found again by blind keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.models import HEAD, Household, HouseholdMember, MeasureSet
from junheng.aid.selectors.merges import merge_of
from junheng.commons.refusals import Refusal
from junheng.evidence.facade import number_index
from junheng.places.facade import Place


class NoHead(Refusal):
    """A household has one head."""


class PartOfAnother(Refusal):
    """Nobody is written down any more in a village that became part of another one."""


class ElsewhereAlready(Refusal):
    """Somebody with this number belongs to a household already."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a household, as it is written down.

    Attributes:
        relation: To the head, in GB/T 4761; the head is "02".
        resident_id: "" where there is none; checked already.
        sex: "1", "2" or "" for not told.
        able_to_work: None where nobody has said.
    """

    name: str
    relation: str
    resident_id: str = ""
    sex: str = ""
    born_on: date | None = None
    able_to_work: bool | None = None


def key_of_member(member: HouseholdMember) -> str:
    """The blind key of a member's resident ID number, as registers have it; "" for none."""
    return number_index(str(member.resident_id)) if member.resident_id else ""


def write_down(village: Place, people: Sequence[Person], *, on: date, by: User) -> Household:
    """A household with its people, which has no status yet.

    Raises:
        NoHead: Unless one of them is its head.
        PartOfAnother: If the village has become part of another one.
        ElsewhereAlready: If one of them belongs to another household.
    """
    if [person.relation for person in people].count(HEAD) != 1:
        raise NoHead(_("Say who is the head of the household: one of its people."))
    with transaction.atomic():
        number = next_number(village)
        if (merge := merge_of(village)) is not None:
            raise PartOfAnother(
                _("This village is part of %(into)s now: write the household down there.")
                % {"into": merge.into.name}
            )
        home = Household.objects.create(
            number=number, village=village, entered_on=on, entered_by=by
        )
        for person in people:
            add_member(home, person)
    return home


def add_member(home: Household, person: Person, *, since: date | None = None) -> HouseholdMember:
    """Somebody more in a household, from a day on; from always, where none is given.

    Raises:
        ElsewhereAlready: If there is a head already, or the person belongs to a household.
    """
    row = HouseholdMember(
        household=home,
        name=person.name,
        relation=person.relation,
        resident_id=person.resident_id or None,
        resident_id_key=number_index(person.resident_id) if person.resident_id else "",
        sex=person.sex,
        born_on=person.born_on,
        able_to_work=person.able_to_work,
        valid_from=since,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ElsewhereAlready(
            _("Somebody with this resident ID number, or another head, is in a household already.")
        ) from error
    link_pupils(home.village.path, only=home.pk)
    return row


def set_measures(
    home: Household, measures: Sequence[str], *, plan: str, responsible: str, on: date, by: User
) -> MeasureSet:
    """What is done for a household from a day on; the set before ends there."""
    with transaction.atomic():
        running = MeasureSet.objects.filter(household=home, valid_to=None).select_for_update()
        for earlier in running:
            if earlier.valid_from >= on:
                raise ElsewhereAlready(_("A set of measures from that day on is there already."))
            earlier.valid_to = on
            earlier.save(update_fields=["valid_to"])
        return MeasureSet.objects.create(
            household=home,
            measures=list(measures),
            plan=plan,
            responsible=responsible,
            valid_from=on,
            entered_by=by,
        )


def next_number(village: Place) -> str:
    """A number that no household of the village has; others wait until the transaction ends."""
    Place.objects.select_for_update().only("pk").get(pk=village.pk)
    given = Household.objects.filter(number__regex=rf"^{village.code}-\d{{4,8}}$")
    serials = [int(n.rpartition("-")[2]) for n in given.values_list("number", flat=True)]
    return f"{village.code}-{max(serials, default=0) + 1:04}"


_LINK = """
    UPDATE aid_householdmember member SET pupil_id = pupil.id
    FROM aid_household home, places_place village, registry_pupil pupil
    WHERE home.id = member.household_id AND village.id = home.village_id
        AND starts_with(village.path, %(path)s)
        AND pupil.resident_id_key = member.resident_id_key AND member.resident_id_key <> ''
        AND pupil.left_on IS NULL AND member.pupil_id IS DISTINCT FROM pupil.id
        AND (%(only)s::bigint IS NULL OR home.id = %(only)s)
"""


def link_pupils(path: str, *, only: int | None = None) -> int:
    """Link members to the pupils with the same blind key; how many links that were.

    Args:
        path: Of the place whose households are looked at.
        only: Key of one household.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LINK, {"path": path, "only": only})
        return int(cursor.rowcount)

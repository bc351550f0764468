"""A family finds its child's class by the pupil's number and birthday.

Whoever guesses learns nothing: a wrong number, another birthday and a child of another list get the
same answer by the same query, and only so many tries are answered at all.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from junheng.commons import attempts, brakes
from junheng.commons.brakes import Brake, Spent
from junheng.commons.refusals import Refusal
from junheng.kernel.ref import as_given_out
from junheng.registry.models import ClassAssignment, DrawnPupil

DEED = "registry.draw_look_up"
PER_ADDRESS, ADDRESS_WINDOW = 20, timedelta(minutes=10)
"""A school or a village may share one address; only wrong tries count."""
PER_NUMBER, NUMBER_WINDOW = 5, timedelta(hours=1)


class NothingFound(Refusal):
    """There is no such child in the list, whatever of it was wrong."""


class TooManyTries(Refusal):
    """This address, or this number, has to wait."""


def look_up(row: ClassAssignment, number: str, born_on: date, *, address: str | None) -> DrawnPupil:
    """Find a child in a published draw.

    Args:
        row: The draw.
        number: Pupil number as typed.
        born_on: The child's birthday.
        address: Where the visitor came from.

    Raises:
        TooManyTries: If the address or the number was tried too often.
        NothingFound: If anything of it is wrong; noted without what was typed.
    """
    number = as_given_out(number)
    taken = _take(row, number, address)
    found: DrawnPupil | None = row.drawn.filter(
        pupil__number=number, pupil__born_on=born_on, number__isnull=False
    ).first()
    if found is None:
        _note(row, "nothing found", address)
        raise NothingFound(
            _(
                "There is no child with this number and this birthday in the list. Compare the "
                "number with the paper of the school, or ask there."
            )
        )
    brakes.give_back(*taken)
    return found


def _take(row: ClassAssignment, number: str, address: str | None) -> list[str]:
    wanted = (
        Brake(f"{DEED}.address", address or "", PER_ADDRESS, ADDRESS_WINDOW),
        Brake(f"{DEED}.number", number, PER_NUMBER, NUMBER_WINDOW),
    )
    try:
        return brakes.take_each(wanted)
    except Spent as spent:
        brake = spent.brake
        if brakes.take(f"{brake.purpose}.noted", brake.who, most=1, within=brake.within):
            _note(row, "too many tries", address)
        raise TooManyTries(
            _(
                "There were too many tries that did not fit. Wait for some time, or ask at the "
                "school: it finds the class for you."
            )
        ) from spent


def _note(row: ClassAssignment, answer: str, address: str | None) -> None:
    matter, path = f"class assignment {row.pk}", row.organisation.path
    attempts.note(DEED, answer, matter=matter, path=path, address=address)

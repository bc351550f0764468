"""A family finds its child by the pupil's number and birthday, from a guardian's own telephone.

All three have to fit, and only so many tries are answered: what a household is may not be learnt
by guessing, nor by somebody who happens to know a classmate's birthday.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from junheng.accounts.facade import User, phone_of
from junheng.commons import attempts, brakes
from junheng.commons.brakes import Brake, Spent
from junheng.commons.refusals import Refusal
from junheng.kernel.ref import as_given_out
from junheng.registry.facade import PupilInMask, pupil_of_guardian

DEED = "aid.look_up"
PER_FAMILY, PER_NUMBER, WINDOW = 10, 5, timedelta(hours=1)


class NothingFound(Refusal):
    """Something of it does not fit; which, nobody is told."""


class TooManyTries(Refusal):
    """This family, or this number, has to wait."""


def look_up(family: User, number: str, born_on: date, *, address: str | None) -> PupilInMask:
    """Find the child of a family that signed in by telephone.

    Args:
        family: Whose telephone was found to be theirs.
        number: Pupil number as typed.
        born_on: The child's birthday.
        address: Where the visitor came from.

    Raises:
        TooManyTries: If the family or the number was tried too often.
        NothingFound: If anything of it is wrong; noted without what was typed.
    """
    number = as_given_out(number)
    taken = _take(family, number, address)
    found = pupil_of_guardian(number, born_on, phone_of(family))
    if found is None:
        attempts.note(DEED, "nothing found", by=family, address=address)
        raise NothingFound(
            _(
                "Number, birthday and your telephone do not belong together in the register. "
                "Compare the number with the paper of the school, and ask the school which "
                "telephone it has of you."
            )
        )
    brakes.give_back(*taken)
    return found


def _take(family: User, number: str, address: str | None) -> list[str]:
    wanted = (
        Brake(f"{DEED}.family", str(family.pk), PER_FAMILY, WINDOW),
        Brake(f"{DEED}.number", number, PER_NUMBER, WINDOW),
    )
    try:
        return brakes.take_each(wanted)
    except Spent as spent:
        attempts.note(DEED, "too many tries", by=family, address=address)
        raise TooManyTries(
            _("There were too many tries that did not fit. Wait for an hour, or ask at the school.")
        ) from spent

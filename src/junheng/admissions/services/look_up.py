"""A family finds its child's result by application number and the end of its telephone number.

Whoever guesses learns nothing: a wrong number, wrong digits, a number of another round and a
child that is not there get the same answer by the same query, and only so many tries are
answered at all, for each address and for each number.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from junheng.admissions.models import Application, Round
from junheng.admissions.services.acts import matter_of
from junheng.admissions.services.applications import look_up_key, plain
from junheng.commons import attempts, brakes
from junheng.commons.brakes import Brake, Spent
from junheng.commons.refusals import Refusal
from junheng.kernel.ref import Ref

DEED = "admissions.look_up"
PER_ADDRESS, ADDRESS_WINDOW = 20, timedelta(minutes=10)
"""A school or a village may share one address; only wrong tries count."""
PER_NUMBER, NUMBER_WINDOW = 5, timedelta(hours=1)
PER_NUMBER_A_DAY, DAY = 15, timedelta(days=1)
"""Of ten thousand endings somebody with many addresses tries fifteen a day."""


class NothingFound(Refusal):
    """There is no such result, whatever of it was wrong."""


class TooManyTries(Refusal):
    """This address, or this number, has to wait."""


def as_given_out(number: str) -> str:
    """The number as it stands in the tables, with or without hyphens on the screen."""
    try:
        return str(Ref.parse(plain(number)))
    except ValueError:
        return plain(number)


def look_up(the_round: Round, number: str, last4: str, *, address: str | None) -> Application:
    """Find an application of a round.

    Args:
        the_round: A published round.
        number: Application number as typed.
        last4: Last four digits of the telephone number given with it.
        address: Where the visitor came from.

    Raises:
        TooManyTries: If the address or the number was tried too often.
        NothingFound: If anything of it is wrong; the attempt is noted without what was typed.
    """
    number = as_given_out(number)
    taken = _take(the_round, number, address or "")
    found: Application | None = Application.objects.filter(
        round=the_round, number=number, look_up=look_up_key(number, last4)
    ).first()
    if found is None:
        _note(the_round, "nothing found", address)
        raise NothingFound(
            _(
                "There is no result with this number and these digits. Compare the number with "
                "the receipt of the application, and take the telephone number that was given then."
            )
        )
    brakes.give_back(*taken)
    return found


def _take(the_round: Round, number: str, address: str) -> list[str]:
    """A try for the address and two for the number, or none at all."""
    wanted = (
        Brake(f"{DEED}.address", address, PER_ADDRESS, ADDRESS_WINDOW),
        Brake(f"{DEED}.number", number, PER_NUMBER, NUMBER_WINDOW),
        Brake(f"{DEED}.number_a_day", number, PER_NUMBER_A_DAY, DAY),
    )
    try:
        return brakes.take_each(wanted)
    except Spent as spent:
        _refuse(the_round, spent.brake, address)
        raise TooManyTries(
            _(
                "There were too many tries that did not fit. Wait for some time, or ask at the "
                "counter of the school or the bureau: they find the result for you."
            )
        ) from spent


def _refuse(the_round: Round, brake: Brake, address: str) -> None:
    """Noted once in a while, so that a flood of tries is not a flood of notes."""
    purpose = brake.purpose.removeprefix(f"{DEED}.")
    if brakes.take(f"{DEED}.noted.{purpose}", brake.who, most=1, within=brake.within):
        _note(the_round, f"too many tries: {purpose}", address or None)


def _note(the_round: Round, answer: str, address: str | None) -> None:
    attempts.note(DEED, answer, matter=matter_of(the_round), path=the_round.path, address=address)

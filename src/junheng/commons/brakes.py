"""So many tries in so much time, counted for all processes together and without a race.

A try takes a slot before it begins, and slots come back by themselves. Two requests at the same
moment never get the same one, so nobody gets further by asking faster.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.utils.crypto import salted_hmac


def take(purpose: str, who: str, *, most: int, within: timedelta) -> str | None:
    """Take one of `most` tries.

    Args:
        purpose: What is tried, such as "admissions.look_up.number".
        who: Whose tries are counted; kept only as a mark that nobody can read back.
        most: So many at once.
        within: After this time a try comes back.

    Returns:
        The slot, for `give_back`; None if none is left.
    """
    mark = salted_hmac(purpose, who).hexdigest()[:32]
    slots = (f"{purpose}:{mark}:{number}" for number in range(most))
    seconds = int(within.total_seconds())
    return next((slot for slot in slots if cache.add(slot, 1, timeout=seconds)), None)


@dataclass(frozen=True, slots=True)
class Brake:
    """A purpose with its limit, as `take` has it."""

    purpose: str
    who: str
    most: int
    within: timedelta


class Spent(Exception):
    """None of the tries of a brake is left."""

    def __init__(self, brake: Brake) -> None:
        self.brake = brake
        super().__init__(brake.purpose)


def take_each(brakes: Iterable[Brake]) -> list[str]:
    """Take a try of every brake, or none at all.

    Raises:
        Spent: With the first that has none left.
    """
    taken: list[str] = []
    for brake in brakes:
        slot = take(brake.purpose, brake.who, most=brake.most, within=brake.within)
        if slot is None:
            give_back(*taken)
            raise Spent(brake)
        taken.append(slot)
    return taken


def give_back(*slots: str) -> None:
    """Tries that were right do not count."""
    cache.delete_many(slots)

"""What the verifier says: one line per property, and every breach of it in a sentence.

Sentences are English with `%(name)s` holes; whoever shows them may put them through a
catalogue first (`Line.sentence(gettext)`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from junheng.kernel.faults import gettext_noop

SHOWN = 3
"""So many breaches of one property are spelled out; the rest are counted."""

AND_MORE = gettext_noop("and %(count)d more")


class Property(StrEnum):
    """What must hold for a result to be right, in the order in which it is told."""

    FILES = "files"
    INPUTS = "inputs"
    HASHES = "hashes"
    RULES = "rules"
    SEED = "seed"
    RECEIPT = "receipt"
    EVERYONE = "everyone"
    TICKETS = "tickets"
    SEATS = "seats"
    CLASS_CAP = "class_cap"
    LIST_PLACES = "list_places"
    NO_ENVY = "no_envy"
    NO_WASTE = "no_waste"
    GROUPS_WHOLE = "groups_whole"
    REPEATED = "repeated"
    KEPT_OUT = "kept_out"
    LOTTERIES = "lotteries"
    DISTANCES = "distances"
    LIMIT = "limit"
    GROUPS_NEAREST = "groups_nearest"
    MOST_SEATED = "most_seated"
    PRICES = "prices"
    FIRST_RUN = "first_run"
    OFFERS = "offers"
    OFFERED = "offered"
    GRADES = "grades"
    SCHOOL_TABLE = "school_table"
    LAST_KEYS = "last_keys"
    EXPLANATIONS = "explanations"


SENTENCES = {
    Property.FILES: gettext_noop("The files of the result are there and can be read"),
    Property.INPUTS: gettext_noop("The input can be read"),
    Property.HASHES: gettext_noop("The input is the one that the receipt names"),
    Property.RULES: gettext_noop("The rules in the receipt are those of the round"),
    Property.SEED: gettext_noop("The seed is the one of the round"),
    Property.RECEIPT: gettext_noop("The receipt fits the placements"),
    Property.EVERYONE: gettext_noop("Every child is accounted for exactly once"),
    Property.TICKETS: gettext_noop("Every ticket is the one that the seed gives"),
    Property.SEATS: gettext_noop("No school has more children than seats"),
    Property.CLASS_CAP: gettext_noop("No class is above the cap"),
    Property.LIST_PLACES: gettext_noop("How each child came to its seat is told truly"),
    Property.NO_ENVY: gettext_noop(
        "No child would rather have a seat that a child with the weaker claim was given"
    ),
    Property.NO_WASTE: gettext_noop("No seat is free at a school that a child would rather have"),
    Property.GROUPS_WHOLE: gettext_noop("Every group stays together"),
    Property.REPEATED: gettext_noop("Assigning by list again gives every child the same seat"),
    Property.KEPT_OUT: gettext_noop("The receipt names exactly those whom a group's size kept out"),
    Property.LOTTERIES: gettext_noop(
        "Schools open by lottery took the smallest tickets of those who named them, nobody else"
    ),
    Property.DISTANCES: gettext_noop("Every distance is right"),
    Property.LIMIT: gettext_noop("No child is diverted beyond the limit"),
    Property.GROUPS_NEAREST: gettext_noop("Groups are diverted to the nearest school with room"),
    Property.MOST_SEATED: gettext_noop("No further child could be given a seat"),
    Property.PRICES: gettext_noop("The prices prove that no diversion is shorter in total"),
    Property.FIRST_RUN: gettext_noop("The answers belong to the run that made the offers"),
    Property.OFFERS: gettext_noop("Every family was offered what the rules say, and nothing else"),
    Property.OFFERED: gettext_noop(
        "In ticket order every family was given the best that was left of what it ranked"
    ),
    Property.GRADES: gettext_noop(
        "Entering grades move whole or stay, and no plan would seat more children nearer"
    ),
    Property.SCHOOL_TABLE: gettext_noop("The table of schools agrees with the placements"),
    Property.LAST_KEYS: gettext_noop("The last key of every school is right"),
    Property.EXPLANATIONS: gettext_noop("Every child has its explanation, and it is true"),
}

Gettext = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that is not as it must be.

    Attributes:
        message: Source sentence with `%(name)s` holes.
        figures: What goes into the holes.
    """

    message: str
    figures: tuple[tuple[str, object], ...]

    def sentence(self, gettext: Gettext = str) -> str:
        """The breach in the language that `gettext` speaks."""
        return gettext(self.message) % dict(self.figures)


def breach(message: str, **figures: object) -> Breach:
    """A breach, from a sentence marked for the catalogue and its figures."""
    return Breach(message, tuple(figures.items()))


Breaches = Iterator[Breach]


@dataclass(frozen=True, slots=True)
class Line:
    """Whether one property holds.

    Attributes:
        property: Which, a value of `Property`.
        holds: True only if it was looked at and no breach was found.
        detail: The first breaches in English; blank if it holds.
        breaches: The same, for another language.
        found: How many breaches there are.
    """

    property: str
    holds: bool
    detail: str
    breaches: tuple[Breach, ...] = ()
    found: int = 0

    def sentence(self, gettext: Gettext = str) -> str:
        """The property, and what breaks it, in the language that `gettext` speaks."""
        title = gettext(SENTENCES[Property(self.property)])
        return f"{title}: {_told(self.breaches, self.found, gettext)}" if self.breaches else title


def line(of: Property, breaches: Iterable[Breach]) -> Line:
    """Look at a property: it holds if nothing breaks it."""
    found = iter(breaches)
    shown = tuple(islice(found, SHOWN))
    count = len(shown) + sum(1 for _ in found)
    return Line(of.value, not shown, _told(shown, count, str), shown, count)


def _told(shown: tuple[Breach, ...], count: int, gettext: Gettext) -> str:
    told = [one.sentence(gettext) for one in shown]
    if count > len(shown):
        told.append(gettext(AND_MORE) % {"count": count - len(shown)})
    return "; ".join(told)


class Unreadable(Exception):
    """A file that cannot be understood, so that nothing else can be said about it."""

    def __init__(self, message: str, **figures: object) -> None:
        self.breach = breach(message, **figures)
        super().__init__(self.breach.sentence())

"""Two invented registers of one county with the faults that registers have, and the truth.

Names are drawn from the common characters of GB 2312, surnames and given characters as unevenly
as in life; families share surname and village, some children are twins. Whatever is wrong with a
row is drawn independently, so some rows have several faults.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from random import Random

from pypinyin import lazy_pinyin
from stdnum.cn import ric

from junheng.evidence.engine.people import Person

VILLAGES = 400
FIRST_DAY, DAYS = date(1940, 1, 1), 30_500
TWINS = 0.012
HALF = 0.5
"""Of the numbers of somebody else so many are of anybody, the rest of kin in the village."""
VARIANTS = dict(zip("\u5cf0\u7fa4\u5347\u5764", "\u5cef\u7fa3\u6607\u5803", strict=True))
"""Another way to write a character."""


@dataclass(frozen=True)
class Faults:
    """Shares of the rows with each fault."""

    no_number: float
    old: float
    small_x: float
    full_width: float
    wrong_digit: float
    lost_tail: float
    swapped: float
    of_another: float
    homophone: float
    unwritten: float
    variant: float
    renamed: float
    moved: float
    no_birthday: float
    wrong_birthday: float


GOOD = Faults(
    *(0.015, 0.01, 0.005, 0.0, 0.005, 0.002, 0.002, 0.003),
    *(0.005, 0.002, 0.002, 0.002, 0.02, 0.01, 0.002),
)
POOR = Faults(
    *(0.10, 0.03, 0.03, 0.01, 0.03, 0.01, 0.01, 0.01),
    *(0.06, 0.01, 0.01, 0.015, 0.15, 0.05, 0.01),
)


@dataclass(frozen=True)
class Registers:
    """Both registers; `truth` has for every row of the right one its row of the left, or -1."""

    left: list[Person]
    right: list[Person]
    truth: list[int]


def two_registers(
    seed: int, left: int = 100_000, right: int = 60_000, strangers: float = 1 / 12
) -> Registers:
    """A good register, and a poor one of some of its people and of some strangers."""
    chance = Random(f"registers {seed}")
    outside = round(right * strangers)
    people = _people(chance, left + outside)
    chance.shuffle(people)
    inside, others = people[:left], people[left:]
    both = chance.sample(range(left), right - outside)
    truth = both + [-1] * outside
    rows = [inside[row] for row in both] + others
    order = list(range(right))
    chance.shuffle(order)
    return Registers(
        left=_spoiled(chance, inside, GOOD),
        right=_spoiled(chance, [rows[place] for place in order], POOR),
        truth=[truth[place] for place in order],
    )


def _people(chance: Random, count: int) -> list[Person]:
    characters = _common()
    surnames = _uneven(chance, chance.sample(characters, 180), 1.0)
    given = _uneven(chance, chance.sample(characters, 1_500), 0.75)
    villages = _uneven(chance, [f"990100{n:06}" for n in range(VILLAGES)], 0.4)
    people: list[Person] = []
    serial: dict[date, int] = defaultdict(int)
    while len(people) < count:
        surname, village = surnames(), villages()
        for _ in range(chance.randint(1, 4)):
            own = surname if chance.random() < 0.7 else surnames()
            name = own + given() + (given() if chance.random() < 0.78 else "")
            day = FIRST_DAY + timedelta(chance.randrange(DAYS))
            people.append(_born(chance, name, day, village, serial))
            if chance.random() < TWINS:
                twin = name[:-1] + given()
                people.append(_born(chance, twin, day, village, serial))
    return people[:count]


def _born(chance: Random, name: str, day: date, village: str, serial: dict[date, int]) -> Person:
    serial[day] += 1
    area = f"9901{serial[day] // 999 + 1:02}"
    digits = f"{area}{day:%Y%m%d}{serial[day] % 999 + 1:03}"
    return Person(name, digits + ric.calc_check_digit(digits + "0"), day, village)


class _uneven:  # noqa: N801 -- reads as a function
    """Draws from a list, the first ones far oftener: share of the n-th is 1/n to a power."""

    def __init__(self, chance: Random, things: Sequence[str], power: float) -> None:
        self.chance, self.things = chance, things
        total, self.cumulated = 0.0, []
        for place in range(1, len(things) + 1):
            total += place**-power
            self.cumulated.append(total)

    def __call__(self) -> str:
        return self.chance.choices(self.things, cum_weights=self.cumulated)[0]


def _spoiled(chance: Random, people: list[Person], faults: Faults) -> list[Person]:
    kin: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for person in people:
        kin[person.name[0], person.place].append(person)
    return [
        _with_faults(
            chance,
            person,
            people if chance.random() < HALF else kin[person.name[0], person.place],
            faults,
        )
        for person in people
    ]


def _with_faults(chance: Random, person: Person, others: list[Person], faults: Faults) -> Person:
    def happens(share: float) -> bool:
        return chance.random() < share

    number, born = _number(chance, person, others, faults), person.born_on
    assert born is not None
    if happens(faults.no_birthday):
        born = None
    elif happens(faults.wrong_birthday):
        born = _other_day(chance, born)
    place = f"990100{chance.randrange(VILLAGES):06}" if happens(faults.moved) else person.place
    return replace(
        person,
        name=_name(chance, person.name, faults),
        resident_id=number,
        born_on=born,
        place=place,
    )


def _number(chance: Random, person: Person, others: list[Person], faults: Faults) -> str:
    number = person.resident_id
    kinds = ["no_number", "old", "small_x", "full_width", "wrong_digit", "lost_tail", "swapped"]
    kinds.append("of_another")
    shares = [getattr(faults, kind) for kind in kinds]
    kind = chance.choices([*kinds, ""], [*shares, 1 - sum(shares)])[0]
    if kind == "no_number":
        return ""
    if kind == "old" and number[6:8] == "19":
        return number[:6] + number[8:17]
    if kind == "small_x":
        return number.lower()
    if kind == "full_width":
        return "".join(chr(ord(c) + 0xFEE0) for c in number)
    if kind == "wrong_digit":
        at = chance.randrange(17)
        other = chance.choice([d for d in "0123456789" if d != number[at]])
        return number[:at] + other + number[at + 1 :]
    if kind == "lost_tail":
        return number[:15] + "000"
    if kind == "swapped":
        at = chance.randrange(16)
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if kind == "of_another":
        return chance.choice(others).resident_id
    return number


def _name(chance: Random, name: str, faults: Faults) -> str:
    at = chance.randrange(len(name)) if chance.random() < 0.3 else len(name) - 1
    drawn = chance.random()
    for kind in ("homophone", "unwritten", "variant", "renamed"):
        drawn -= getattr(faults, kind)
        if drawn < 0:
            return name[:at] + _other_character(chance, name[at], kind) + name[at + 1 :]
    return name


def _other_character(chance: Random, character: str, kind: str) -> str:
    if kind == "unwritten":
        return chance.choice("?\u25a1")
    if kind == "variant":
        return VARIANTS.get(character, character)
    if kind == "renamed":
        return chance.choice(_common())
    same = [other for other in _by_sound()[_sound(character)] if other != character]
    return chance.choice(same) if same else character


def _other_day(chance: Random, day: date) -> date:
    return day + timedelta(chance.choice([-10, -1, 1, 10, 31, 365]))


@cache
def _common() -> list[str]:
    """The 3,755 characters of the first level of GB 2312."""
    codes = ((row, cell) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return [bytes(code).decode("gb2312") for code in codes if code < (0xD7, 0xFA)]


@cache
def _by_sound() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for character in _common():
        found[_sound(character)].append(character)
    return found


@cache
def _sound(character: str) -> str:
    return lazy_pinyin(character)[0]

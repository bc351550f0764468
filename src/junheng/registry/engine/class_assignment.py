"""Putting pupils into classes that are alike: 阳光分班, by a seeded run that anybody can repeat.

Every pupil gets a ticket from the seed; nothing else breaks a tie. Pupils are dealt out, then two
classes at a time exchange pupils as long as that makes them more alike. Everything is whole
numbers, so that the same pupils and the same seed give the same classes on any machine.

What counts, each before all that follow it: sizes, boys and girls, then pupils with special needs,
boarders and ages together. Of an age only its quarter of the grade is known here (`quarters`): a
list of a draw holds no day of birth.

Source: issue 5, 2 (balanced by sex, age, boarding and special needs; twins together or apart as the
family chose); REG-3 for the cap.
"""

from __future__ import annotations

import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from junheng.registry.engine.cap import CLASS_CAP
from junheng.registry.engine.class_balance import (
    AGE_BANDS,
    PUPILS_MOST,
    Bench,
    Profile,
    improve,
)

Key = TypeVar("Key")
UNKNOWN_AGE = AGE_BANDS[-1]
BOY, GIRL = "1", "2"
"""Codes of GB/T 2261.1; any other value is neither."""


class Wish(StrEnum):
    """What a family chose for its twins, or brothers and sisters of one grade."""

    TOGETHER = "together"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A pupil who is to get a class.

    Attributes:
        id: Whose place in the list it is: its number there, never a number of a person.
        sex: By GB/T 2261.1, "" if not known.
        age: Quarter of the grade by age, 0 the oldest; 4 where the day of birth is not known.
        boards: Whether it lives at the school.
        needs: Whether it has special needs.
        family: Key that children of one family share, "" for a child alone.
        wish: What the family chose; the same for all its children, None for no wish.
    """

    id: str
    sex: str = ""
    age: int = UNKNOWN_AGE
    boards: bool = False
    needs: bool = False
    family: str = ""
    wish: Wish | None = None


@dataclass(frozen=True, slots=True)
class NewClass:
    """A class that takes pupils: its number, and the most it may have (1 to 55)."""

    number: int
    most: int


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """What a class got.

    Attributes:
        ages: Pupils by quarter of the grade, oldest first, then those of unknown birth.
    """

    number: int
    most: int
    size: int
    boys: int
    girls: int
    needs: int
    boarders: int
    ages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Everybody's class.

    Attributes:
        placed: Class number by pupil, in the order of the pupils' ids.
        classes: What each class got, by number.
        gaps: For each count the largest of the classes minus the smallest.
    """

    placed: Mapping[str, int]
    classes: tuple[ClassCounts, ...]
    gaps: Mapping[str, int]


class NotAssignable(ValueError):
    """These pupils cannot be put into these classes."""


class NoRoom(NotAssignable):
    """There are more pupils than the classes may have."""

    def __init__(self, pupils: int, room: int) -> None:
        self.pupils, self.room = pupils, room
        super().__init__(f"{pupils} pupils, but the classes take {room}")


class FamilyDoesNotFit(NotAssignable):
    """A family's wish cannot be kept."""

    def __init__(self, pupils: Sequence[str]) -> None:
        self.pupils = tuple(pupils)
        super().__init__(f"the wish for {', '.join(pupils)} cannot be kept")


def assign(
    newcomers: Iterable[Newcomer], classes: Iterable[NewClass], *, seed: str, year: int
) -> Assignment:
    """Put everybody into a class.

    Args:
        newcomers: Who is to get a class, in any order, each once.
        classes: The classes, in any order, each number once, each with at most 55 pupils.
        seed: Public and fixed before the run; not empty.
        year: Calendar year in which the school year starts; part of every ticket.

    Returns:
        Sizes differ by at most one among classes that are not at their most, as far as families
        that stay together leave a choice.

    Raises:
        NotAssignable: `NoRoom` or `FamilyDoesNotFit`; or a pupil or class stands twice, a class
            may have more than 55, a family has two wishes, there are more than 5,000 pupils, an
            age is no quarter, or there is no seed.
    """
    pupils = sorted(newcomers, key=lambda pupil: pupil.id)
    rooms = sorted(classes, key=lambda each: each.number)
    _refuse(pupils, rooms, seed)
    units = _units(pupils, seed, year)
    bench = _deal(units, rooms, _aims(rooms, len(pupils), seed, year))
    improve(bench)
    placed = {
        pupil.id: rooms[bench.at[index]].number
        for index, unit in enumerate(units)
        for pupil in unit.pupils
    }
    return _assignment(pupils, rooms, {pupil.id: placed[pupil.id] for pupil in pupils})


def quarters(births: Mapping[Key, date | None]) -> dict[Key, int]:
    """Quarter of a grade by age for each key, 0 the oldest; 4 where the day is not known.

    Children born on one day are in one quarter.
    """
    days = sorted(day for day in births.values() if day is not None)
    first = {day: place for place, day in reversed(list(enumerate(days)))}
    return {
        key: UNKNOWN_AGE if day is None else 4 * first[day] // len(days)
        for key, day in births.items()
    }


def ticket(seed: str, year: int, name: str) -> str:
    """HMAC-SHA256 under the seed of "year|name", lower-case hexadecimal, as in admissions."""
    return hmac.digest(seed.encode(), f"{year}|{name}".encode(), "sha256").hex()


@dataclass(frozen=True, slots=True)
class _Unit:
    """Pupils who go to the same class: one, or a family that stays together."""

    pupils: tuple[Newcomer, ...]
    profile: Profile
    apart: str
    ticket: str


def _refuse(pupils: Sequence[Newcomer], rooms: Sequence[NewClass], seed: str) -> None:
    if not seed:
        raise NotAssignable("there is no seed, so no ticket can be drawn")
    if len({pupil.id for pupil in pupils}) < len(pupils):
        raise NotAssignable("a pupil stands twice")
    if not all(pupil.age in AGE_BANDS for pupil in pupils):
        raise NotAssignable(f"an age is one of {AGE_BANDS}")
    if len(pupils) > PUPILS_MOST:
        raise NotAssignable(f"there are more than {PUPILS_MOST} pupils")
    if len({each.number for each in rooms}) < len(rooms):
        raise NotAssignable("a class stands twice")
    if not all(1 <= each.most <= CLASS_CAP for each in rooms):
        raise NotAssignable(f"a class has 1 to {CLASS_CAP} pupils")
    room = sum(each.most for each in rooms)
    if room < len(pupils):
        raise NoRoom(len(pupils), room)
    for children in _families(pupils).values():
        _refuse_family(children, len(rooms), max(each.most for each in rooms))


def _families(pupils: Sequence[Newcomer]) -> dict[str, list[Newcomer]]:
    found: dict[str, list[Newcomer]] = defaultdict(list)
    for pupil in pupils:
        if pupil.family:
            found[pupil.family].append(pupil)
    return found


def _refuse_family(children: Sequence[Newcomer], classes: int, most: int) -> None:
    wishes = {child.wish for child in children}
    if len(wishes) > 1:
        raise NotAssignable(f"the family of {children[0].id} has two wishes")
    limit = {Wish.APART: classes, Wish.TOGETHER: most}.get(children[0].wish or Wish.TOGETHER, 0)
    if None not in wishes and len(children) > limit:
        raise FamilyDoesNotFit([child.id for child in children])


def _units(pupils: Sequence[Newcomer], seed: str, year: int) -> list[_Unit]:
    """Units in the order in which they are dealt: hard ones first, like beside like."""
    together = {
        family: tuple(children)
        for family, children in _families(pupils).items()
        if children[0].wish is Wish.TOGETHER
    }
    alone = [(pupil,) for pupil in pupils if pupil.family not in together]
    units = [_unit(children, seed, year) for children in (*together.values(), *alone)]
    return sorted(
        units, key=lambda unit: (-len(unit.pupils), not unit.apart, unit.profile, unit.ticket)
    )


def _unit(children: tuple[Newcomer, ...], seed: str, year: int) -> _Unit:
    profile = Profile(
        size=len(children),
        boys=sum(child.sex == BOY for child in children),
        girls=sum(child.sex == GIRL for child in children),
        needs=sum(child.needs for child in children),
        boarders=sum(child.boards for child in children),
        ages=_by_age(children),
    )
    first = children[0]
    apart = first.family if first.family and first.wish is Wish.APART else ""
    return _Unit(children, profile, apart, ticket(seed, year, first.id))


def _by_age(children: Iterable[Newcomer]) -> tuple[int, ...]:
    counted = Counter(child.age for child in children)
    return tuple(counted[band] for band in AGE_BANDS)


def _aims(rooms: Sequence[NewClass], pupils: int, seed: str, year: int) -> list[int]:
    """How many pupils each class is to have: as even as their most allows.

    Which classes have one more than others is drawn.
    """
    aims = [0] * len(rooms)
    order = sorted(range(len(rooms)), key=lambda c: ticket(seed, year, f"class {rooms[c].number}"))
    for _pupil in range(pupils):
        open_ones = (c for c in order if aims[c] < rooms[c].most)
        aims[min(open_ones, key=lambda c: aims[c])] += 1
    return aims


def _deal(units: Sequence[_Unit], rooms: Sequence[NewClass], aims: Sequence[int]) -> Bench:
    """Deal the units to the classes that lack most, families apart not into one class."""
    bench = Bench(
        [unit.profile for unit in units],
        [unit.apart for unit in units],
        [each.most for each in rooms],
        aims,
    )
    for index, unit in enumerate(units):
        fits = [c for c in range(len(rooms)) if bench.takes(index, c)]
        if not fits:
            raise FamilyDoesNotFit([child.id for child in unit.pupils])
        bench.put(index, max(fits, key=bench.lack))
    return bench


def _assignment(
    pupils: Sequence[Newcomer], rooms: Sequence[NewClass], placed: Mapping[str, int]
) -> Assignment:
    members: dict[int, list[Newcomer]] = defaultdict(list)
    for pupil in pupils:
        members[placed[pupil.id]].append(pupil)
    classes = tuple(_counts(each, members[each.number]) for each in rooms)
    return Assignment(placed, classes, _gaps(classes))


def _counts(each: NewClass, members: Sequence[Newcomer]) -> ClassCounts:
    return ClassCounts(
        number=each.number,
        most=each.most,
        size=len(members),
        boys=sum(pupil.sex == BOY for pupil in members),
        girls=sum(pupil.sex == GIRL for pupil in members),
        needs=sum(pupil.needs for pupil in members),
        boarders=sum(pupil.boards for pupil in members),
        ages=_by_age(members),
    )


def _gaps(classes: Sequence[ClassCounts]) -> dict[str, int]:
    names = ("size", "boys", "girls", "needs", "boarders")
    gaps = {name: _span([getattr(each, name) for each in classes]) for name in names}
    gaps["ages"] = max(_span([each.ages[band] for each in classes]) for band in AGE_BANDS)
    return gaps


def _span(values: Sequence[int]) -> int:
    return max(values) - min(values) if values else 0

"""Who the pupils of the demo county are: invented names and numbers, families, and tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from junheng.registry.demo.families import characters
from junheng.registry.demo.register.lives import Ints

AREA, ELSEWHERE = 990100, 990200
FIRST_SERIAL = 500
"""Numbers of one birthday begin here: lower ones belong to the families of the round."""
FIRST_ADULT, SECOND_ADULT = 600, 800
PHONES = 13800000000
FATHER, MOTHER = 51, 52
GRANDPARENTS = (61, 62, 63, 64)
MEN = (51, 61, 63)
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = np.array(list("10X98765432"))
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Persons:
    """Columns about the pupils, in their order.

    Attributes:
        born: Birthday.
        sex: Codes of GB/T 2261.1.
        household: Number of the household; brothers and sisters share it.
    """

    names: list[str]
    born: npt.NDArray[np.datetime64]
    sex: list[str]
    resident_ids: list[str]
    ethnicity: list[str]
    household: Ints


@dataclass(frozen=True, slots=True)
class Guardians:
    """Columns about guardians: whose, and who."""

    pupil: Ints
    relation: list[str]
    names: list[str]
    phones: list[str]
    resident_ids: list[str]


def persons_of(cohort: Ints, town: Ints, seed: int) -> Persons:
    """A person for every pupil.

    Args:
        cohort: The school year in which grade 1 began.
        town: Number of the township.
        seed: For chance.
    """
    chance = np.random.default_rng([seed, 1])
    count = len(cohort)
    years = (cohort - 7 - 1970).astype("datetime64[Y]").astype("datetime64[M]")
    start = (years + np.timedelta64(8, "M")).astype("datetime64[D]")
    born = start + chance.integers(0, 365, count).astype("timedelta64[D]")
    male = chance.random(count) < 0.53
    area = np.where(chance.random(count) < 0.93, AREA, ELSEWHERE)
    household = _households(chance, cohort, town)
    surnames, given = characters()
    surname = _surnames(chance, len(surnames), int(household.max()) + 1)[household]
    two = chance.random(count) < 0.85
    one, other = chance.integers(0, len(given), (2, count))
    names = [
        surnames[s] + given[a] + (given[b] if both else "")
        for s, a, b, both in zip(surname, one, other, two, strict=True)
    ]
    nations = chance.choice(["01", "03", "11", "02"], count, p=[0.965, 0.02, 0.01, 0.005])
    sex = np.where(male, "1", "2").tolist()
    numbers = resident_ids(area, born, male)
    return Persons(names, born, sex, numbers, nations.tolist(), household)


def guardians_of(pupils: Ints, persons: Persons, left_behind: Bools, seed: int) -> Guardians:
    """One guardian or two for each of these pupils; those of a household are the same.

    Args:
        pupils: Whose guardians are wanted.
        persons: All pupils.
        left_behind: Whose grandparents are at home instead, of all pupils.
        seed: For chance.
    """
    chance = np.random.default_rng([seed, 2])
    homes = int(persons.household.max()) + 1
    mother_first = chance.random(homes) < 0.6
    kind = np.where(mother_first, MOTHER, FATHER)
    old = np.zeros(homes, dtype=bool)
    old[persons.household[left_behind]] = True
    kind = np.where(old, chance.choice(GRANDPARENTS, homes), kind)
    second = np.where(mother_first, FATHER, MOTHER)
    both = chance.random(homes) < 0.3
    numbers = [
        _adult_ids(_adults(chance, homes, old=old), kind, FIRST_ADULT),
        _adult_ids(_adults(chance, homes, old=np.zeros_like(old)), second, SECOND_ADULT),
    ]
    surnames, given = characters()
    own = [persons.names[i][0] for i in np.unique(persons.household, return_index=True)[1]]
    letters = chance.integers(0, len(given), (2, homes))
    others = chance.integers(0, len(surnames), homes)
    phones = (PHONES + chance.integers(0, 10_000, (2, homes))).astype(str)

    def name(home: int, which: int, relation: int) -> str:
        surname = own[home] if relation in (FATHER, 61) else surnames[others[home]]
        return surname + given[letters[which, home]]

    rows = []
    for pupil, home in zip(pupils.tolist(), persons.household[pupils].tolist(), strict=True):
        rows.append((pupil, home, 0, int(kind[home])))
        if both[home]:
            rows.append((pupil, home, 1, int(second[home])))
    return Guardians(
        np.array([row[0] for row in rows]),
        [str(row[3]) for row in rows],
        [name(row[1], row[2], row[3]) for row in rows],
        [str(phones[row[2], row[1]]) for row in rows],
        [numbers[row[2]][row[1]] for row in rows],
    )


def resident_ids(area: Ints, born: npt.NDArray[np.datetime64], male: Bools) -> list[str]:
    """Numbers that nobody else has, one for each."""
    return _with_check(area, born, FIRST_SERIAL + 2 * _turns(area, born) + male)


def _adult_ids(born: npt.NDArray[np.datetime64], kind: Ints, base: int) -> list[str]:
    area = np.full(len(born), AREA)
    return _with_check(area, born, base + 2 * _turns(area, born) + np.isin(kind, MEN))


def _turns(area: Ints, born: npt.NDArray[np.datetime64]) -> Ints:
    """How many of the same place and day come before each."""
    order = np.lexsort((born, area))
    place, day = area[order], born[order]
    same = np.r_[False, (place[1:] == place[:-1]) & (day[1:] == day[:-1])]
    starts = np.maximum.accumulate(np.where(same, 0, np.arange(len(order))))
    turns = np.empty(len(order), dtype=np.int64)
    turns[order] = np.arange(len(order)) - starts
    return turns


def _with_check(area: Ints, born: npt.NDArray[np.datetime64], serial: Ints) -> list[str]:
    days = np.char.replace(born.astype("datetime64[D]").astype(str), "-", "")
    heads = [f"{a}{d}{s:03d}" for a, d, s in zip(area, days, serial, strict=True)]
    digits = np.frombuffer("".join(heads).encode(), dtype=np.uint8).reshape(-1, 17) - ord("0")
    checks = _CHECKS[(digits.astype(np.int64) @ _WEIGHTS) % 11]
    return [head + check for head, check in zip(heads, checks, strict=True)]


def _adults(chance: np.random.Generator, count: int, *, old: Bools) -> npt.NDArray[np.datetime64]:
    days = chance.integers(0, 5_400, count).astype("timedelta64[D]")
    first = np.where(old, np.datetime64("1955-01-01"), np.datetime64("1979-01-01"))
    born: npt.NDArray[np.datetime64] = first + days
    return born


def _households(chance: np.random.Generator, cohort: Ints, town: Ints) -> Ints:
    """Neighbours of different ages share a household now and then."""
    order = np.lexsort((chance.random(len(cohort)), town))
    alike = (town[order][1:] == town[order][:-1]) & (cohort[order][1:] != cohort[order][:-1])
    joined = np.r_[False, alike & (chance.random(len(order) - 1) < 0.16)]
    household = np.empty(len(order), dtype=np.int64)
    household[order] = np.cumsum(~joined) - 1
    return household


def _surnames(chance: np.random.Generator, kinds: int, count: int) -> Ints:
    """Some surnames are far more common than others."""
    weights = 1 / (np.arange(kinds) + 2.0)
    return chance.choice(kinds, count, p=weights / weights.sum())


def tags_of(pupils: Ints, rural: Bools, boards: Sequence[float], seed: int) -> dict[str, Ints]:
    """Pupils with each tag.

    Args:
        pupils: Among these.
        rural: Whether each of them is at a rural school.
        boards: For each, how likely it boards.
        seed: For chance.
    """
    chance = np.random.default_rng([seed, 3])
    likely = {
        "left_behind": np.where(rural, 0.09, 0.01),
        "migrant": np.where(rural, 0.0, 0.07),
        "registered_poor": np.where(rural, 0.035, 0.006),
        "disabled": np.full(len(pupils), 0.005),
        "orphan": np.full(len(pupils), 0.0008),
        "boarder": np.asarray(boards),
    }
    return {tag: pupils[chance.random(len(pupils)) < share] for tag, share in likely.items()}

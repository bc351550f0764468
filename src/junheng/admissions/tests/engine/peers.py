"""The same round put to two public libraries, `algmatch` and `matching`; building and solving
are apart, because both spend most of their time on making objects."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from junheng.admissions.engine.types import NONE, Ints, Lists

Built = Any
Peer = tuple[Callable[[Lists, Ints, Ints], Built], Callable[[Built], Ints]]


def hospital_lists(lists: Lists, keys: Ints, seats: Ints) -> list[list[int]]:
    """Who asks each school, in its order."""
    child = np.repeat(np.arange(len(lists.own)), np.diff(lists.start))
    ordered = np.lexsort((keys, lists.school))
    first = np.searchsorted(lists.school[ordered], np.arange(len(seats) + 1))
    return [child[ordered[a:b]].tolist() for a, b in itertools.pairwise(first)]


def child_lists(lists: Lists) -> list[list[int]]:
    return [lists.school[a:b].tolist() for a, b in itertools.pairwise(lists.start)]


def build_algmatch(lists: Lists, keys: Ints, seats: Ints) -> Built:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its source has escapes that Python warns of
        from algmatch import HospitalResidentsProblem

    return HospitalResidentsProblem(
        dictionary={
            "residents": dict(enumerate(child_lists(lists))),
            "hospitals": {
                s: {"capacity": int(seats[s]), "preferences": children}
                for s, children in enumerate(hospital_lists(lists, keys, seats))
                if children
            },
        }
    )


def solve_algmatch(problem: Built) -> Ints:
    found = problem.get_stable_matching()["resident_sided"]
    return np.array([int(found[f"r{child}"][1:] or NONE) for child in range(len(found))])


def build_matching(lists: Lists, keys: Ints, seats: Ints) -> Built:
    from matching.games import HospitalResident

    children = child_lists(lists)
    schools = {s: asked for s, asked in enumerate(hospital_lists(lists, keys, seats)) if asked}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of what it then handles
        return HospitalResident.create_from_dictionaries(
            dict(enumerate(children)), schools, {s: int(seats[s]) for s in schools}
        )


def solve_matching(game: Built) -> Ints:
    school = np.full(len(game.residents), NONE, dtype=np.int64)
    for hospital, residents in game.solve(optimal="resident").items():
        for resident in residents:
            school[resident.name] = hospital.name
    return school


PEERS: dict[str, Peer] = {
    "algmatch": (build_algmatch, solve_algmatch),
    "matching": (build_matching, solve_matching),
}

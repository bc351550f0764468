"""The round for the public: enough to repeat every seat given by list, and no more.

The pack is itself a round in files with its result, so that the same two commands run and
verify it. It holds real `applicant_id`s, tickets and whole lists; tiers and sibling schools
only where they count; groups under new names; no zone, name or free text. Only children whom
no list could seat have a home in it, displaced with chance from the operating system that is
kept nowhere; their diversion is computed again on those homes.
"""

from __future__ import annotations

import json
import math
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from junheng.admissions.engine.assign import run
from junheng.admissions.engine.receipt import rules_as_tables
from junheng.admissions.engine.types import NONE, Key, Mode, Result, Round
from junheng.admissions.files.canonical import write_csv
from junheng.admissions.files.check import check
from junheng.admissions.files.layout import APPLICANTS, CHOICES, SCHOOLS, ZONES
from junheng.admissions.files.read import read_inputs
from junheng.admissions.files.write import write_outputs

FEW = 10
NEAREST_M, FARTHEST_M = 500.0, 2_000.0
_METRES_A_DEGREE = 6_371_008.8 * math.pi / 180

Chance = Callable[[], float]
_OPERATING_SYSTEM: Chance = secrets.SystemRandom().random

README = """\
This is an admission round for anybody to repeat, with its result.

    junheng admit FOLDER --out RESULT
    junheng verify FOLDER --inputs FOLDER

Every seat given by list is the real one: the codes of the children, their tickets and their
whole lists are real. A list is given whole as choices, so "how" says choice also where the
real placement says zone. Groups have new names, schools have none.
{diversion}
"""
DIVERSION = """\
Children whom no school on their list could seat have a home here that was displaced by 0.5 to
2 km. Their diversion was computed again on these homes and need not be the real one. Children
seated by list have no home here and hence no distance."""
NO_DIVERSION = """\
The diversion is left out: it cannot be computed again without real homes or measured distances."""


LEFT_OUT = {
    Mode.OPEN: """\
What families without a seat by list were offered and chose is left out: in which order schools
lie around a home would tell where the home is. These children stand here without a seat.""",
    Mode.GRADE: """\
Entering grades that moved to another school are left out: every child stands here at the school
that its list gave it. Which grade moved where, and why, stands in grades.csv of the result.""",
}


@dataclass(frozen=True, slots=True)
class Rarity:
    """How many children might be recognised by what the pack says of them.

    Attributes:
        children: Children in the round.
        rare: Those who share tier, sibling school, group size and list with fewer than ten
            others.
        unique: Those who share them with nobody.
    """

    children: int
    rare: int
    unique: int


def rarity_of(the_round: Round, result: Result) -> Rarity:
    """Count the children whose combination is rare."""
    combinations = _combinations(the_round, result)
    shared = Counter(combinations)
    others = [shared[combination] - 1 for combination in combinations]
    return Rarity(len(others), sum(n < FEW for n in others), sum(n == 0 for n in others))


def _combinations(the_round: Round, result: Result) -> list[tuple[object, ...]]:
    tiers, siblings = _tiers(the_round), _siblings(the_round, result)
    sizes = _group_sizes(the_round)
    return [
        (tier, sibling, size, *schools)
        for tier, sibling, size, schools in zip(tiers, siblings, sizes, _lists(result), strict=True)
    ]


def build_pack(
    the_round: Round, result: Result, chance: Chance = _OPERATING_SYSTEM
) -> dict[str, bytes]:
    """Make the pack of a round that was run.

    Args:
        the_round: The round.
        result: What `run` made of it.
        chance: Gives numbers from 0 to 1 for the displacement; only tests replace the
            operating system's.

    Returns:
        The files of the pack by name: the public round, its result, and a README.

    Raises:
        AssertionError: If the public round does not repeat every seat given by list.
    """
    homes = _displaced_homes(the_round, result, chance)
    files = public_round(the_round, result, homes)
    inputs = read_inputs(files)
    public = check(inputs)
    again = run(public)
    _require_same_seats(result, again)
    readme = README.format(diversion=_says(the_round, public)).encode()
    return {**files, **write_outputs(public, again, inputs=inputs), "README.txt": readme}


def _says(the_round: Round, public: Round) -> str:
    """What the README says of the diversion."""
    if the_round.rules.mode is Mode.ZONE:
        return NO_DIVERSION if public.rules.mode is Mode.NONE else DIVERSION
    return LEFT_OUT.get(the_round.rules.mode, "")


def _require_same_seats(result: Result, again: Result) -> None:
    if result.tickets != again.tickets or not np.array_equal(result.by_list(), again.by_list()):
        raise AssertionError("the public round does not repeat the seats given by list")


# ------------------------------------------------------------------------------- displaced


def _displaced_homes(
    the_round: Round, result: Result, chance: Chance
) -> dict[int, tuple[float, float]] | None:
    """A displaced home of each child without a seat by list; None to leave the diversion out.

    It is left out if such a child has no home, and in modes that are not computed again.

    Children of one home move together: if each moved by itself, their mean would betray it.
    """
    if the_round.rules.mode is Mode.NONE:
        return {}
    if the_round.rules.mode is not Mode.ZONE:
        return None
    lon, lat = the_round.applicants.lon, the_round.applicants.lat
    waiting = np.flatnonzero(result.list_rank == 0)
    if np.isnan(lon[waiting]).any():
        return None
    moved: dict[tuple[float, float], tuple[float, float]] = {}
    homes = {}
    for child in waiting.tolist():
        home = (float(lon[child]), float(lat[child]))
        if home not in moved:
            moved[home] = displace(home, chance)
        homes[child] = moved[home]
    return homes


def displace(home: tuple[float, float], chance: Chance) -> tuple[float, float]:
    """Move a place by 0.5 to 2 km in any direction.

    Args:
        home: Longitude and latitude in degrees.
        chance: Gives numbers from 0 to 1.
    """
    bearing = 2 * math.pi * chance()
    metres = NEAREST_M + (FARTHEST_M - NEAREST_M) * chance()
    lon, lat = home
    north = metres * math.cos(bearing) / _METRES_A_DEGREE
    east = metres * math.sin(bearing) / (_METRES_A_DEGREE * math.cos(math.radians(lat)))
    return lon + east, lat + north


# --------------------------------------------------------------------------------- written


def public_round(
    the_round: Round, result: Result, homes: dict[int, tuple[float, float]] | None
) -> dict[str, bytes]:
    """The input files of the pack.

    Args:
        the_round: The round.
        result: What `run` made of it; only its lists are used.
        homes: Displaced home by child; None leaves the diversion out.
    """
    return {
        "round.toml": _toml(the_round, with_diversion=homes is not None),
        "schools.csv": _schools(the_round),
        "zones.csv": write_csv(tuple(ZONES.columns), ()),
        "applicants.csv": _applicants(the_round, result, homes or {}),
        "choices.csv": _choices(the_round, result),
    }


def _toml(the_round: Round, *, with_diversion: bool) -> bytes:
    """The rules; without a box, as a displaced home may lie outside; lists are whole choices."""
    tables = rules_as_tables(the_round.rules)
    tables["round"].pop("bbox", None)
    tables["round"]["choices_only"] = True
    tables["lottery"]["seed"] = the_round.rules.seed
    if not with_diversion:
        tables["diversion"] = {"mode": Mode.NONE.value}
    if not with_diversion and not the_round.rules.by_lottery:
        tables["round"].pop("version", None)
    lines = []
    for section, keys in tables.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {json.dumps(v, ensure_ascii=False)}" for key, v in keys.items()]
    return "\n".join([*lines, ""]).encode()


def _schools(the_round: Round) -> bytes:
    s = the_round.schools
    figures = (column.tolist() for column in (s.classes, s.class_size, s.continuing, s.reserved))
    blank = [""] * len(s.ids)
    places = (map(_degrees, s.lon.tolist()), map(_degrees, s.lat.tolist()))
    rows = zip(s.ids, blank, blank, *places, *figures, strict=True)
    return write_csv(tuple(SCHOOLS.columns), rows)


def _applicants(the_round: Round, result: Result, homes: dict[int, tuple[float, float]]) -> bytes:
    nowhere = (math.nan, math.nan)
    rows = (
        (code, "", *map(_degrees, homes.get(child, nowhere)), tier, sibling, group)
        for child, (code, tier, sibling, group) in enumerate(
            zip(
                the_round.applicants.ids,
                _tiers(the_round),
                _siblings(the_round, result),
                _group_names(the_round),
                strict=True,
            )
        )
    )
    return write_csv(tuple(APPLICANTS.columns), rows)


def _choices(the_round: Round, result: Result) -> bytes:
    ids = the_round.schools.ids
    rows = (
        (code, rank, ids[school])
        for code, schools in zip(the_round.applicants.ids, _lists(result), strict=True)
        for rank, school in enumerate(schools, start=1)
    )
    return write_csv(tuple(CHOICES.columns), rows)


def _degrees(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6f}"


# -------------------------------------------------------------------- what may be known


def _tiers(the_round: Round) -> list[int]:
    """Each child's tier; 1 for all where tiers do not count."""
    tiers: list[int] = the_round.applicants.tier.tolist()
    return tiers if Key.TIER in the_round.rules.priority else [1] * len(tiers)


def _siblings(the_round: Round, result: Result) -> list[str]:
    """Each child's sibling school, where siblings count there and it is on the child's list."""
    ids, siblings = the_round.schools.ids, the_round.applicants.sibling_school.tolist()
    if Key.SIBLING not in the_round.rules.priority:
        return [""] * len(siblings)
    pairs = zip(siblings, _lists(result), strict=True)
    named = [ids[school] if school in listed else "" for school, listed in pairs]
    return ["" if name in the_round.rules.by_lottery else name for name in named]


def _lists(result: Result) -> Iterable[list[int]]:
    school = result.lists.school.tolist()
    return (school[a:b] for a, b in pairwise(result.lists.start.tolist()))


def _group_sizes(the_round: Round) -> list[int]:
    group = the_round.applicants.group.tolist()
    size = Counter(group)
    return [1 if g == NONE else size[g] for g in group]


def _group_names(the_round: Round) -> list[str]:
    """New names: g1 is the group of the lowest `applicant_id`, and so on."""
    names: dict[int, str] = {}
    for group in the_round.applicants.group.tolist():
        if group != NONE:
            names.setdefault(group, f"g{len(names) + 1}")
    return [names.get(group, "") for group in the_round.applicants.group.tolist()]

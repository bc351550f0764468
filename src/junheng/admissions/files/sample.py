"""A made-up admission round of any size: nobody in it exists.

Areas with a few schools each, some far over plan and some half empty; zones that share an
area's schools; families that choose, siblings, twins, tiers. The same seed gives the same
files. The sizes are set so that about the wished share of children does not fit on the
lists while there are seats enough in all.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from junheng.admissions.engine.types import Floats, Ints, Mode
from junheng.admissions.files.canonical import write_csv
from junheng.admissions.files.layout import LAYOUTS
from junheng.admissions.files.sample_lotteries import with_lotteries

BBOX = (115.7, 36.3, 116.2, 36.7)
CLASS_CAP = 55
_USUAL_CLASS = 48
_PER_AREA = 4
_TIERS, _TIER_SHARES = (1, 2, 3), (0.7, 0.2, 0.1)
_CHOOSES, _SIBLING, _TWINS, _STAYS_TOGETHER = 0.6, 0.15, 0.011, 0.7
_CHOOSES_OUTSIDE = 0.05
_SPARE = 0.06
_MOST_SHORT = 0.7

TOML = """\
[round]
ref = "{ref}"
year = 2026
level = "primary"
class_cap = {cap}
priority = ["tier", "sibling", "ticket"]
choices_only = false
bbox = [{bbox}]
[lottery]
method = "hmac-sha256"
seed = "rehearsal:{seed}"
[diversion]
mode = "zone"
"""
_MORE: dict[str, str] = {
    Mode.NONE: 'mode = "none"\n',
    Mode.ZONE: 'mode = "zone"\n',
    Mode.OPEN: 'mode = "open"\nmax_distance_m = 15000\nsilence = "nearest"\nunranked = "decline"\n',
    Mode.GRADE: 'mode = "grade"\n',
}
"""What each mode asks of the rules."""
_HOSTS = 4


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for.

    Attributes:
        applicants: Children, at least 1.
        schools: Schools, at least 1.
        seed: Any text.
        unplaced: Share of children who shall not fit on their lists, 0 to 0.5.
        mode: What becomes of them; OPEN and GRADE make a round of version 2. For GRADE there is
            an empty building for every four schools, in which the largest of them fits.
        by_lottery: Schools open by lottery besides, in a round of version 3.
    """

    applicants: int
    schools: int
    seed: str
    unplaced: float = 0.0
    mode: str = Mode.ZONE
    by_lottery: int = 0


@dataclass(frozen=True, slots=True)
class _Land:
    """Where everything stands; `school_area`, `zone_area` are indexes of areas."""

    areas: int
    school_area: Ints
    school_at: Floats
    zone_area: Ints
    zone_at: Floats
    popularity: Floats


def sample_round(wish: Wish) -> dict[str, bytes]:
    """The files of a made-up round, by name."""
    digest = hashlib.sha256(f"{wish.seed}/{wish.applicants}/{wish.schools}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:16]))
    land = _land(rng, wish)
    zone, at, twin_of = _children(rng, wish, land)
    seats = _seats(rng, wish, land, np.bincount(land.zone_area[zone], minlength=land.areas))
    ranked = _zone_lists(land)
    own = [_choices(rng, land, ranked[z]) for z in zone.tolist()]
    files = {
        "round.toml": _toml(wish),
        "schools.csv": _schools_csv(rng, land, seats),
        "zones.csv": _zones_csv(land, ranked),
        **_people_csv(rng, land, (zone, at, twin_of), ranked, own),
    }
    files = _with_hosts(files, land, len(zone)) if wish.mode == Mode.GRADE else files
    return with_lotteries(files, wish.by_lottery, rng) if wish.by_lottery else files


def _toml(wish: Wish) -> bytes:
    toml = TOML.format(
        ref=f"sample-{wish.applicants}x{wish.schools}",
        cap=CLASS_CAP,
        bbox=", ".join(map(str, BBOX)),
        seed=hashlib.sha256(wish.seed.encode()).hexdigest()[:16],
    ).replace(_MORE[Mode.ZONE], _MORE[wish.mode])
    two = wish.mode in (Mode.OPEN, Mode.GRADE)
    return (toml.replace("[round]\n", "[round]\nversion = 2\n") if two else toml).encode()


def _with_hosts(files: dict[str, bytes], land: _Land, children: int) -> dict[str, bytes]:
    """Empty buildings in pairs; a school's grade may move to the nearest one and its partner.

    So only a few schools ask for the same hosts, and the best plan is soon found at any size.
    """
    schools = len(land.school_area)
    standing = np.arange(0, schools, _HOSTS)
    classes = -(-3 * children // (schools * CLASS_CAP))
    rows = [
        (f"H{n + 1:04d}", f"Empty building {n + 1}", "", f"{lon:.6f}", f"{lat:.6f}")
        for n, (lon, lat) in enumerate(land.school_at[standing].tolist())
    ]
    figures = (max(1, classes), CLASS_CAP, "0", "0")
    hosts = "".join(",".join(map(str, (*row, *figures))) + "\n" for row in rows)
    away = ((land.school_at[:, None] - land.school_at[standing]) ** 2).sum(axis=2)
    nearest = away.argmin(axis=1).tolist()
    pairs = [sorted({n, min(n ^ 1, len(rows) - 1)}) for n in nearest]
    moves = [(_school_id(s), rows[n][0]) for s, pair in enumerate(pairs) for n in pair]
    return {
        **files,
        "schools.csv": files["schools.csv"] + hosts.encode(),
        "grade_moves.csv": write_csv(tuple(LAYOUTS["grade_moves"].columns), moves),
    }


# -------------------------------------------------------------------------------- the land


def _land(rng: np.random.Generator, wish: Wish) -> _Land:
    areas = max(1, round(wish.schools / _PER_AREA))
    school_area = np.concatenate(
        [np.arange(areas), rng.integers(areas, size=wish.schools - areas)]
    ).astype(np.int64)
    zones = max(areas, min(wish.schools * 4, wish.applicants // 10))
    zone_area = np.concatenate([np.arange(areas), rng.integers(areas, size=zones - areas)])
    centre = np.column_stack(
        [rng.uniform(BBOX[0], BBOX[2], areas), rng.uniform(BBOX[1], BBOX[3], areas)]
    )
    return _Land(
        areas,
        school_area,
        _scattered(rng, centre[school_area], 0.012),
        zone_area.astype(np.int64),
        _scattered(rng, centre[zone_area], 0.015),
        rng.lognormal(0.0, 0.8, wish.schools),
    )


def _scattered(rng: np.random.Generator, around: Floats, degrees: float) -> Floats:
    west, south, east, north = BBOX
    moved = around + rng.normal(0.0, degrees, around.shape)
    return np.clip(moved, (west, south), (east, north)).round(6)


def _zone_lists(land: _Land) -> list[Ints]:
    """Each zone's schools, nearest first: all of its area."""
    by_area = [np.flatnonzero(land.school_area == area) for area in range(land.areas)]
    ranked = []
    for area, home in zip(land.zone_area.tolist(), land.zone_at, strict=True):
        away = ((land.school_at[by_area[area]] - home) ** 2).sum(axis=1)
        ranked.append(by_area[area][np.argsort(away, kind="stable")])
    return ranked


# ---------------------------------------------------------------------------- the children


def _children(rng: np.random.Generator, wish: Wish, land: _Land) -> tuple[Ints, Floats, Ints]:
    """Zone and home of each child, and the child it is a twin of (or itself)."""
    area_weight = np.bincount(land.school_area, minlength=land.areas) * rng.lognormal(
        0.0, 0.4, land.areas
    )
    weight = area_weight[land.zone_area] / np.bincount(land.zone_area)[land.zone_area]
    zone = rng.choice(len(land.zone_area), size=wish.applicants, p=weight / weight.sum())
    at = _scattered(rng, land.zone_at[zone], 0.003)
    twin_of = np.arange(wish.applicants)
    second = np.flatnonzero(rng.random(wish.applicants) < _TWINS)
    second = second[second % 2 == 1]
    twin_of[second] = second - 1
    zone[second], at[second] = zone[second - 1], at[second - 1]
    return zone.astype(np.int64), at, twin_of.astype(np.int64)


def _choices(rng: np.random.Generator, land: _Land, zone_list: Ints) -> Ints:
    """Own choices: some of the area's schools by popularity, seldom one from elsewhere."""
    if len(zone_list) < 2 or rng.random() >= _CHOOSES:
        return zone_list[:0]
    appeal = land.popularity[zone_list] * rng.lognormal(0.0, 0.6, len(zone_list))
    chosen = zone_list[np.argsort(-appeal)][: rng.integers(1, len(zone_list) + 1)]
    if rng.random() >= _CHOOSES_OUTSIDE:
        return chosen
    elsewhere = rng.integers(len(land.school_area))
    return chosen if elsewhere in chosen else np.concatenate([[elsewhere], chosen])


# ------------------------------------------------------------------------------- the seats


def _seats(rng: np.random.Generator, wish: Wish, land: _Land, children: Ints) -> Ints:
    """Seats per school: the wished share too few in some areas, spare ones in the others."""
    order = rng.permutation(land.areas)
    crowded = max(1, min(land.areas - 1, round(land.areas * max(1 / 3, 1.6 * wish.unplaced))))
    short, spare = np.zeros_like(children), np.zeros_like(children)
    room = (children[order[:crowded]] * _MOST_SHORT).astype(np.int64)
    missing = min(round(wish.unplaced * wish.applicants), int(room.sum()))
    short[order[:crowded]] = _portions(missing, room)
    roomy = order[crowded:] if land.areas > 1 else order
    extra = missing + round(_SPARE * wish.applicants) + len(roomy)
    spare[roomy] = _portions(extra, children[roomy] + 1)
    return _shared_out(land, children - short + spare)


def _portions(whole: int, weight: Ints) -> Ints:
    """A whole number in whole parts by weight."""
    total = max(1, int(weight.sum()))
    return np.diff(whole * np.cumsum(weight) // total, prepend=0)


def _shared_out(land: _Land, per_area: Ints) -> Ints:
    """An area's seats over its schools, popular ones being somewhat larger."""
    weight = np.sqrt(land.popularity)
    total = np.bincount(land.school_area, weights=weight, minlength=land.areas)
    upto = np.zeros(land.areas)
    seats = np.zeros(len(land.school_area), dtype=np.int64)
    for school, area in enumerate(land.school_area.tolist()):
        before = round(per_area[area] * upto[area] / total[area])
        upto[area] += weight[school]
        seats[school] = round(per_area[area] * upto[area] / total[area]) - before
    return seats


# ------------------------------------------------------------------------------- the files


def _schools_csv(rng: np.random.Generator, land: _Land, seats: Ints) -> bytes:
    rows = []
    for school, (count, at) in enumerate(zip(seats.tolist(), land.school_at.tolist(), strict=True)):
        classes = max(1, -(-count // _USUAL_CLASS))
        size = min(CLASS_CAP, -(-count // classes))
        area = int(land.school_area[school])
        name = f"School {school + 1}"
        place = (f"{at[0]:.6f}", f"{at[1]:.6f}")
        held = classes * size - count
        rows.append(
            (_school_id(school), name, f"Township {area + 1}", *place, classes, size, "", held)
        )
    return write_csv(tuple(LAYOUTS["schools"].columns), rows)


def _zones_csv(land: _Land, ranked: list[Ints]) -> bytes:
    rows = [
        (_zone_id(zone), rank, _school_id(int(school)), f"Block {zone + 1}" if rank == 1 else "")
        for zone, schools in enumerate(ranked)
        for rank, school in enumerate(schools, start=1)
    ]
    return write_csv(tuple(LAYOUTS["zones"].columns), rows)


def _people_csv(
    rng: np.random.Generator,
    land: _Land,
    people: tuple[Ints, Floats, Ints],
    ranked: list[Ints],
    own: list[Ints],
) -> dict[str, bytes]:
    zone, at, twin_of = people
    count = len(zone)
    codes = _codes(rng, count)
    tier = rng.choice(_TIERS, size=count, p=_TIER_SHARES)
    older, together = rng.random(count) < _SIBLING, rng.random(count) < _STAYS_TOGETHER
    applicants, choices = [], []
    for child, model in enumerate(twin_of.tolist()):
        listed = ranked[zone[child]]
        sibling = _school_id(int(listed[0])) if older[model] else ""
        twins = child != model or (child + 1 < count and twin_of[child + 1] == child)
        group = f"twins-{codes[model][:8]}" if twins and together[model] else ""
        place = (f"{at[child, 0]:.6f}", f"{at[child, 1]:.6f}")
        applicants.append(
            (codes[child], _zone_id(zone[child]), *place, tier[model], sibling, group)
        )
        for rank, school in enumerate(own[model].tolist(), start=1):
            choices.append((codes[child], rank, _school_id(school)))
    return {
        "applicants.csv": write_csv(tuple(LAYOUTS["applicants"].columns), sorted(applicants)),
        "choices.csv": write_csv(tuple(LAYOUTS["choices"].columns), sorted(choices)),
    }


def _codes(rng: np.random.Generator, count: int) -> list[str]:
    """Distinct codes of 64 bits."""
    codes: dict[str, None] = {}
    while len(codes) < count:
        codes.update(dict.fromkeys(rng.bytes(8).hex() for _ in range(count - len(codes))))
    return list(codes)


def _school_id(school: int) -> str:
    return f"S{school + 1:04d}"


def _zone_id(zone: int) -> str:
    return f"Z{zone + 1:05d}"

"""Small random rounds in which everything that can go together does."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from junheng.admissions.engine.types import Key, Method, Mode, Round
from junheng.admissions.tests.engine.builders import KM, Child, a_round

SCHOOLS = "ABCDE"
PRIORITIES = [
    (Key.TICKET,),
    (Key.TIER, Key.TICKET),
    (Key.SIBLING, Key.TICKET),
    (Key.TIER, Key.SIBLING, Key.TICKET),
    (Key.SIBLING, Key.TIER, Key.TICKET),
    (Key.TIER,),
    (),
]


@st.composite
def points(draw: st.DrawFn) -> tuple[float, float]:
    """Somewhere within ten kilometres, to 6 places, often in the same spot as others."""
    east, north = draw(st.integers(0, 5)), draw(st.integers(0, 5))
    return round(116 + 2 * east * KM, 6), round(36 + 2 * north * KM, 6)


@st.composite
def families(draw: st.DrawFn, number: int, zones: list[str], largest: int) -> list[Child]:
    """A single child, or a group that is alike in everything but the home."""
    size = draw(st.integers(1, largest))
    choices = "".join(draw(st.lists(st.sampled_from(SCHOOLS), unique=True, max_size=4)))
    zone = draw(st.sampled_from(["", *zones]))
    tier = draw(st.integers(1, 3))
    sibling = draw(st.sampled_from(["", *SCHOOLS]))
    group = f"g{number}" if size > 1 or (largest > 1 and draw(st.booleans())) else ""
    names = draw(st.lists(st.integers(0, 99), unique=True, min_size=size, max_size=size))
    return [
        Child(f"{n:02}-{number}", choices, zone, tier, sibling, group, draw(points()))
        for n in names
    ]


@st.composite
def children(draw: st.DrawFn, zones: list[str], largest_group: int) -> list[Child]:
    count = draw(st.integers(0, 12))
    return [one for number in range(count) for one in draw(families(number, zones, largest_group))]


@st.composite
def rounds(
    draw: st.DrawFn, *, largest_group: int = 3, mode: Mode | None = None, **rules: Any
) -> Round:
    zones = {
        f"z{n}": "".join(schools)
        for n, schools in enumerate(
            draw(st.lists(st.lists(st.sampled_from(SCHOOLS), unique=True, min_size=1), max_size=3))
        )
    }
    everybody = draw(children(sorted(zones), largest_group))
    ring = draw(st.booleans())
    seed = f"1:{draw(st.integers(1, 30))}" if ring else draw(st.sampled_from(["s", "t", "云"]))
    return a_round(
        {school: draw(st.integers(0, 4)) for school in SCHOOLS},
        *draw(st.permutations(everybody)),
        zones=zones,
        sites={school: draw(points()) for school in SCHOOLS},
        **{
            "priority": draw(st.sampled_from(PRIORITIES)),
            "choices_only": draw(st.booleans()),
            "method": Method.RING if ring else Method.HMAC,
            "seed": seed,
            "mode": mode or draw(st.sampled_from(Mode)),
            "max_distance_m": draw(st.sampled_from([None, 3_000, 8_000])),
            **rules,
        },
    )

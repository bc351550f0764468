"""Small random rounds in which everything that can go together does.

Hypothesis draws the sizes and what rules there are, so that a failure shrinks to few families;
the details follow from a drawn seed, because drawing each by itself takes ten times as long.
"""

from __future__ import annotations

from random import Random
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


def _place(chance: Random) -> tuple[float, float]:
    """Somewhere within ten kilometres, to 6 places, often in the same spot as others."""
    east, north = chance.randint(0, 5), chance.randint(0, 5)
    return round(116 + 2 * east * KM, 6), round(36 + 2 * north * KM, 6)


def _some_schools(chance: Random, least: int, schools: str = SCHOOLS) -> str:
    return "".join(chance.sample(schools, chance.randint(least, len(schools))))


def _family(chance: Random, number: int, zones: list[str], largest: int) -> list[Child]:
    """A single child, or a group that is alike in everything but the home."""
    size = chance.randint(1, largest)
    choices = _some_schools(chance, 0) if chance.random() < 0.7 else ""
    zone = chance.choice(["", *zones])
    tier, sibling = chance.randint(1, 3), chance.choice(["", "", *SCHOOLS])
    group = f"g{number}" if size > 1 or (largest > 1 and chance.random() < 0.1) else ""
    names = chance.sample(range(100), size)
    return [
        Child(f"{n:02}-{number}", choices, zone, tier, sibling, group, _place(chance))
        for n in names
    ]


@st.composite
def rounds(
    draw: st.DrawFn,
    /,
    *,
    largest_group: int = 3,
    mode: Mode | None = None,
    most_lotteries: int = 2,
    **rules: Any,
) -> Round:
    families, most_seats = draw(st.integers(0, 14)), draw(st.integers(0, 5))
    ring, chance = draw(st.booleans()), Random(draw(st.integers(0, 10**9)))
    by_lottery = sorted(chance.sample(SCHOOLS, draw(st.integers(0, most_lotteries))))
    zoned = "".join(school for school in SCHOOLS if school not in by_lottery)
    number = chance.randint(0, 3) if zoned else 0
    zones = {f"z{n}": _some_schools(chance, 1, zoned) for n in range(number)}
    children = [
        one
        for number in range(families)
        for one in _family(chance, number, sorted(zones), largest_group)
    ]
    chance.shuffle(children)
    return a_round(
        {school: chance.randint(0, most_seats) for school in SCHOOLS},
        *children,
        zones=zones,
        sites={school: _place(chance) for school in SCHOOLS},
        **{
            "priority": draw(st.sampled_from(PRIORITIES)),
            "choices_only": draw(st.booleans()),
            "method": Method.RING if ring else Method.HMAC,
            "seed": f"1:{chance.randint(1, 30)}" if ring else chance.choice(["s", "t", "云"]),
            "mode": mode or draw(st.sampled_from([Mode.NONE, Mode.ZONE])),
            "max_distance_m": draw(st.sampled_from([None, 3_000, 8_000])),
            "by_lottery": tuple(by_lottery),
            "version": 3 if by_lottery else 1,
            **rules,
        },
    )

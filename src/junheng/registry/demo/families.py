"""Invented names, birthdays and telephones for the children of the demo county."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from junheng.registry.demo.chance import stream

FIRST_BIRTHDAY, LAST_BIRTHDAY = date(2019, 9, 1), date(2020, 8, 31)
"""Those who are due in the year of the demo's round, 2026."""
PHONES = 13800000000
"""Numbers from here on belong to nobody: tests and demos use them."""


def families(codes: Iterable[str] | Mapping[str, str], seed: str) -> list[dict[str, Any]]:
    """A family for every code, the same for the same seed and code in whatever order.

    Args:
        codes: The children's codes; as a mapping, with the group of each: children of a group
            are twins, with one guardian, surname and birthday. "" is no group.
        seed: The county's seed.

    Returns:
        Rows as the roster of a round wants them.
    """
    surnames, given = characters()
    groups = codes if isinstance(codes, Mapping) else {}
    first: dict[str, int] = {}
    rows = []
    for place, code in enumerate(sorted(codes)):
        group = groups.get(code, "")
        phone = first.setdefault(group, place) if group else place
        chance = stream(seed, f"family {group or code}")
        surname = chance.choice(surnames)
        own = stream(seed, f"given {code}") if group else chance
        name = surname + "".join(own.sample(given, 1 + (own.random() < 0.8)))
        days = (LAST_BIRTHDAY - FIRST_BIRTHDAY).days
        parent = surname if chance.random() < 0.6 else chance.choice(surnames)
        rows.append(
            {
                "applicant_id": code,
                "child_name": name,
                "born_on": FIRST_BIRTHDAY + timedelta(days=chance.randint(0, days)),
                "guardian_name": parent + chance.choice(given),
                "phone": str(PHONES + phone),
                "deferral_paper": "",
                "number": None,
            }
        )
    return rows


@cache
def characters() -> tuple[str, str]:
    """Surnames, the most frequent first, and characters of given names."""
    people = tomllib.loads(files(__package__).joinpath("names.toml").read_text("utf-8"))["families"]
    return people["surnames"], people["given"]

"""The names of the demo county, read from the list beside this file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Names:
    """Names in Chinese: data, like everything a bureau would type in."""

    province: str
    prefecture: str
    county: str
    bureau: str
    streets: tuple[str, ...]
    towns: tuple[str, ...]
    country: tuple[str, ...]
    forms: dict[str, str]
    town_schools: tuple[str, ...]
    private_school: str
    lower_secondary: tuple[str, ...]
    roots: tuple[str, ...]
    roads: tuple[str, ...]
    estates: tuple[str, ...]
    township_office: str
    village_committee: str
    people: dict[str, tuple[str, str]]
    register: dict[str, str]
    delivered: dict[str, str]
    moving: dict[str, str]

    def formed(self, form: str, **parts: object) -> str:
        """A name made from its parts: `village` with root X, `central_school` of township Y."""
        return self.forms[form].format(**parts)


@cache
def all_names() -> Names:
    """The list, read once."""
    table = tomllib.loads(files(__package__).joinpath("names.toml").read_text("utf-8"))
    townships, schools = table["townships"], table["schools"]
    return Names(
        **table["county"],
        streets=tuple(townships["streets"]),
        towns=tuple(townships["towns"]),
        country=tuple(townships["country"]),
        forms=table["forms"],
        town_schools=(*schools["sought"], *schools["town"]),
        private_school=schools["private"],
        lower_secondary=tuple(schools["lower_secondary"]),
        roots=tuple(table["villages"]["roots"].split()),
        roads=tuple(table["streets"]["roads"].split()),
        estates=tuple(table["streets"]["estates"].split()),
        township_office=table["offices"]["township"],
        village_committee=table["offices"]["village"],
        register=table["register"],
        delivered=table["delivered"],
        moving=table["moving"],
        people={role: (name, title) for role, (name, title) in table["people"].items()},
    )

"""Words for the homes of the demo county: addresses, certificates, employers, slips of the pen."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class HomeWords:
    """The list, as it stands in `names.toml`."""

    county: str
    block: str
    village: str
    certificate: str
    house_use: str
    share: str
    head: str
    spouse: str
    child: str
    standing: str
    employers: list[str]
    businesses: list[str]
    mistaken: dict[str, str]

    def misspelt(self, name: str) -> str:
        """The name as it sounds, written with another character; the same if none is known."""
        wrong = next((place for place, char in enumerate(name) if char in self.mistaken), None)
        if wrong is None:
            return name
        return name[:wrong] + self.mistaken[name[wrong]] + name[wrong + 1 :]


@cache
def home_words() -> HomeWords:
    """The list, read once."""
    table = tomllib.loads(files(__package__).joinpath("names.toml").read_text("utf-8"))
    return HomeWords(**table["homes"])

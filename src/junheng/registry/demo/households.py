"""The invented families once more: what each would type into a form, and what registers say.

A family's home, numbers and certificate follow from the county's seed and the child's code. For
nine of ten all of it agrees with the registers; for the others a register says something else,
spells a name otherwise, or knows nothing, and `Told.expected` says which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from stdnum.cn import ric

from junheng.registry.demo.chance import stream
from junheng.registry.demo.county import build
from junheng.registry.demo.families import families
from junheng.registry.demo.homes import home_words
from junheng.registry.demo.values import COUNTY, County, Entrant, Township, Village

SHARES = (
    ("house_missing", 0.03),
    ("house_other", 0.015),
    ("household_missing", 0.015),
    ("household_elsewhere", 0.015),
    ("name_misspelt", 0.015),
    ("number_shared", 0.005),
)
"""What is amiss with a family, and how often; the rest agree."""
ELSEWHERE = "990200"
"""The county that migrant workers' numbers come from."""
PARENTS_FROM, PARENTS_DAYS = date(1985, 1, 1), 4_000


@dataclass(frozen=True, slots=True)
class Told:
    """What a family would type about a child; "" where there is nothing to type.

    Attributes:
        code: The child's code in the county's round.
        sex: Code of GB/T 2261.1.
        relation: `mother` or `father`.
        village: Code of the village or block.
        claims: What the family says it can show: `household`, `house`, `residence`, `work`.
        group: Twins share it.
        expected: `agrees`, or what the registers have against it; see `SHARES`.
    """

    code: str
    child_name: str
    child_number: str
    born_on: date
    sex: str
    guardian_name: str
    guardian_number: str
    relation: str
    phone: str
    village: str
    village_name: str
    address: str
    claims: tuple[str, ...]
    certificate: str
    permit: str
    household: str
    sibling_school: str
    group: str
    choices: tuple[str, ...]
    expected: str


@lru_cache(maxsize=2)
def all_told(seed: str) -> Mapping[str, Told]:
    """Every family of the county, by the child's code, always the same for a seed."""
    county = build(seed)
    return told_by(county)


def told_by(county: County) -> Mapping[str, Told]:
    """The same, for a county that is there already."""
    people = {row["applicant_id"]: row for row in families(_groups(county), county.seed)}
    villages = {village.code: village for village in county.villages}
    townships = {township.code: township for township in county.townships}
    numbers = _Numbers()
    homes = _Homes()
    told = {}
    for entrant in county.entrants:
        village = villages[entrant.village]
        home = homes.of(entrant, village, townships[village.township])
        person = people[entrant.code]
        told[entrant.code] = _family(county.seed, entrant, person, village, home, numbers)
    return told


def _groups(county: County) -> dict[str, str]:
    return {entrant.code: entrant.group for entrant in county.entrants}


class _Numbers:
    """Identity numbers that nobody else has; the last digit before the check tells the sex."""

    def __init__(self) -> None:
        self.used: Counter[tuple[str, date]] = Counter()
        self.guardians: dict[str, str] = {}

    def next(self, area: str, born: date, *, female: bool) -> str:
        turn = self.used[area, born]
        self.used[area, born] += 1
        digits = f"{area}{born:%Y%m%d}{2 * turn + 10 + (not female):03}"
        return digits + str(ric.calc_check_digit(digits + "0"))

    def of_guardian(self, group: str, area: str, born: date, relation: str) -> str:
        """Twins have one guardian."""
        if group in self.guardians:
            return self.guardians[group]
        number = self.next(area, born, female=relation == "mother")
        if group:
            self.guardians[group] = number
        return number


@dataclass(frozen=True, slots=True)
class _Home:
    address: str
    certificate: str
    household: str


class _Homes:
    """One home per family: twins live in the same."""

    def __init__(self) -> None:
        self.turns: Counter[str] = Counter()
        self.of_group: dict[str, _Home] = {}
        self.count = 0

    def of(self, entrant: Entrant, village: Village, township: Township) -> _Home:
        if entrant.group in self.of_group:
            return self.of_group[entrant.group]
        words = home_words()
        turn = self.turns[village.code]
        self.turns[village.code] += 1
        self.count += 1
        form = words.block if village.urban else words.village
        address = words.county + form.format(
            township=township.name,
            village=village.name,
            a=turn // 12 + 1 if village.urban else 2 * turn + 1,
            b=turn % 12 // 6 + 1,
            c=(turn % 6 // 2 + 1) * 100 + turn % 2 + 1,
        )
        year = 2008 + self.count % 17
        home = _Home(
            address, words.certificate.format(year=year, number=self.count), f"H{self.count:08}"
        )
        if entrant.group:
            self.of_group[entrant.group] = home
        return home


def _family(
    seed: str,
    entrant: Entrant,
    person: Mapping[str, Any],
    village: Village,
    home: _Home,
    numbers: _Numbers,
) -> Told:
    chance = stream(seed, f"home {entrant.group or entrant.code}")
    area = COUNTY if entrant.tier < 3 else ELSEWHERE
    relation = "mother" if chance.random() < 0.55 else "father"
    claims = _claims(chance, entrant.tier)
    female = stream(seed, f"sex {entrant.code}").random() < 0.48
    parent_born = PARENTS_FROM + timedelta(days=chance.randrange(PARENTS_DAYS))
    expected = _expected(chance, claims)
    return Told(
        code=entrant.code,
        child_name=person["child_name"],
        child_number=numbers.next(area, person["born_on"], female=female),
        born_on=person["born_on"],
        sex="2" if female else "1",
        guardian_name=person["guardian_name"],
        guardian_number=numbers.of_guardian(entrant.group, area, parent_born, relation),
        relation=relation,
        phone=person["phone"],
        village=village.code,
        village_name=village.name,
        address=home.address,
        claims=claims,
        certificate=home.certificate if "house" in claims else "",
        permit=f"J{home.household[1:]}" if "residence" in claims else "",
        household=home.household,
        sibling_school=entrant.sibling_school,
        group=entrant.group,
        choices=entrant.choices,
        expected=expected,
    )


def _claims(chance: Random, tier: int) -> tuple[str, ...]:
    if tier == 1:
        return "household", "house"
    if tier == 2:
        return ("household",) if chance.random() < 0.5 else ("house",)
    return "residence", "work"


def _expected(chance: Random, claims: tuple[str, ...]) -> str:
    drawn = chance.random()
    for what, share in SHARES:
        drawn -= share
        if drawn < 0:
            concerned = "house" if what.startswith("house_") else "household"
            return what if concerned in claims else "agrees"
    return "agrees"

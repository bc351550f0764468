"""Invented people outside grades 1 to 9 of the demo county, some of them of poor households."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

from django.db import transaction
from stdnum.cn import ric

from junheng.accounts.facade import User
from junheng.aid.models import (
    Beneficiary,
    BeneficiaryStage,
    Degree,
    Household,
    HouseholdMember,
)
from junheng.evidence.facade import number_index
from junheng.places.facade import Level, Place
from junheng.registry.demo.chance import stream

INSTITUTIONS = {
    BeneficiaryStage.KINDERGARTEN: ("云槐县第一幼儿园", "云槐县向阳幼儿园", "云槐县小禾幼儿园"),
    BeneficiaryStage.UPPER_SECONDARY: ("云槐县第一中学", "云槐县第二中学"),
    BeneficiaryStage.VOCATIONAL: ("云槐县职业技术学校",),
    BeneficiaryStage.HIGHER: ("云槐师范学院", "云槐工业大学", "云槐职业技术学院"),
}
AGES = {
    BeneficiaryStage.KINDERGARTEN: 4,
    BeneficiaryStage.UPPER_SECONDARY: 16,
    BeneficiaryStage.VOCATIONAL: 16,
    BeneficiaryStage.HIGHER: 18,
}
FAMILIES, GIVEN = (
    "田王李赵陈林苏何",
    ("小禾", "明远", "思雨", "子涵", "晓东", "文静", "嘉宁", "海波"),
)
FEES: dict[bool | None, int] = {True: 180_000, False: 90_000}
"""What a private and a public kindergarten ask for a term, in fen."""
HEADS = 360
POOR = 0.35
SINCE = date(2026, 9, 1)


def load_beneficiaries(place: Place, *, officer: User, seed: str) -> int:
    """A few hundred of them; once.

    Args:
        place: The invented county, with its households.
        officer: Who enters them.
        seed: The same gives the same people.

    Returns:
        How many there are.
    """
    there = Beneficiary.objects.filter(path__startswith=place.path)
    if not there.exists():
        with transaction.atomic():
            _load(place, officer, stream(seed, "beneficiaries"))
    return int(there.count())


def _load(place: Place, officer: User, chance: Random) -> None:
    townships = Place.objects.filter(level=Level.TOWNSHIP, path__startswith=place.path)
    homes = list(townships.defer("outline").order_by("code")) or [place]
    stages = list(BeneficiaryStage)
    made = [
        _somebody(number, stages[number % len(stages)], chance.choice(homes), officer, chance)
        for number in range(HEADS)
    ]
    Beneficiary.objects.bulk_create(made, batch_size=1_000)
    _into_households(place, made, chance)


def _somebody(
    number: int, stage: BeneficiaryStage, home: Place, officer: User, chance: Random
) -> Beneficiary:
    higher, vocational = stage == BeneficiaryStage.HIGHER, stage == BeneficiaryStage.VOCATIONAL
    sex, year = chance.choice("12"), SINCE.year - AGES[stage] - number % 2
    born = date(year, 1 + number % 8, 1 + number % 28)
    resident_id = _number(number, born, sex)
    name = chance.choice(FAMILIES) + chance.choice(GIVEN)
    private = None if chance.random() < 0.05 else chance.random() < 0.2
    return Beneficiary(
        name=name,
        resident_id=resident_id,
        resident_id_key=number_index(resident_id),
        sex=sex,
        born_on=born,
        stage=stage,
        institution=chance.choice(INSTITUTIONS[stage]),
        place=home,
        path=home.path,
        private=private,
        degree=chance.choice(Degree.values) if higher else "",
        boarder=stage != BeneficiaryStage.KINDERGARTEN,
        disabled=chance.random() < 0.03,
        orphan=chance.random() < 0.02,
        striving_class=number % 3 == 0 if stage == BeneficiaryStage.UPPER_SECONDARY else None,
        skills_certificate=chance.random() < 0.4 if vocational else None,
        fee_fen=_fee(number, stage, private=private),
        valid_from=SINCE,
        entered_by=officer,
    )


def _fee(number: int, stage: BeneficiaryStage, *, private: bool | None) -> int | None:
    """Of every tenth child, and where nobody knows whose the kindergarten is, nobody told it."""
    told = stage == BeneficiaryStage.KINDERGARTEN and number % 40
    return FEES.get(private) if told else None


def _number(turn: int, born: date, sex: str) -> str:
    """A resident ID number of the invented county that no pupil of the demo has."""
    digits = f"990100{born:%Y%m%d}{200 + 2 * turn + (sex == '1'):03}"
    return digits + str(ric.calc_check_digit(digits + "0"))


def _into_households(place: Place, people: Sequence[Beneficiary], chance: Random) -> None:
    """Some are children of households that are looked after."""
    homes = list(Household.objects.below(place.path).order_by("number")[:HEADS])
    poor = [person for person in people if chance.random() < POOR]
    HouseholdMember.objects.bulk_create(
        HouseholdMember(
            household=home,
            relation="30" if person.sex == "2" else "20",
            name=str(person.name),
            resident_id=str(person.resident_id),
            resident_id_key=person.resident_id_key,
            sex=person.sex,
            born_on=person.born_on,
        )
        for home, person in zip(chance.sample(homes, len(homes)), poor, strict=False)
    )

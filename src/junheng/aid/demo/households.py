"""Invented households of the demo county: families of pupils known as registered poor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import transaction

from junheng.accounts.facade import User
from junheng.aid.demo.household_reviews import reviews_in
from junheng.aid.models import (
    HEAD,
    HelpKind,
    HelpState,
    Household,
    HouseholdHelp,
    HouseholdMember,
    HouseholdStatus,
    MeasureSet,
    OpeningRegister,
    VillageTarget,
)
from junheng.places.facade import Level, Place
from junheng.registry.demo.chance import stream
from junheng.registry.models import Guardian, Pupil, PupilTag
from junheng.registry.models.families import Tag

DOCUMENT = "云槐县建档立卡登记册 2014-2020"
RESPONSIBLE = "驻村工作队"
CAUSES = ("illness", "schooling", "disability", "no_skill", "no_labour", "no_capital")
WEIGHTS = (40, 18, 15, 12, 9, 6)
MEASURES = ("industry", "work", "schooling", "health", "ecology", "safety_net")
DEPARTMENTS = {
    HelpKind.CHRONIC: "云槐县卫生健康局",
    HelpKind.HOSPITAL: "云槐县医疗保障局",
    HelpKind.POST: "云槐县人力资源和社会保障局",
    HelpKind.REPAIR: "云槐县住房和城乡建设局",
}
REFUSED = ("病种不在慢性病目录内", "慢病告知 2026-")
OTHERS = (("subsistence", 0.25, 2020), ("monitored", 0.06, 2021), ("destitute", 0.01, 2019))
REMOVED, HERE = 0.45, 0.9
"""So many households have left poverty; so many of a street live where the demo's officer is."""
YEAR = 2026


@dataclass(frozen=True, slots=True)
class Crew:
    """Who did it: the aid officer, the leader, and who speaks for village and township."""

    officer: User
    leader: User
    village: User
    township: User


def load_households(place: Place, *, crew: Crew, seed: str) -> int:
    """The households of a county whose register of pupils is there; once.

    Args:
        place: The invented county.
        crew: The demonstration's people.
        seed: The same gives the same households.

    Returns:
        How many households there are.
    """
    if not Household.objects.below(place.path).exists():
        with transaction.atomic():
            _load(place, crew, stream(seed, "households"))
    return int(Household.objects.below(place.path).count())


def _load(place: Place, crew: Crew, chance: Random) -> None:
    families = _families(place)
    guardians = _guardians(families)
    homes = _homes(families, place, crew, chance)
    members = [row for home, pupils in homes for row in _members(home, pupils, guardians, chance)]
    register = OpeningRegister.objects.create(
        place=place, document=DOCUMENT, loaded_by=crew.officer
    )
    statuses = [row for home, _pupils in homes for row in _statuses(home, register, chance)]
    statuses += _one_returned(statuses, register)
    HouseholdMember.objects.bulk_create(members, batch_size=2_000)
    HouseholdStatus.objects.bulk_create(statuses, batch_size=2_000)
    register.approved_by, register.approved_at = crew.leader, register.loaded_at
    register.save()
    _around([home for home, _pupils in homes], crew, chance)
    reviews_in(crew)


def _families(place: Place) -> list[list[Pupil]]:
    """Pupils known as registered poor, those of one household together, in a lasting order."""
    tags = PupilTag.objects.filter(tag=Tag.REGISTERED_POOR, valid_to=None)
    rows = Pupil.objects.filter(
        pk__in=tags.values("pupil"), organisation__path__startswith=place.path, left_on=None
    )
    rows = rows.select_related("organisation__place").defer("organisation__place__outline")
    found: dict[str, list[Pupil]] = {}
    for pupil in rows.order_by("number"):
        found.setdefault(pupil.household_key or pupil.number, []).append(pupil)
    return list(found.values())


def _guardians(families: Sequence[Sequence[Pupil]]) -> dict[Any, Guardian]:
    """Somebody who answers for each family's first pupil."""
    first = [pupils[0].pk for pupils in families]
    rows = Guardian.objects.filter(pupil__in=first, valid_to=None).order_by("-relation")
    return {row.pupil_id: row for row in rows}


def _homes(
    families: Sequence[list[Pupil]], place: Place, crew: Crew, chance: Random
) -> list[tuple[Household, list[Pupil]]]:
    villages: dict[int | None, list[Place]] = {}
    inside = Place.objects.filter(level=Level.VILLAGE, path__startswith=place.path)
    for village in inside.defer("outline").order_by("code"):
        villages.setdefault(village.parent_id, []).append(village)
    everywhere = [village for several in villages.values() for village in several]
    turns: dict[str, int] = {}
    made = []
    for pupils in families:
        near = villages.get(pupils[0].organisation.place.parent_id) or everywhere
        village = _village(near, crew, chance)
        turns[village.code] = turns.get(village.code, 0) + 1
        home = Household(
            number=f"{village.code}-{turns[village.code]:04}",
            village=village,
            entered_on=date(2014, 6, 1),
            entered_by=crew.officer,
        )
        made.append((home, pupils))
    Household.objects.bulk_create([home for home, _pupils in made], batch_size=2_000)
    return made


def _village(near: Sequence[Place], crew: Crew, chance: Random) -> Place:
    """A village of the school's township, often the one of the demonstration's officer."""
    own = crew.village.home.place_id if crew.village.home else None
    here = [village for village in near if village.pk == own]
    return here[0] if here and chance.random() < HERE else chance.choice(near)


def _members(
    home: Household, pupils: Sequence[Pupil], guardians: Mapping[Any, Guardian], chance: Random
) -> list[HouseholdMember]:
    guardian = guardians.get(pupils[0].pk)
    head = HouseholdMember(
        household=home,
        relation=HEAD,
        name=str(guardian.name or "") if guardian else str(pupils[0].name)[0] + "某",
        able_to_work=chance.random() < 0.8,
    )
    return [head, *(_child(home, pupil) for pupil in pupils)]


def _child(home: Household, pupil: Pupil) -> HouseholdMember:
    return HouseholdMember(
        household=home,
        relation="30" if pupil.sex == "2" else "20",
        name=str(pupil.name),
        resident_id=str(pupil.resident_id) if pupil.resident_id else None,
        resident_id_key=pupil.resident_id_key,
        sex=pupil.sex,
        born_on=pupil.born_on,
        valid_from=pupil.born_on,
        able_to_work=False,
        pupil=pupil,
    )


def _statuses(home: Household, register: OpeningRegister, chance: Random) -> list[HouseholdStatus]:
    begun = date(2014, 6, 1) + timedelta(days=chance.randrange(1_000))
    left = date(2017, 11, 1) + timedelta(days=chance.randrange(1_100))
    able = chance.random() < 0.78
    poor = HouseholdStatus(
        household=home,
        kind="registered_poor",
        category=chance.choice(("general", "with_subsistence")) if able else "with_subsistence",
        work_class="A" if able else "B",
        cause=chance.choices(CAUSES, WEIGHTS)[0],
        begun="identified",
        valid_from=begun,
        valid_to=left if chance.random() < REMOVED else None,
        opening=register,
    )
    others = [
        HouseholdStatus(
            household=home, kind=kind, begun="identified", valid_from=date(year, 7, 1),
            opening=register,
        )
        for kind, share, year in OTHERS
        if chance.random() < share
    ]  # fmt: skip
    return [poor, *others]


def _one_returned(
    statuses: Sequence[HouseholdStatus], register: OpeningRegister
) -> list[HouseholdStatus]:
    """The first household that was removed fell back two years later."""
    gone = next((row for row in statuses if row.valid_to is not None), None)
    if gone is None or gone.valid_to is None:
        return []
    back = HouseholdStatus(
        household=gone.household, kind=gone.kind, category=gone.category, opening=register,
        work_class=gone.work_class, cause="illness", begun="returned",
        valid_from=gone.valid_to + timedelta(days=730),
    )  # fmt: skip
    return [back]


def _around(homes: Sequence[Household], crew: Crew, chance: Random) -> None:
    """Measures, help of other departments, and targets of this year."""
    MeasureSet.objects.bulk_create(
        MeasureSet(
            household=home, measures=sorted(chance.sample(MEASURES, 2)), responsible=RESPONSIBLE,
            valid_from=date(2021, 1, 1), entered_by=crew.village,
        )
        for home in homes
        if chance.random() < 0.4
    )  # fmt: skip
    helped = [home for home in homes if chance.random() < 0.3]
    HouseholdHelp.objects.bulk_create(_help(home, crew, chance) for home in helped)
    villages = {home.village_id: home.village for home in homes}
    VillageTarget.objects.bulk_create(
        VillageTarget(
            village=village, year=YEAR, people=chance.randrange(2, 12), set_by=crew.leader,
            population=chance.randrange(900, 3_200), document="云扶组 2026-3 号",
        )
        for village in sorted(villages.values(), key=lambda one: one.code)
    )  # fmt: skip


def _help(home: Household, crew: Crew, chance: Random) -> HouseholdHelp:
    kind = chance.choice(list(HelpKind))
    refused = kind == HelpKind.CHRONIC and chance.random() < 0.2
    amount = None if kind == HelpKind.CHRONIC else chance.randrange(20, 400) * 10_000
    return HouseholdHelp(
        household=home,
        kind=kind,
        state=HelpState.REFUSED if refused else HelpState.GIVEN,
        on=date(YEAR, 1, 4) + timedelta(days=chance.randrange(290)),
        fen=amount,
        department=DEPARTMENTS[kind],
        reason=REFUSED[0] if refused else "",
        paper=f"{REFUSED[1]}{chance.randrange(10, 99)} 号" if refused else "",
        entered_by=crew.officer,
    )

"""Pupils who are to be put into classes, as numbers of a list that says as little as it can."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from junheng.places.facade import Organisation
from junheng.registry.engine.class_assignment import Newcomer, Wish, quarters
from junheng.registry.models import PupilTag, Standing, Tag


@dataclass(frozen=True, slots=True)
class Group:
    """The pupils in question.

    Attributes:
        organisation: Their school.
        school_year, grade: Of the classes that they are to get.
        sources: Numbers of the classes of the year before that they are in; none for entrants.
    """

    organisation: Organisation
    school_year: int
    grade: int
    sources: tuple[int, ...] = ()


def standings_of(group: Group) -> Any:
    """The standings of the pupils: in the grade and in no class, or in the classes in question."""
    rows = Standing.objects.open().studying().filter(organisation=group.organisation)
    if not group.sources:
        return rows.filter(school_year=group.school_year, grade=group.grade, school_class=None)
    return rows.filter(
        school_year=group.school_year - 1,
        grade=group.grade - 1,
        school_class__number__in=group.sources,
    )


def listed(group: Group, wishes: Mapping[str, Wish]) -> dict[UUID, Newcomer]:
    """The pupils as the engine takes them, by the identity that no file of the draw knows.

    Each gets a number of the list, dealt by chance, so that no order gives anything away.

    Args:
        group: Which pupils.
        wishes: What families chose, by the key of their household.
    """
    tags = PupilTag.objects.filter(pupil=OuterRef("pupil_id"), valid_to=None)
    rows = standings_of(group).annotate(
        boards=Exists(tags.filter(tag=Tag.BOARDER)), needs=Exists(tags.filter(tag=Tag.DISABLED))
    )
    wanted = ("pupil_id", "pupil__sex", "pupil__born_on", "boards", "needs", "pupil__household_key")
    found = list(rows.values_list(*wanted))
    random.SystemRandom().shuffle(found)
    names = {key: f"family {n}" for n, key in enumerate(sorted(wishes), start=1)}
    ages = quarters({pk: born_on for pk, _sex, born_on, *_others in found})
    digits = len(str(len(found)))
    return {
        pk: Newcomer(
            f"{n:0{digits}}", sex, ages[pk], boards, needs, names.get(key, ""), wishes.get(key)
        )
        for n, (pk, sex, _born_on, boards, needs, key) in enumerate(found, start=1)
    }

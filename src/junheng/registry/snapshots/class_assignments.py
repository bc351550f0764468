"""Pupils who are to be put into classes, as files without names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from junheng.places.facade import Organisation
from junheng.registry.engine.class_assignment import NewClass, Newcomer, Wish
from junheng.registry.files.roll_overs import as_csv
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


def newcomers(group: Group, wishes: Mapping[str, Wish]) -> list[Newcomer]:
    """The pupils as the engine takes them.

    Args:
        group: Which pupils.
        wishes: What families chose, by the key of their household.
    """
    tags = PupilTag.objects.filter(pupil=OuterRef("pupil_id"), valid_to=None)
    rows = standings_of(group).annotate(
        boards=Exists(tags.filter(tag=Tag.BOARDER)), needs=Exists(tags.filter(tag=Tag.DISABLED))
    )
    wanted = ("pupil_id", "pupil__sex", "pupil__born_on", "boards", "needs", "pupil__household_key")
    found = list(rows.order_by("pupil_id").values_list(*wanted))
    names = {key: f"family {n}" for n, key in enumerate(sorted(wishes), start=1)}
    return [
        Newcomer(str(pk), sex, born_on, boards, needs, names.get(key, ""), wishes.get(key))
        for pk, sex, born_on, boards, needs, key in found
    ]


def as_files(pupils: Iterable[Newcomer], classes: Sequence[NewClass]) -> dict[str, bytes]:
    """What is frozen, in the form that the checker reads."""
    header = ("id", "sex", "born_on", "boards", "needs", "family", "wish")
    rows = (
        (
            p.id,
            p.sex,
            p.born_on.isoformat() if p.born_on else "",
            int(p.boards),
            int(p.needs),
            p.family,
            p.wish or "",
        )
        for p in pupils
    )
    numbers = ((each.number, each.most) for each in classes)
    return {
        "pupils.csv": as_csv(header, rows),
        "classes.csv": as_csv(("number", "most"), numbers),
    }

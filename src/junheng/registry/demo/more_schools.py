"""Schools of the county that no zone has: nine-year, boarding, special, and points far out.

They were added after the county's round was drawn, from chance of their own, so that the round
stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

from junheng.registry.demo.chance import stream
from junheng.registry.demo.names import all_names
from junheng.registry.demo.values import County, Point, School, SchoolClass

NINE_YEAR = range(1, 10)
SECONDARY = range(7, 10)
POINT = range(1, 4)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many of a kind there are, and how large they are.

    Attributes:
        kind: As `School.kind`, `nine_year` and `special` among them.
        setting: Where they stand.
        grades: The grades that they teach.
        classes: Classes of each grade.
        usual: Pupils of a class, from and to.
        code: What their codes begin with.
    """

    kind: str
    setting: str
    number: int
    grades: range
    classes: int
    usual: tuple[int, int]
    code: str


PLANS = (
    Plan("nine_year", "urban", 9, NINE_YEAR, 6, (47, 53), "5199"),
    Plan("lower_secondary", "urban", 6, SECONDARY, 10, (48, 54), "3199"),
    Plan("primary", "urban", 2, range(1, 7), 6, (44, 52), "2199"),
    Plan("teaching_point", "village", 3, POINT, 1, (7, 18), "2199"),
    Plan("special", "urban", 1, NINE_YEAR, 1, (6, 12), "6199"),
)
"""With the 109 schools of the round they make 130."""


def more_schools(county: County) -> list[tuple[School, Plan]]:
    """The schools, in the order of the plans."""
    chance = stream(county.seed, "more schools")
    names = all_names()
    places = {
        urban: sorted(v.code for v in county.villages if v.urban is urban)
        for urban in (True, False)
    }
    villages = {village.code: village for village in county.villages}
    rows: list[tuple[School, Plan]] = []
    for plan in PLANS:
        for turn in range(plan.number):
            among = places[plan.setting == "urban"]
            village = villages[among.pop(chance.randrange(len(among)))]
            forms = {"number": turn + 1, "root": village.root, "county": county.name}
            rows.append(
                (
                    School(
                        code=f"{plan.code}{801 + len(rows):06d}",
                        name=names.formed(f"more_{plan.kind}", **forms),
                        kind=plan.kind,
                        setting=plan.setting,
                        township=village.township,
                        village=village.code,
                        home=Point(village.centre.lon + 0.002, village.centre.lat - 0.002),
                        entry_classes=plan.classes,
                        class_size=45 if plan.grades.start == 1 else 50,
                        continuing=0,
                        reserved=0,
                    ),
                    plan,
                )
            )
    return rows


def their_classes(
    seed: str, schools: list[tuple[School, Plan]], *, school_year: int
) -> list[SchoolClass]:
    """Their classes of a school year: none is large."""
    chance = stream(seed, "more classes")
    return [
        SchoolClass(school.code, school_year, grade, number, chance.randint(*plan.usual))
        for school, plan in schools
        for grade in plan.grades
        for number in range(1, plan.classes + 1)
    ]

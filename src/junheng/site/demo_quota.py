"""Invented third-year pupils of the demo county, who want quota seats of its senior schools."""

from __future__ import annotations

import random
from typing import Any

from junheng.registry.demo.values import County

BASIS = "云槐县教育局《高中阶段学校招生工作意见》（示例）"
SENIORS = (
    ("4199000001", "云槐县第一中学", 1400, "580"),
    ("4199000002", "云槐县第二中学", 1134, "540"),
    ("4199000003", "云槐县实验高级中学", 800, "520"),
)
"""Three schools with 3,334 seats, of which 30 percent are a thousand."""
WANTING = 0.4
Rows = list[dict[str, Any]]


def tables(county: County, seed: str) -> tuple[Rows, Rows, Rows]:
    """Senior schools, lower schools and pupils, as imports would bring them."""
    chance = random.Random(f"{seed}-quota")  # noqa: S311 -- invented people, not secrets
    names = ("code", "name", "seats", "line")
    seniors = [dict(zip(names, row, strict=True)) for row in SENIORS]
    schools: Rows = [
        {
            "code": school.code,
            "name": school.name,
            "pupils": school.entry_classes * school.class_size - chance.randrange(40),
        }
        for school in county.schools
        if school.kind == "lower_secondary"
    ]
    pupils: Rows = []
    for school in schools:
        level = chance.uniform(470, 600)
        for _pupil in range(int(school["pupils"] * WANTING)):
            pupils.append(_pupil_of(school["code"], len(pupils) + 1, level, chance))
    return seniors, schools, pupils


def _pupil_of(school: str, place: int, level: float, chance: random.Random) -> dict[str, Any]:
    points = min(740.0, max(200.0, chance.gauss(level, 70)))
    score = f"{round(points * 2) / 2:.1f}"
    wanted = [code for code, *_rest in SENIORS]
    if chance.random() < 0.2:
        chance.shuffle(wanted)
    chosen = [*wanted[: chance.randint(1, 3)], "", "", "", ""][:4]
    return {
        "number": f"990100{place:06}",
        "school_code": school,
        "score": "" if chance.random() < 0.002 else score,
        "tie": f"{points * chance.uniform(0.45, 0.5):.0f}",
        "years": 2 if chance.random() < 0.03 else 3,
        **{f"choice_{at}": code for at, code in enumerate(chosen, start=1)},
    }

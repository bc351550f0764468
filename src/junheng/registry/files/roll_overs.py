"""The files of a turn of the year: what it was made from, and what it does.

UTF-8 CSV with a header. In: `pupils.csv`, `offers.csv`, `classes.csv`, `regroupings.csv`. Out:
`moves.csv` (one line for each standing that ends), `unmoved.csv`, `classes.csv`. Schools stand by
their codes, pupils by the identities of their records.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from junheng.registry.engine.roll_over_types import (
    ClassKey,
    NextClass,
    Offer,
    Plan,
    PupilNow,
    Regrouping,
)

MOVED, GRADUATED, HELD_BACK = "moved_up", "graduated", "held_back"
PUPILS = "pupils.csv"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a plan is made from, read back from its files."""

    pupils: list[PupilNow]
    offers: list[Offer]
    regroupings: list[Regrouping]
    there: dict[ClassKey, int]
    limits: dict[ClassKey, int]


def read(files: Mapping[str, bytes]) -> Inputs:
    """The engine's values from the frozen files."""
    classes = list(_rows(files["classes.csv"]))
    return Inputs(
        pupils=[_pupil(*row) for row in _lines(files[PUPILS])],
        offers=[Offer(row[0], *map(int, row[1:])) for row in _lines(files["offers.csv"])],
        regroupings=[_regrouping(row) for row in _rows(files["regroupings.csv"])],
        there={_key(row): int(row["there"]) for row in classes if int(row["there"])},
        limits={_key(row): int(row["limit"]) for row in classes if row["limit"]},
    )


def write(plan: Plan, inputs: Inputs) -> dict[str, bytes]:
    """A plan as files, in the order of schools, classes and pupils."""
    return {
        "moves.csv": as_csv(("pupil", "fate", "school", "grade", "class"), _moves(plan, inputs)),
        "unmoved.csv": as_csv(
            ("pupil", "school", "grade", "class", "why", "figures"),
            (
                (
                    r.pupil,
                    r.school,
                    r.grade,
                    r.number or "",
                    r.why.value,
                    " ".join(map(str, r.figures)),
                )
                for r in plan.unmoved
            ),
        ),
        "classes.csv": as_csv(
            ("school", "grade", "class", "sources", "arriving", "there", "most", "refused"),
            _classes(plan),
        ),
    }


def as_csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as UTF-8 CSV with line feeds."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def _moves(plan: Plan, inputs: Inputs) -> Iterator[tuple[object, ...]]:
    """Everybody whose standing ends with the year, and where the next one is."""
    for move in plan.moves:
        yield move.pupil, MOVED, *move.to
    where = {pupil.id: pupil for pupil in inputs.pupils}
    for pupil in plan.graduates:
        yield pupil, GRADUATED, where[pupil].school, where[pupil].grade, ""
    for row in plan.unmoved:
        if row.why == "held-back":
            yield row.pupil, HELD_BACK, row.school, row.grade, ""


def _classes(plan: Plan) -> Iterator[tuple[object, ...]]:
    both: tuple[tuple[NextClass, int], ...] = (
        *((each, 0) for each in plan.classes),
        *((each, 1) for each in plan.refused),
    )
    for each, refused in both:
        sources = " ".join(map(str, each.sources))
        yield *each.key, sources, each.arriving, each.there, each.most, refused


def _pupil(
    pupil: str,
    school: str,
    year: str,
    grade: str,
    number: str,
    state: str,
    held_back: str,
    began_later: str,
) -> PupilNow:
    return PupilNow(
        pupil,
        school,
        int(year),
        int(grade),
        int(number) if number else None,
        state,
        held_back == "t",
        began_later == "t",
    )


def _regrouping(row: Mapping[str, Any]) -> Regrouping:
    return Regrouping(
        row["school"],
        int(row["grade"]),
        tuple(json.loads(row["sources"])),
        tuple(json.loads(row["targets"])),
        json.loads(row["placed"]),
    )


def _key(row: Mapping[str, str]) -> ClassKey:
    return ClassKey(row["school"], int(row["grade"]), int(row["number"]))


def _lines(data: bytes) -> Iterator[list[str]]:
    lines = csv.reader(io.StringIO(data.decode()))
    next(lines)
    return lines


def _rows(data: bytes) -> Iterator[dict[str, str]]:
    csv.field_size_limit(10**7)
    return csv.DictReader(io.StringIO(data.decode()))

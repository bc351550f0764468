"""Whether a class assignment keeps what it promises, from its three published files alone.

Written from the promises, not from the engine, and without it. The files are UTF-8 CSV:
`pupils.csv` (id, sex, age, boards, needs, family, wish), `classes.csv` (number, most),
`placements.csv` (id, class).
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

CAP = 55
Row = Mapping[str, str]


def check(pupils: bytes, classes: bytes, placements: bytes) -> tuple[str, ...]:
    """What is wrong, one line for each fault; nothing if all promises are kept.

    Raises:
        KeyError, ValueError: If a file lacks a column or a number is none.
    """
    children = _rows(pupils)
    most = {int(row["number"]): int(row["most"]) for row in _rows(classes)}
    placed = [(row["id"], int(row["class"])) for row in _rows(placements)]
    faults = [*_everybody_once(children, placed), *_known_classes(most, placed)]
    return tuple(faults or _within_bounds(children, most, dict(placed)))


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def _everybody_once(children: list[dict[str, str]], placed: list[tuple[str, int]]) -> Iterator[str]:
    wanted = Counter(row["id"] for row in children)
    given = Counter(pupil for pupil, _class in placed)
    for pupil in sorted(wanted.keys() | given.keys()):
        if (wanted[pupil], given[pupil]) != (1, 1):
            yield f"{pupil} stands {wanted[pupil]} times and is placed {given[pupil]} times"


def _known_classes(most: Mapping[int, int], placed: list[tuple[str, int]]) -> Iterator[str]:
    for pupil, number in placed:
        if number not in most:
            yield f"{pupil} is placed in class {number}, which is not there"


def _within_bounds(
    children: list[dict[str, str]], most: Mapping[int, int], where: Mapping[str, int]
) -> Iterator[str]:
    sizes = Counter(where.values())
    slack = _largest_together(children)
    for number, limit in most.items():
        if sizes[number] > min(limit, CAP):
            yield f"class {number} has {sizes[number]} pupils, at most {min(limit, CAP)}"
    yield from _uneven_sizes(sizes, most, slack)
    yield from _uneven_sexes(children, where, sizes, slack)
    yield from _wishes(children, where)


def _largest_together(children: list[dict[str, str]]) -> int:
    """Pupils of the largest family that stays together: as many can tip a class; 1 without any."""
    together = Counter(row["family"] for row in children if row["wish"] == "together")
    return max(together.values(), default=1)


def _uneven_sizes(sizes: Mapping[int, int], most: Mapping[int, int], slack: int) -> Iterator[str]:
    for small, limit in most.items():
        for large in most:
            if sizes[small] < limit and sizes[large] > sizes[small] + slack:
                yield f"class {large} has {sizes[large]} pupils, class {small} has {sizes[small]}"


def _uneven_sexes(
    children: list[dict[str, str]], where: Mapping[str, int], sizes: Mapping[int, int], slack: int
) -> Iterator[str]:
    """Each class has its share of boys and of girls, give or take one, or a family's size."""
    for code in ("1", "2"):
        theirs = Counter(where[row["id"]] for row in children if row["sex"] == code)
        everybody = theirs.total()
        for number, size in sizes.items():
            off = abs(theirs[number] * len(children) - everybody * size)
            if off > len(children) * slack:
                yield f"class {number} has {theirs[number]} pupils of sex {code} among {size}"


def _wishes(children: list[dict[str, str]], where: Mapping[str, int]) -> Iterator[str]:
    families: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in children:
        if row["family"] and row["wish"]:
            families[row["family"], row["wish"]].append(where[row["id"]])
    for (family, wish), classes in families.items():
        wanted = 1 if wish == "together" else len(classes)
        if len(set(classes)) != wanted:
            yield f"the family {family} wished to be {wish} and is in classes {classes}"

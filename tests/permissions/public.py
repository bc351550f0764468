"""What everybody may read of a round, whoever they are; a planned one is nobody's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.permissions.table import EVERYONE, Row, World


def furnish(world: World) -> None:
    """A published round, and one that is only planned."""
    from junheng.admissions.tests.rounds import builders

    roles = world.cast.by_role
    li, wu = roles["admissions_officer"], roles["bureau_leader"]
    world.things |= {
        "published": builders.published(li, wu, ref="2026-g7").round,
        "planned": builders.loaded(li, ref="2027-g1"),
    }


def at(thing: str) -> Callable[[World], Mapping[str, Any]]:
    """The public address of a round."""
    return lambda world: {
        "code": world.things[thing].place.code,
        "ref": world.things[thing].ref,
    }


ROWS = [
    Row("public:rounds", may=EVERYONE),
    Row("public:round", may=EVERYONE, args=at("published")),
    Row("public:round", args=at("planned"), visitor=404, note="planned"),
    Row("public:look_up", may=EVERYONE, args=at("published")),
    Row("public:look_up", may=EVERYONE, answer=422, method="POST", args=at("published")),
    Row("public:look_up", args=at("planned"), visitor=404, note="planned"),
]

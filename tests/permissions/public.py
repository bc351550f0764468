"""What everybody may read of a round, whoever they are; a planned one is nobody's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.permissions.table import EVERYONE, FAMILY, Row, World

COUNTY = "bureau_leader admissions_officer auditor"


def furnish(world: World) -> None:
    """Published rounds whose packs are for others, and one that is only planned."""
    from junheng.admissions.services import packs, steps
    from junheng.admissions.tests.rounds import builders

    roles = world.cast.by_role
    li, wu = roles["admissions_officer"], roles["bureau_leader"]
    for name in ("published", "undecided", "for_families"):
        record = builders.published(li, wu, ref=f"2026-{name}")
        packs.make_pack(record)
        world.things[name] = record.round
    for name, access in (("published", "everybody"), ("for_families", "families")):
        builders.both(steps.PACK, world.things[name], li, wu, access=access)
    world.things |= {
        "planned": builders.loaded(li, ref="2027-g1"),
    }


def at(thing: str) -> Callable[[World], Mapping[str, Any]]:
    """The public address of a round."""
    return lambda world: {
        "code": world.things[thing].place.code,
        "ref": world.things[thing].ref,
    }


def no_call_up(world: World) -> Mapping[str, Any]:
    return {**at("published")(world), "number": 7}


def no_sample(_: World) -> Mapping[str, Any]:
    return {"sha256": "0" * 64}


def no_text(_: World) -> Mapping[str, Any]:
    return {"pk": 999_999}


ROWS = [
    Row("public:rounds", may=EVERYONE),
    Row("public:round", may=EVERYONE, args=at("published")),
    Row("public:round", args=at("planned"), visitor=404, note="planned"),
    Row("public:sample", args=no_sample, visitor=404, note="of no published list"),
    Row("public:text", args=no_text, visitor=404, note="that there is none of"),
    Row("public:look_up", may=EVERYONE, args=at("published")),
    Row("public:look_up", may=EVERYONE, answer=422, method="POST", args=at("published")),
    Row("public:look_up", args=at("planned"), visitor=404, note="planned"),
    Row("public:pack", may=EVERYONE, args=at("published")),
    Row("public:pack", args=at("planned"), visitor=404, note="planned"),
    Row("public:pack_file", may=EVERYONE, args=at("published")),
    Row("public:pack_file", may=COUNTY, args=at("undecided"), visitor=404, note="nobody yet"),
    Row("public:pack_file", may=f"{COUNTY} {FAMILY}", args=at("for_families"), note="families"),
    Row("public:call_up", args=no_call_up, visitor=404, note="that was never made"),
]

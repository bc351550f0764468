"""After a result: a family's own page, letter and objection; the bureau's answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.permissions.table import BUSINESS, FAMILY, Row, World

COUNTY = "bureau_leader admissions_officer auditor"
OFFICER = "admissions_officer"
COUNTERS = "admissions_officer township_officer school_clerk"
PRINTERS = "admissions_officer school_clerk school_head"


def furnish(world: World) -> None:
    """A published round with a letter and an objection of the family's child."""
    from junheng.admissions.tests.after import builders
    from junheng.admissions.tests.letters import builders as letters

    roles = world.cast.by_role
    record = builders.published(
        roles["admissions_officer"], roles["bureau_leader"], ref="2026-released"
    )
    [letter, *_] = letters.issued(record, "school-2")
    second = builders.second_beside(record)
    mine = builders.of_family(record, world.cast.family, letter.application.code)
    world.things |= {
        "after_record": record,
        "after_application": mine,
        "second": second,
        "after_objection": builders.objected(mine, world.cast.family),
    }


def mine(world: World) -> Mapping[str, Any]:
    return {"number": world.things["after_application"].number}


def objection(world: World) -> Mapping[str, Any]:
    return {"number": world.things["after_objection"].number}


def of_round(world: World) -> Mapping[str, Any]:
    return {"pk": world.things["after_record"].round_id}


def of_second(world: World) -> Mapping[str, Any]:
    return {"pk": world.things["second"].pk}


def desk(world: World) -> Mapping[str, Any]:
    from junheng.admissions.tests.letters.builders import school_of

    return of_round(world) | {"school": school_of(world.things["after_record"]).pk}


def other_desk(world: World) -> Mapping[str, Any]:
    from junheng.admissions.tests.letters.builders import school_of

    return of_round(world) | {"school": school_of(world.things["after_record"], "school-2").pk}


ROWS = [
    Row("apply:offer", may=FAMILY, answer=302, args=mine, method="POST"),
    Row("admissions:check_in", may=BUSINESS, args=of_round),
    Row("admissions:check_in_desk", may=PRINTERS, args=desk),
    Row("admissions:check_in_desk", may=PRINTERS, answer=302, args=desk, method="POST"),
    Row("admissions:check_in_desk", may=OFFICER, args=other_desk, note="of another school"),
    Row("admissions:enrol", may=PRINTERS, answer=302, args=desk, method="POST"),
    Row("admissions:waiting", may=COUNTY, args=of_round),
    Row("admissions:release", may=OFFICER, answer=302, args=of_round, method="POST"),
    Row("admissions:call_up", may=OFFICER, answer=302, args=of_round, method="POST"),
    Row("admissions:second_round", may=COUNTY, args=of_round),
    Row("admissions:second_round", may=OFFICER, answer=422, args=of_round, method="POST"),
    Row("admissions:plan_again", may=OFFICER, answer=302, args=of_second, method="POST"),
    Row("admissions:second_for", may=COUNTERS, args=of_second),
    Row("admissions:second_for", may=COUNTERS, args=of_second, method="POST"),
    Row("apply:second", may=FAMILY, answer=302, args=mine, note="with a seat"),
    Row("apply:second", may=FAMILY, answer=302, args=mine, method="POST", note="with a seat"),
    Row("admissions:ask_families", may=OFFICER, answer=302, args=of_round, method="POST"),
    Row("admissions:answer_for", may=COUNTERS, args=of_round),
    Row("admissions:answer_for", may=COUNTERS, args=of_round, method="POST"),
    Row("apply:answer", may=FAMILY, answer=302, args=mine, note="offered nothing"),
    Row("apply:answer", may=FAMILY, answer=302, args=mine, method="POST", note="offered nothing"),
    Row("apply:letter", may=FAMILY, args=mine),
    Row("apply:object", may=FAMILY, args=mine),
    Row("apply:object", may=FAMILY, answer=422, args=mine, method="POST"),
    Row("apply:withdraw_objection", may=FAMILY, answer=302, args=mine, method="POST"),
    Row("apply:hear_back", may=FAMILY, answer=302, args=mine, method="POST"),
    Row("admissions:objections", may=COUNTY, args=of_round),
    Row("admissions:objections", may=COUNTY, args=of_round, method="POST"),
    Row("admissions:objection", may=COUNTY, args=objection),
    Row("admissions:objection", may=OFFICER, answer=422, args=objection, method="POST"),
]

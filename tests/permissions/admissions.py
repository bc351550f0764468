"""Rounds: the bureau sees all, townships and schools their part, the officer loads and runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from tests.permissions.table import BUSINESS, SIGNED_IN, STRANGER, Row, World

COUNTY = "bureau_leader admissions_officer auditor"
OFFICER = "admissions_officer"
STEPS = f"{COUNTY} aid_officer school_clerk school_head township_officer village_officer"
"""Who asks for a step that two people take, agrees to it, or has to know of it."""


def furnish(world: World) -> None:
    """A round with a finished run, and files that wait to be confirmed."""
    from junheng.admissions.models import Placement
    from junheng.admissions.services import events, materials, planning, steps
    from junheng.admissions.tests.rounds import builders

    li = world.cast.by_role["admissions_officer"]
    record = builders.ran(builders.loaded(li), by=li)
    wu = world.cast.by_role["bureau_leader"]
    planning.begin_plan(record.round, by=li)
    opened = builders.opened(li, wu, after=timedelta(hours=1), ref="2026-open")
    events.contribute(opened, "a sunny day", by=li)
    world.things |= {
        "open_round": opened,
        "asked": steps.ask(steps.FREEZE, opened, by=li, input=opened.input_id or 0),
        "second_record": builders.ran(record.round, seed="rehearsal:2", by=li),
        "round": record.round,
        "asking": builders.ran(
            builders.loaded(li, ref="2026-asking", diversion=builders.OFFERING), by=li
        ),
        "record": record,
        "material": materials.put(record.round, a_paper(), by=li),
        "school": record.input.schools.get(code="school-1"),
        "other_school": record.input.schools.get(code="school-2"),
        "child": Placement.objects.get(run=record, code="c1"),
        "neighbour": Placement.objects.get(run=record, code="c5"),
        "upload": builders.uploaded(li, cap=54),
        "refused": builders.uploaded(li, cap=0),
    }


def a_paper() -> Any:
    """A title deed that everybody brings."""
    from junheng.admissions.tests.public.test_materials import wanted

    return wanted()


def material(world: World) -> Mapping[str, Any]:
    return {"pk": world.things["round"].pk, "material": world.things["material"].pk}


def telephones(_: World) -> Mapping[str, Any]:
    return {"hotline": "1", "supervision": "2"}


def of(thing: str, name: str = "pk") -> Callable[[World], Mapping[str, Any]]:
    """The key of a thing, as an address wants it."""
    return lambda world: {name: getattr(world.things[thing], name)}


def in_run(thing: str = "", **more: str) -> Callable[[World], Mapping[str, Any]]:
    """The run's reference, with the key of one of its things or a name."""

    def arguments(world: World) -> Mapping[str, Any]:
        found = {"ref": world.things["record"].run.ref, **more}
        return found | ({"pk": world.things[thing].pk} if thing else {})

    return arguments


def asking(world: World) -> Mapping[str, Any]:
    """A run that offers schools to families."""
    return {"ref": world.things["asking"].run.ref}


def compared(world: World) -> Mapping[str, Any]:
    """Two runs of the round."""
    first, second = (world.things[name].run.ref for name in ("record", "second_record"))
    return {"ref": first, "other": second}


def step(name: str) -> Callable[[World], Mapping[str, Any]]:
    """A step of the round's act."""
    return lambda world: {"pk": world.things["round"].pk, "step": name}


def slip(world: World) -> Mapping[str, Any]:
    """The first contribution of a round that is open."""
    return {"pk": world.things["open_round"].pk, "number": 1}


def seed(_: World) -> Mapping[str, Any]:
    """What the form for a run sends."""
    return {"kind": "rehearsal", "words": "table"}


def code(_: World) -> Mapping[str, Any]:
    """A school of the plan, and nothing else."""
    return {"code": "school-1"}


def asked(world: World) -> Mapping[str, Any]:
    """A step that Li asked for."""
    return {"approval_id": world.things["asked"].pk}


def why(_: World) -> Mapping[str, Any]:
    """What a no is sent with."""
    return {"why": "The calendar is missing."}


ROWS = [
    Row("admissions:situation", may=COUNTY, args=of("open_round")),
    Row("admissions:situation_file", may=COUNTY, args=of("open_round")),
    Row("admissions:materials", may=BUSINESS, args=of("round")),
    Row("admissions:add_material", may=OFFICER, args=of("round"), answer=422, method="POST"),
    Row("admissions:change_material", may=OFFICER, args=material),
    Row("admissions:change_material", may=OFFICER, args=material, answer=422, method="POST"),
    Row("admissions:remove_material", may=OFFICER, args=material, answer=302, method="POST"),
    Row("admissions:sample", args=material, note="without a picture"),
    Row("admissions:usual_materials", may=OFFICER, args=of("round"), answer=302, method="POST"),
    Row("admissions:begin_materials", may=OFFICER, args=of("round"), answer=302, method="POST"),
    Row("admissions:publish_materials", may=OFFICER, args=of("round"), answer=302, method="POST"),
    Row(
        "admissions:contact",
        may=OFFICER,
        args=of("round"),
        data=telephones,
        answer=302,
        method="POST",
    ),
    Row("admissions:texts", may=COUNTY),
    Row("admissions:preview_text", may=OFFICER, answer=422, method="POST"),
    Row("admissions:ask_text", may=OFFICER, answer=422, method="POST"),
    Row("commons:approvals", may=f"{STEPS} {STRANGER}"),
    Row("commons:approvals", may=SIGNED_IN, answer=405, method="POST"),
    Row("commons:approval", may=COUNTY, args=asked),
    Row("commons:approval_agree", may=COUNTY, answer=302, method="POST", args=asked),
    Row("commons:approval_decline", may=COUNTY, answer=302, method="POST", args=asked, data=why),
    Row("commons:approval_withdraw", may=COUNTY, answer=302, method="POST", args=asked),
    Row("admissions:roll_out", may=COUNTY),
    Row("admissions:rounds", may=BUSINESS + " stranger"),
    Row("admissions:rounds", may=BUSINESS + " stranger", method="POST"),
    Row("admissions:load", may=OFFICER),
    Row("admissions:load", may=OFFICER, answer=422, method="POST"),
    Row("admissions:template", may=OFFICER),
    Row("admissions:upload", may=OFFICER, args=of("upload")),
    Row("admissions:faults", may=OFFICER, args=of("refused")),
    Row("admissions:confirm", may=OFFICER, answer=302, method="POST", args=of("upload")),
    Row("admissions:drop", may=OFFICER, answer=302, method="POST", args=of("upload")),
    Row("admissions:round", may=BUSINESS, args=of("round")),
    Row("admissions:start", may=OFFICER, answer=302, method="POST", args=of("round"), data=seed),
    Row("admissions:undo", may=OFFICER, answer=302, method="POST", args=of("round")),
    Row("admissions:run", may=BUSINESS, args=in_run()),
    Row("admissions:schools", may=BUSINESS, args=in_run()),
    Row("admissions:schools", may=BUSINESS, method="POST", args=in_run()),
    Row("admissions:school", may=BUSINESS, args=in_run("school")),
    Row("admissions:school", may=BUSINESS, method="POST", args=in_run("school")),
    Row("admissions:school", may=COUNTY, args=in_run("other_school"), note="of another township"),
    Row("admissions:children", may=BUSINESS, args=in_run()),
    Row("admissions:children", may=BUSINESS, method="POST", args=in_run()),
    Row("admissions:child", may=BUSINESS, args=in_run("child")),
    Row("admissions:child", may=COUNTY, args=in_run("neighbour"), note="of another township"),
    Row("admissions:compare", may=BUSINESS, args=in_run()),
    Row("admissions:compare", may=BUSINESS, method="POST", args=in_run()),
    Row("admissions:compare", may=BUSINESS, args=compared, note="with another one"),
    Row("admissions:plan", may=BUSINESS, args=of("round")),
    Row("admissions:export_plan", may=BUSINESS, args=of("round")),
    Row("admissions:begin_plan", may=OFFICER, answer=302, method="POST", args=of("round")),
    Row(
        "admissions:change_plan",
        may=OFFICER,
        answer=422,
        method="POST",
        args=of("round"),
        data=code,
    ),
    Row("admissions:roster", may=COUNTY, args=of("round")),
    Row("admissions:roster", may=COUNTY, args=of("round"), method="POST"),
    Row("admissions:new_round", may=OFFICER),
    Row("admissions:new_round", may=OFFICER, answer=422, method="POST"),
    Row("admissions:rules", may=BUSINESS, args=of("round")),
    Row("admissions:rules", may=OFFICER, answer=302, method="POST", args=of("round")),
    Row("admissions:calendar", may=BUSINESS, args=of("round")),
    Row("admissions:calendar", may=OFFICER, answer=302, method="POST", args=of("round")),
    Row("admissions:act", may=COUNTY, args=of("round")),
    Row("admissions:name_event", may=OFFICER, answer=422, method="POST", args=of("round")),
    Row("admissions:ask", may=OFFICER, answer=302, method="POST", args=step("open")),
    Row("admissions:contribute", may=OFFICER, answer=422, method="POST", args=of("round")),
    Row("admissions:slip", may=OFFICER, args=slip),
    Row("admissions:correct", may=OFFICER, answer=422, method="POST", args=of("round")),
    Row("admissions:close", may=OFFICER, answer=302, method="POST", args=of("round")),
    Row("admissions:receipt", may=COUNTY, args=in_run()),
    Row("admissions:output", may=COUNTY, args=in_run(name="placements.csv")),
    Row("admissions:source", may=COUNTY, args=in_run(name="applicants.csv")),
    Row("admissions:answers", may=OFFICER, args=asking),
]

"""The register: everybody of the education business reads their part of it; few change it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.commons.runs import freeze, request_run
from junheng.kernel.school_year import SchoolYear
from junheng.places.models import Organisation
from junheng.registry.engine.class_assignment import NewClass
from junheng.registry.models import IntegrityFinding, Pupil, Transfer
from junheng.registry.services import class_assignments, roll_overs
from junheng.registry.snapshots.class_assignments import Group
from junheng.registry.tests import builders, staff_builders
from tests.permissions.table import BUSINESS, EVERYONE, STRANGER, Row, World

APPLIERS = "admissions_officer school_clerk school_head"
HOLDERS = "bureau_leader admissions_officer"
ASSIGNERS = "admissions_officer school_clerk school_head"
KEEPER = "admissions_officer"
CHECKER = "admissions_officer"
CORRECTORS = "school_clerk school_head"
CALLERS = "admissions_officer school_clerk school_head"
COUNTERS = "admissions_officer township_officer school_clerk school_head"


def furnish(world: World) -> None:
    """A school with facts, a class and a zone; the stranger's own school has facts, too."""
    school = cast.school()
    builders.facts(school)
    builders.facts(cast.school("school-9", at=cast.NEXT_COUNTY))
    world.things["registry.class"] = builders.a_class(school)
    world.things["registry.unknown_class"] = builders.a_class(school, number=12, size=0)
    builders.zone([school.place], [school])
    builders.zone_area("zone-1", 120.0, 120.01)
    world.things["registry.staff"] = staff_builders.staff_post().person
    world.things["registry.pupil"] = builders.a_pupil(world.things["registry.class"])
    world.things["registry.transfer"] = a_transfer()
    world.things["registry.opening"] = builders.opening_count()
    world.things["registry.finding"] = a_finding(school, world.things["registry.pupil"])
    builders.pupils(1, builders.a_class(school, number=2, size=0))
    builders.a_pupil()
    turn = roll_overs.request_plan(cast.counties(), SchoolYear(2025), by=cast.li())
    roll_overs.make_plan(turn.pk)
    world.things["registry.roll_over"] = turn
    world.things["registry.assignment"] = class_assignments.freeze_list(
        Group(school, 2025, 3),
        [NewClass(7, 30), NewClass(8, 30)],
        wishes={},
        event="Lottery",
        example="12",
        event_at=timezone.now() + timedelta(days=1),
        by=cast.li(),
    )


def a_transfer() -> Transfer:
    """A girl of the first school who wants to go to the second one; the first has not answered."""
    pupil = builders.a_pupil(builders.a_class(number=9, size=0))
    made: Transfer = Transfer.objects.create(
        number="TR-2026-AAAA-AAAAA",
        pupil=pupil,
        origin=pupil.organisation,
        to=cast.school("school-2"),
        grade=3,
        rules="2026-1",
        applied_by=cast.zheng(),
    )
    return made


def a_finding(school: Organisation, pupil: Pupil) -> IntegrityFinding:
    """Something that a check of the register found at a school."""
    run = request_run(
        kind="registry.integrity",
        matter="register",
        snapshot=freeze("registry.integrity", {"none": b""}),
        rules_version="1",
        seed="",
        by=None,
    )
    today = timezone.localdate()
    made: IntegrityFinding = IntegrityFinding.objects.create(
        path=school.path,
        rule="number_fails",
        severity=1,
        organisation=school,
        subject=str(pupil.pk),
        pupil=pupil,
        fingerprint="0" * 64,
        first_run=run,
        last_run=run,
        first_on=today,
        last_on=today,
    )
    return made


def correction(world: World) -> dict[str, Any]:
    finding = world.things["registry.finding"]
    return {"ref": finding.pk, "number": world.things["registry.pupil"].number}


def finding(world: World) -> dict[str, Any]:
    return {"ref": world.things["registry.finding"].pk}


def roll_call(world: World) -> dict[str, Any]:
    return {"pk": world.things["registry.class"].pk, "day": "2025-11-20"}


def school(_: World) -> dict[str, Any]:
    return {"code": "school-1"}


def zone(_: World) -> dict[str, Any]:
    return {"code": "zone-1"}


def year(_: World) -> dict[str, Any]:
    return {"year": 2025}


def this_year(_: World) -> dict[str, Any]:
    return {"year": SchoolYear.of(timezone.localdate()).start}


def a_class(world: World) -> dict[str, Any]:
    return {"pk": world.things["registry.class"].pk}


def a_class_without_pupils(world: World) -> dict[str, Any]:
    """Only such a one is counted by hand."""
    return {"pk": world.things["registry.unknown_class"].pk}


def opening(world: World) -> dict[str, Any]:
    return {"pk": world.things["registry.opening"].pk}


def pupil(world: World) -> dict[str, Any]:
    return {"number": world.things["registry.pupil"].number}


def a_family(world: World) -> dict[str, Any]:
    return {"number": world.things["registry.pupil"].number, "what": "tag"}


def staff_member(world: World) -> dict[str, Any]:
    return {"ref": world.things["registry.staff"].ref}


def roll_over(world: World) -> dict[str, Any]:
    return {"pk": world.things["registry.roll_over"].pk}


def assignment(world: World) -> dict[str, Any]:
    return {"pk": world.things["registry.assignment"].pk}


def entering(_: World) -> dict[str, Any]:
    return {"code": "school-1", "year": 2025, "grade": 3}


def next_classes(_: World) -> dict[str, Any]:
    return {"code": "school-1", "year": 2026, "grade": 4}


def a_year(_: World) -> dict[str, Any]:
    return {"year": 2025}


def county(_: World) -> dict[str, Any]:
    return {"code": cast.COUNTY}


def county_map(_: World) -> dict[str, Any]:
    return {"code": cast.COUNTY, "level": "primary"}


def an_address(_: World) -> dict[str, Any]:
    return {"level": "primary", "text": "East Village"}


def a_move(world: World) -> dict[str, Any]:
    transfer: Transfer = world.things["registry.transfer"]
    return {"number": transfer.pupil.number, "movement": "suspended"}


def transfer(world: World) -> dict[str, Any]:
    return {"number": world.things["registry.transfer"].number}


def agreement(_: World) -> dict[str, Any]:
    return {"agrees": "yes", "words": ""}


def refusal(_: World) -> dict[str, Any]:
    return {"verdict": "refuse", "words": "x"}


def figures(_: World) -> dict[str, Any]:
    return {"size": 44, "counted_on": timezone.localdate()}


def a_day(_: World) -> dict[str, Any]:
    return {"held_on": date(2026, 4, 10)}


ROWS = [
    Row("registry:schools", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:schools", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:school", may=BUSINESS, args=school),
    Row("registry:classes", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:classes", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:classes_of_year", may=BUSINESS, args=year),
    Row("registry:classes_of_year", may=BUSINESS, args=year, method="POST"),
    Row("registry:count", may=COUNTERS, args=a_class),
    Row("registry:count", COUNTERS, 302, "POST", a_class_without_pupils, figures),
    Row("registry:opening_count", may=HOLDERS),
    Row("registry:opening_count", may=HOLDERS, data=a_day, answer=422, method="POST"),
    Row("registry:close_count", may=HOLDERS, args=opening, answer=302, method="POST"),
    Row("registry:zones", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:zones", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:zones_of_year", may=f"{BUSINESS} {STRANGER}", args=this_year),
    Row("registry:zones_of_year", may=f"{BUSINESS} {STRANGER}", args=this_year, method="POST"),
    Row("registry:zone_changes", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:zone_changes", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:addresses", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:addresses", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:pupils", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:pupils", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:pupil_new", may=f"{APPLIERS} {STRANGER}"),
    Row("registry:pupil_new", may=f"{APPLIERS} {STRANGER}", answer=422, method="POST"),
    Row("registry:pupil", may=BUSINESS, args=pupil),
    Row("registry:register_export", may="admissions_officer"),
    Row("registry:register_export", may="admissions_officer", answer=422, method="POST"),
    Row("registry:staff", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:staff", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:staff_member", may=BUSINESS, args=staff_member),
    Row("registry:recruited", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:rotation", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:rotation", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:move", may=APPLIERS, args=a_move),
    Row("registry:move", may=APPLIERS, args=a_move, answer=422, method="POST"),
    Row("registry:exempt", may=APPLIERS, args=a_class),
    Row("registry:exempt", may=APPLIERS, args=a_class, answer=422, method="POST"),
    Row("registry:transfers", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:transfers", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:transfer_new", may=f"{APPLIERS} {STRANGER}"),
    Row("registry:transfer_new", may=f"{APPLIERS} {STRANGER}", answer=422, method="POST"),
    Row("registry:transfer_ask", may=HOLDERS, args=transfer, answer=302, method="POST"),
    Row("registry:transfer_rules", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:transfer_rules", may=KEEPER, answer=422, method="POST"),
    Row("registry:transfer_here", may=f"{APPLIERS} {STRANGER}"),
    Row("registry:transfer_here", may=f"{APPLIERS} {STRANGER}", answer=422, method="POST"),
    Row("registry:family", may=APPLIERS, args=a_family),
    Row("registry:family", may=APPLIERS, args=a_family, answer=422, method="POST"),
    Row("registry:transfer_away", may=APPLIERS, args=pupil),
    Row("registry:transfer_away", may=APPLIERS, args=pupil, answer=422, method="POST"),
    Row("registry:transfer", may=BUSINESS, args=transfer),
    Row(
        "registry:transfer_answer",
        may=APPLIERS,
        args=transfer,
        data=agreement,
        answer=302,
        method="POST",
    ),
    Row(
        "registry:transfer_decide",
        may=HOLDERS,
        args=transfer,
        data=refusal,
        answer=302,
        method="POST",
    ),
    Row(
        "registry:transfer_withdraw",
        may="admissions_officer",
        args=transfer,
        answer=302,
        method="POST",
    ),
    Row("registry:class_sizes", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:class_sizes", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:statistics", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:statistics_file", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:rankings", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:rankings", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:recruits_behind", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:recruits_behind", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:courses_behind", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:courses_behind", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:staff_document", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:statistics_document", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:statistics_children", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:statistics_children", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:statistics_schools", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:statistics_schools", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:statistics_classes", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:statistics_classes", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:statistics_pupils", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:statistics_pupils", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:equity", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:equity", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:entrants", may=f"{BUSINESS} {STRANGER}"),
    Row("where:counties", may=EVERYONE, answer=302),
    Row("where:page", may=EVERYONE, args=county),
    Row("where:page", may=EVERYONE, args=county, data=an_address, method="POST"),
    Row("where:map", args=county_map, visitor=404, note="no approval number"),
    Row("registry:integrity", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:integrity", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:finding", may=BUSINESS, args=finding),
    Row("registry:check_register", may=CHECKER, answer=302, method="POST"),
    Row("registry:false_alarm", may=CHECKER, args=finding, answer=422, method="POST"),
    Row("registry:mend", may=CHECKER, args=finding, answer=302, method="POST"),
    Row("registry:correct", may=CORRECTORS, args=correction),
    Row("registry:correct", may=CORRECTORS, args=correction, answer=422, method="POST"),
    Row("registry:roll_calls", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:roll_calls", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:roll_call", may=CALLERS, args=roll_call),
    Row("registry:roll_call", may=CALLERS, args=roll_call, answer=302, method="POST"),
    Row("registry:zones_map", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:zone", may=BUSINESS, args=zone),
    Row("registry:roll_overs", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:roll_overs", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:class_assignments", may=f"{BUSINESS} {STRANGER}"),
    Row("registry:class_assignments", may=f"{BUSINESS} {STRANGER}", method="POST"),
    Row("registry:plan_roll_over", may=KEEPER, data=a_year, answer=302, method="POST"),
    Row("registry:roll_over", may=BUSINESS, args=roll_over),
    Row("registry:roll_over", may=BUSINESS, args=roll_over, method="POST"),
    Row("registry:ask_roll_over", may=KEEPER, args=roll_over, answer=302, method="POST"),
    Row("registry:ask_undo_roll_over", may=KEEPER, args=roll_over, answer=302, method="POST"),
    Row("registry:hold_back", may=KEEPER, args=roll_over, answer=302, method="POST"),
    Row("registry:regroup", may=f"{ASSIGNERS} {STRANGER}", answer=302),
    Row("registry:freeze_entrants", may=ASSIGNERS, args=entering),
    Row("registry:freeze_entrants", may=ASSIGNERS, args=entering, answer=422, method="POST"),
    Row("registry:freeze_classes", may=ASSIGNERS, args=next_classes),
    Row("registry:freeze_classes", may=ASSIGNERS, args=next_classes, answer=422, method="POST"),
    Row("registry:class_assignment", may=BUSINESS, args=assignment),
    Row("registry:class_assignment", may=BUSINESS, args=assignment, method="POST"),
    Row("registry:assignment_pack", args=assignment, note="nothing drawn yet"),
    Row("draws:draws", may=EVERYONE),
    Row("draws:draw", may=EVERYONE, args=assignment),
    Row("draws:draw", args=assignment, method="POST", visitor=404, note="nothing published yet"),
    Row("registry:type_figures", may=ASSIGNERS, args=assignment, answer=302, method="POST"),
    Row("registry:publish_assignment", may=ASSIGNERS, args=assignment, answer=302, method="POST"),
    Row("registry:withdraw_assignment", may=ASSIGNERS, args=assignment, answer=302, method="POST"),
]

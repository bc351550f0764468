"""Checks of households: those in charge, and village and township for their own place."""

from __future__ import annotations

from typing import Any

from junheng.aid.models import CheckAuthorisation, CheckRule, LeftOut
from junheng.aid.services import settling_left_out, visiting
from junheng.aid.tests.checks import builders as build
from junheng.commons.tests.uploads import builders as uploads
from junheng.evidence.facade import Register
from tests.permissions.households import SEE
from tests.permissions.table import FAMILY, Row, World

IN_CHARGE = "bureau_leader auditor aid_officer"
KEEPS = "village_officer township_officer aid_officer"
DECIDES = "township_officer aid_officer bureau_leader"


def furnish(world: World) -> None:
    """A visit in each place where it can wait, a signature, a rule, and people left out."""
    build.rule()
    build.rule(Register.SUBSISTENCE, speaks="for")
    build.delivered(
        *(
            {"resident_id": number, "name": "程玉兰", "place_code": build.cast.VILLAGE}
            for number in ("990100197001010013", "99010019700101003X")
        ),
        register=Register.SUBSISTENCE,
    )
    waits = build.flagged("H-waits", "990100198001010026")
    heard = build.flagged("H-heard", "990100198001010034")
    visiting.hear(
        heard,
        on=build.today(),
        met=True,
        said="x",
        seen="",
        by=world.cast.by_role["village_officer"],
    )
    first, second = LeftOut.objects.order_by("pk")
    settling_left_out.ask_for_visit(second, by=world.cast.by_role["aid_officer"])
    signature = CheckAuthorisation.objects.order_by("pk")[0]
    world.things |= {
        "scan": uploads.ready(signature.scans, world.cast.by_role["village_officer"]).pk,
        "visit": waits.number,
        "heard_visit": heard.number,
        "hit": build.only_hit(heard).pk,
        "check_run": build.only_hit(heard).run.ref,
        "signature": signature.ref,
        "check_rule": CheckRule.objects.order_by("pk")[0].ref,
        "left_out": first.pk,
        "left_out_visited": second.pk,
    }


def at(thing: str, name: str) -> Any:
    return lambda world: {name: world.things[thing]}


def a_scan(world: World) -> dict[str, Any]:
    return {"ref": world.things["signature"], "scan": world.things["scan"]}


def home(_: World) -> dict[str, Any]:
    return {"number": "H-waits"}


def visit(_: World) -> dict[str, Any]:
    return {"on": build.today().isoformat(), "met": "on", "said": "x"}


def decision(world: World) -> dict[str, Any]:
    return {f"hit_{world.things['hit']}": "yes", "outcome": "stays", "words": "x"}


def signature(_: World) -> dict[str, Any]:
    of = build.Household.objects.get(number="H-waits")
    day = build.today()
    return {
        "signed_by": str(build.head(of).pk), "signed_on": day.isoformat(), "paper": "A-2",
        "valid_to": day.replace(year=day.year + 1, day=1).isoformat(), "registers": ["vehicle"],
    }  # fmt: skip


def a_rule(_: World) -> dict[str, Any]:
    return {
        "connection": str(build.tables().pk), "speaks": "against", "test": "any",
        "document": "x", "article": "y", "since": build.today().isoformat(),
    }  # fmt: skip


def a_day(_: World) -> dict[str, Any]:
    return {"day": "2060-01-01"}


def county(_: World) -> dict[str, Any]:
    return {"county": build.cast.COUNTY}


ROWS = [
    Row("aid:checks", SEE),
    Row("aid:checks", SEE, method="POST", note="export"),
    Row("aid:check_start", "aid_officer", 302, "POST", data=county),
    Row("aid:check_run", IN_CHARGE, args=at("check_run", "ref")),
    Row("aid:wrong_flags", SEE),
    Row("aid:authorisations", SEE),
    Row("aid:authorisations", SEE, method="POST", note="export"),
    Row("aid:authorisation", SEE, args=at("signature", "ref")),
    Row("aid:check_rules", IN_CHARGE),
    Row("aid:check_rules", "aid_officer", 302, "POST", data=a_rule),
    Row("aid:end_check_rule", "aid_officer", args=at("check_rule", "ref")),
    Row("aid:end_check_rule", "aid_officer", 302, "POST", at("check_rule", "ref"), a_day),
    Row("aid:household_visit", SEE, args=at("visit", "number")),
    Row(
        "aid:visit_hear",
        "village_officer township_officer",
        302,
        "POST",
        args=at("visit", "number"),
        data=visit,
    ),
    Row("aid:visit_decide", DECIDES, 302, "POST", args=at("heard_visit", "number"), data=decision),
    Row("aid:household_authorise", KEEPS, args=home),
    Row("aid:household_authorise", KEEPS, 302, "POST", args=home, data=signature),
    Row("aid:withdraw_authorisation", KEEPS, 302, "POST", args=at("signature", "ref")),
    Row("aid:scan_removal", KEEPS, args=a_scan),
    Row("aid:scan_removal", KEEPS, 302, "POST", args=a_scan, data=lambda _world: {"why": "x"}),
    Row("aid:left_out", SEE),
    Row("aid:left_out", SEE, method="POST", note="export"),
    Row("aid:left_out_one", SEE, args=at("left_out", "key")),
    Row("aid:left_out_ask", KEEPS, 302, "POST", args=at("left_out", "key")),
    Row(
        "aid:left_out_settle",
        KEEPS.replace("aid_officer", ""),
        302,
        "POST",
        args=at("left_out_visited", "key"),
        data=lambda _world: {"words": "x"},
    ),
    Row("aid:my_withdrawal", FAMILY, method="POST", args=at("signature", "ref"), answer=422),
    Row("aid:my_visit_reply", FAMILY, method="POST", args=at("visit", "number"), answer=422),
]

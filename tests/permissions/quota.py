"""Quota seats: the bureau sees all, schools their part, its officer works them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.permissions.table import BUSINESS, EVERYONE, STRANGER, Row, World

COUNTY = "bureau_leader admissions_officer auditor"
OFFICER = "admissions_officer"


def furnish(world: World) -> None:
    """A year that is published and filled, and one that is only planned."""
    from junheng.admissions.tests.quota import builders

    roles = world.cast.by_role
    li, wu = roles["admissions_officer"], roles["bureau_leader"]
    shares, filling = builders.both_stages(li, wu)
    world.things |= {"shares": shares, "filling": filling, "quota": builders.plan(2027)}


def plan(world: World) -> Mapping[str, Any]:
    return {"pk": world.things["quota"].pk}


def stage(world: World) -> Mapping[str, Any]:
    return plan(world) | {"stage": "shares"}


def run(name: str) -> Callable[[World], Mapping[str, Any]]:
    """The reference of a run."""
    return lambda world: {"ref": world.things[name].run.ref}


def file(name: str) -> Callable[[World], Mapping[str, Any]]:
    """A file of the filling."""
    return lambda world: run("filling")(world) | {"name": name}


def public(year: int) -> Callable[[World], Mapping[str, Any]]:
    """The public address of a year."""
    return lambda world: {"code": world.things["quota"].place.code, "year": year}


ROWS = [
    Row("admissions:quotas", may=f"{BUSINESS} {STRANGER}", note="hers is empty"),
    Row("admissions:quotas", may=f"{BUSINESS} {STRANGER}", method="POST", note="export"),
    Row("admissions:new_quota", may=OFFICER),
    Row("admissions:new_quota", may=OFFICER, answer=422, method="POST"),
    Row("admissions:quota", may=COUNTY, args=plan),
    Row("admissions:quota_rule", may=OFFICER, args=plan),
    Row("admissions:quota_rule", may=OFFICER, answer=422, method="POST", args=plan),
    Row("admissions:start_quota", may=OFFICER, answer=302, method="POST", args=stage),
    Row("admissions:quota_run", may=COUNTY, args=run("shares")),
    Row("admissions:quota_run", may=COUNTY, args=run("filling"), note="filling"),
    Row("admissions:quota_run", may=COUNTY, args=run("filling"), method="POST", note="export"),
    Row("admissions:quota_file", may=COUNTY, args=file("pupils.json")),
    Row("admissions:quota_file", args=file("keys.json"), note="no such file"),
    Row("admissions:publish_quota", may=OFFICER, answer=302, method="POST", args=run("filling")),
    Row("public:quotas", may=EVERYONE),
    Row("public:quota", may=EVERYONE, args=public(2026)),
    Row("public:quota_receipt", may=EVERYONE, args=public(2026)),
    Row("public:quota_receipt", args=public(2027), visitor=404, note="not published"),
    Row("public:quota", args=public(2027), visitor=404, note="not published"),
]

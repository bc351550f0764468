"""Applications: a family sees its own, a counter what it typed in, nobody anybody else's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.permissions.table import FAMILY, STRANGER, Row, World

COUNTERS = "admissions_officer township_officer school_clerk"
SETTLED = "admissions_officer township_officer school_clerk bureau_leader auditor"
SEE_IT = "admissions_officer township_officer bureau_leader auditor"
APPLICANTS = f"{FAMILY} {COUNTERS}"
SEERS = f"{FAMILY} admissions_officer township_officer"


def furnish(world: World) -> None:
    """A round that takes applications in, with a draft and an application of the family."""
    from junheng.admissions.tests.applying import builders

    roles = world.cast.by_role
    the_round = builders.taking(
        roles["admissions_officer"], roles["bureau_leader"], ref="2026-taking"
    )
    family = world.cast.family
    world.things |= {
        "taking": the_round,
        "application": builders.applied(the_round, family),
        "draft": builders.drafted(
            the_round, family, child={"number": builders.number_of("2020-03-01")}
        ),
    }
    world.things["photo"] = photo_of(world.things["application"], family)


def photo_of(application: Any, family: Any) -> Any:
    """A photo that the family sent in, checked."""
    from junheng.admissions.services.photos import PREFIX
    from junheng.commons.tests.uploads import builders

    return builders.ready(f"{PREFIX}:{application.pk}", family)


def photos(world: World) -> Mapping[str, Any]:
    return {"subject": world.things["photo"].subject}


def photo(world: World) -> Mapping[str, Any]:
    return {"upload_id": world.things["photo"].pk}


def taking(world: World) -> Mapping[str, Any]:
    return {"code": world.things["taking"].place.code, "ref": world.things["taking"].ref}


def draft(world: World) -> Mapping[str, Any]:
    return {"pk": world.things["draft"].pk}


def child_page(world: World) -> Mapping[str, Any]:
    return draft(world) | {"name": "child"}


def number(world: World) -> Mapping[str, Any]:
    return {"number": world.things["application"].number}


def round_pk(world: World) -> Mapping[str, Any]:
    return {"pk": world.things["taking"].pk}


ROWS = [
    Row("apply:mine", may=f"{APPLICANTS} {STRANGER}"),
    Row("apply:start", may=APPLICANTS, args=taking),
    Row("apply:start", may=APPLICANTS, args=taking, method="POST"),
    Row("apply:page", may=FAMILY, args=child_page),
    Row("apply:page", may=FAMILY, args=child_page, method="POST"),
    Row("apply:check", may=FAMILY, args=draft),
    Row("apply:check", may=FAMILY, args=draft, method="POST"),
    Row("apply:drop", may=FAMILY, answer=302, args=draft, method="POST"),
    Row("apply:application", may=FAMILY, args=number),
    Row("admissions:tiers", may="admissions_officer bureau_leader auditor", args=round_pk),
    Row("admissions:tiers", may="admissions_officer", answer=422, args=round_pk, method="POST"),
    Row("apply:complete", may=FAMILY, answer=302, args=number),
    Row("apply:complete", may=FAMILY, answer=302, args=number, method="POST"),
    Row("admissions:applications", may=SETTLED, args=round_pk),
    Row("admissions:applications", may=SETTLED, args=round_pk, method="POST"),
    Row("admissions:make_list", may="admissions_officer", answer=302, args=round_pk, method="POST"),
    Row("admissions:review", may=SEE_IT, args=number),
    Row(
        "admissions:review",
        may="admissions_officer township_officer",
        answer=422,
        args=number,
        method="POST",
    ),
    Row("apply:withdraw", may=FAMILY, answer=302, args=number, method="POST"),
    Row("commons:uploads", may=SEERS, args=photos),
    Row("commons:uploads", may=FAMILY, answer=302, args=photos, method="POST"),
    Row("commons:upload", may=SEERS, args=photo),
    Row("commons:upload_remove", may=FAMILY, answer=302, args=photo, method="POST"),
]

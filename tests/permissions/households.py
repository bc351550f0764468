"""Households: those in charge, and village and township for their own place; nobody else."""

from __future__ import annotations

from typing import Any

from junheng.aid.models import HouseholdCode
from junheng.aid.tests.households import builders as build
from tests.permissions.table import Row, World

SEE = "bureau_leader auditor aid_officer township_officer village_officer"
"""The people of one county, township and village; the stranger works in the next county."""


def furnish(world: World) -> None:
    """A household that is to be removed, in each place where its review can wait."""
    other = build.poor("H-other", at=build.village("990100001008")).village
    build.merge(other, build.village("990100001009"))
    world.things["gone_village"] = other.code
    world.things["home"] = build.poor("H-1").number
    world.things["register"] = build.opening().ref
    for place in ("proposed", "posted", "township", "county", "gone"):
        review = build.review(build.poor(f"H-{place}"))
        world.things[f"review_{place}"] = review.number
        if place in ("posted", "township", "county"):
            build.posted(review)
        if place in ("township", "county"):
            build.step(review, "village", world.cast.by_role["village_officer"])
        if place == "county":
            build.step(review, "township", world.cast.by_role["township_officer"])


def at(place: str) -> Any:
    return lambda world: {"number": world.things[f"review_{place}"]}


def home(world: World) -> dict[str, Any]:
    return {"number": world.things["home"]}


def village(_: World) -> dict[str, Any]:
    return {"code": build.village().code}


def gone(world: World) -> dict[str, Any]:
    return {"code": world.things["gone_village"]}


def register(world: World) -> dict[str, Any]:
    return {"ref": world.things["register"]}


def a_target(_: World) -> dict[str, Any]:
    return {"year": "2026", "people": "40", "population": "2000", "document": "x"}


def yes(_: World) -> dict[str, Any]:
    return {"verdict": "yes", "paper": "Form 7", "on": "2026-04-01"}


def family(_: World) -> dict[str, Any]:
    return {
        "village": build.village().code, "on": "2026-04-01", "people-TOTAL_FORMS": "1",
        "people-INITIAL_FORMS": "0", "people-0-name": "田大山", "people-0-relation": "02",
    }  # fmt: skip


def measures(_: World) -> dict[str, Any]:
    return {"measures": ["work"], "responsible": "田桂花", "on": "2026-04-01"}


def proposal(_: World) -> dict[str, Any]:
    answers = {f"met_{code}": "yes" for code in build.CRITERIA}
    return {"words": "x", **answers, **{f"evidence_{code}": "visit" for code in build.CRITERIA}}


def meeting(world: World) -> dict[str, Any]:
    return {
        "reviews": [world.things["review_proposed"]], "met_on": "2026-04-01", "attended": "30",
        "minutes": "3", "posted_where": "hall", "posted_from": "2026-04-01", "days": "7",
    }  # fmt: skip


def a_code(_: World) -> dict[str, Any]:
    return {"pk": HouseholdCode.objects.get(list="measure", code="work").pk}


ROWS: list[Row] = [
    Row("aid:household_codes", "bureau_leader auditor aid_officer"),
    Row("aid:household_codes", "aid_officer", 422, "POST"),
    Row("aid:end_household_code", "aid_officer", args=a_code),
    Row("aid:end_household_code", "aid_officer", 422, "POST", args=a_code),
    Row("aid:households", SEE),
    Row("aid:households", SEE, method="POST", note="export"),
    Row("aid:household_book", SEE, args=village),
    Row("aid:household_book", SEE, method="POST", args=village, note="export"),
    Row("aid:household_homes", SEE, args=village),
    Row("aid:household_homes", SEE, method="POST", args=village, note="export"),
    Row("aid:household_book_pdf", SEE, args=village),
    Row("aid:household", SEE, args=home),
    Row("aid:household_pdf", SEE, args=home),
    Row("aid:household_reviews", SEE),
    Row("aid:household_reviews", SEE, method="POST", note="export"),
    Row("aid:household_review", SEE, args=at("county")),
    Row("aid:household_helps", SEE),
    Row("aid:household_helps", SEE, method="POST", note="export"),
    Row("aid:household_merge", "aid_officer", args=village),
    Row("aid:household_merge", "aid_officer", 422, "POST", args=village),
    Row("aid:household_undo_merge", "aid_officer", args=gone),
    Row("aid:household_undo_merge", "aid_officer", 422, "POST", args=gone),
    Row("aid:household_target", "aid_officer", args=village),
    Row("aid:household_target", "aid_officer", 302, "POST", args=village, data=a_target),
    Row("aid:household_sign", "aid_officer bureau_leader", 302, "POST", args=register),
    Row("aid:household_new", "village_officer"),
    Row("aid:household_new", "village_officer", 302, "POST", data=family),
    Row("aid:household_members", "township_officer aid_officer", args=home),
    Row("aid:household_members", "township_officer aid_officer", 422, "POST", args=home),
    Row("aid:household_measures", "village_officer", args=home),
    Row("aid:household_measures", "village_officer", 302, "POST", args=home, data=measures),
    Row("aid:household_propose", "village_officer", args=home),
    Row("aid:household_propose", "village_officer", 302, "POST", args=home, data=proposal),
    Row("aid:household_post", "village_officer", args=village),
    Row("aid:household_post", "village_officer", 302, "POST", args=village, data=meeting),
    Row(
        "aid:household_step",
        "village_officer",
        302,
        "POST",
        args=at("posted"),
        data=yes,
        note="village",
    ),
    Row(
        "aid:household_step",
        "township_officer",
        302,
        "POST",
        args=at("township"),
        data=yes,
        note="township",
    ),
    Row(
        "aid:household_step", "aid_officer bureau_leader", 302, "POST", args=at("county"), data=yes
    ),
    Row(
        "aid:household_object",
        "village_officer township_officer aid_officer bureau_leader",
        302,
        "POST",
        args=at("county"),
        data=lambda _world: {"words": "They own a shop."},
    ),
    Row("aid:household_withdraw", "village_officer", 302, "POST", args=at("gone")),
]

"""Households with good defaults; only what matters to a test is spelled out."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.aid.models import (
    CriterionFound,
    Household,
    HouseholdHelp,
    HouseholdMember,
    HouseholdReview,
    HouseholdStatus,
    MeasureSet,
    OpeningRegister,
    ReviewStep,
    VillageList,
)
from junheng.aid.models.households import HEAD
from junheng.aid.services import merging_villages
from junheng.commons import approvals
from junheng.evidence.facade import number_index
from junheng.places.models import Level, Place

MET = date(2026, 3, 2)
MERGED = date(2026, 5, 1)
CRITERIA = ("income", "food", "clothing", "schooling", "health", "housing")


def village(code: str = cast.VILLAGE) -> Place:
    """East Village, or another one of Chengguan Township."""
    cast.counties()
    return cast.place(code, f"Village {code[-3:]}", Level.VILLAGE, cast.TOWNSHIP)


def merge(one: Place, into: Place, on: date = MERGED) -> None:
    """A village becomes part of another one, by Ma and Wu."""
    county = cast.counties().path
    asked = merging_villages.ask_to_merge(one, into, on, "Decree 4", path=county, by=cast.ma())
    approvals.agree(asked, by=cast.wu())


def household(number: str = "H-1", at: Place | None = None, **given: Any) -> Household:
    """A household of East Village with its head."""
    defaults = {"entered_on": date(2014, 6, 1), "entered_by": cast.ma()}
    made: Household = Household.objects.create(
        number=number, village=at or village(), **defaults | given
    )
    member(made, relation=HEAD, name="田大山")
    return made


def member(of: Household, number: str | None = None, **given: Any) -> HouseholdMember:
    """A son of nine without a number."""
    defaults: dict[str, Any] = {"relation": "20", "name": "田小禾", "sex": "1"}
    key = number_index(number) if number else ""
    row: HouseholdMember = HouseholdMember.objects.create(
        household=of, resident_id=number, resident_id_key=key, **defaults | given
    )
    return row


def opening(*, signed: bool = False, **given: Any) -> OpeningRegister:
    """A county's register of before, waiting for its second person."""
    cast.counties()
    place = given.pop("place", None) or Place.objects.get(code=cast.COUNTY)
    row: OpeningRegister = OpeningRegister.objects.create(
        place=place, document="Register of 2014", loaded_by=cast.ma(), **given
    )
    return sign(row) if signed else row


def sign(row: OpeningRegister) -> OpeningRegister:
    """The leader agrees."""
    row.approved_by, row.approved_at = cast.wu(), row.loaded_at
    row.save()
    return row


def status(of: Household, under: OpeningRegister, **given: Any) -> HouseholdStatus:
    """Registered poor since 2014, class A, because of illness."""
    defaults: dict[str, Any] = {"kind": "registered_poor", "begun": "identified"}
    defaults |= {"valid_from": date(2014, 6, 1)}
    if given.get("kind", "registered_poor") == "registered_poor":
        defaults |= {"work_class": "A", "cause": "illness", "category": "general"}
    row: HouseholdStatus = HouseholdStatus.objects.create(
        household=of, opening=under, **defaults | given
    )
    return row


def poor(number: str = "H-1", **given: Any) -> Household:
    """A household that is registered poor, by a signed register."""
    register = opening()
    made = household(number, at=given.pop("at", None))
    status(made, register, **given)
    sign(register)
    return made


def review(of: Household, action: str = "remove", **given: Any) -> HouseholdReview:
    """A proposal of the village with all criteria met, or none where poverty is claimed."""
    defaults: dict[str, Any] = {"kind": "registered_poor", "words": "Their income is steady."}
    defaults |= {"number": f"R-{HouseholdReview.objects.count() + 1}", "proposed_by": cast.tian()}
    if action != "remove" and given.get("kind", "registered_poor") == "registered_poor":
        defaults |= {"work_class": "A", "cause": "illness"}
    met = given.pop("met", action == "remove")
    made: HouseholdReview = HouseholdReview.objects.create(
        household=of, action=action, **defaults | given
    )
    if made.kind == "registered_poor":
        CriterionFound.objects.bulk_create(
            CriterionFound(review=made, criterion=code, met=met, evidence="visit")
            for code in CRITERIA
        )
    return made


def posted(*of: HouseholdReview, since: date = MET) -> VillageList:
    """The list of a meeting, on the wall for seven days."""
    text = "\n".join(row.number for row in of)
    made: VillageList = VillageList.objects.create(
        village=of[0].household.village,
        met_on=since,
        attended=31,
        minutes="Minutes 3",
        posted_where="Village hall",
        posted_from=since,
        posted_to=since + timedelta(days=6),
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        posted_by=cast.tian(),
    )
    for row in of:
        row.village_list, row.state = made, "posted"
        row.save()
    return made


def step(of: HouseholdReview, level: str, by: User, **given: Any) -> ReviewStep:
    """A yes of a level, ten days after the meeting."""
    defaults: dict[str, Any] = {"yes": True, "paper": "Form 7", "on": MET + timedelta(days=10)}
    return ReviewStep.objects.create(review=of, level=level, by=by, **defaults | given)


def approve(of: HouseholdReview, **given: Any) -> HouseholdReview:
    """All the way: village, township, county."""
    posted(of)
    for level, by in (("village", cast.tian()), ("township", cast.zhou()), ("county", cast.ma())):
        step(of, level, by, **given)
    of.refresh_from_db()
    return of


def removed_long_ago() -> Household:
    """A household of four decades ago, by a register of then."""
    register, long_ago = opening(), date(1990, 1, 1)
    made = household("H-OLD", entered_on=long_ago)
    status(made, register, valid_from=long_ago, valid_to=date(1995, 1, 1))
    sign(register)
    return made


def spoken_of(home: Household) -> None:
    """Whatever words there may be about it: a plan, a refused review, a refused help, a child."""
    member(home, "990100201705010010", born_on=date(2017, 5, 1))
    long_ago = date(1991, 1, 1)
    MeasureSet.objects.create(
        household=home, measures=["work"], plan="A loom.", responsible="Tian",
        valid_from=long_ago, entered_by=cast.ma(),
    )  # fmt: skip
    asked = review(home, "return")
    posted(asked)
    step(asked, "village", cast.tian(), yes=False, words="The loom earns enough.")
    HouseholdReview.objects.exclude(state="refused").update(state="refused")  # without triggers
    HouseholdHelp.objects.create(
        household=home, kind="chronic", state="refused", on=long_ago, department="Health",
        reason="Not on the list.", paper="Letter 3", entered_by=cast.ma(),
    )  # fmt: skip

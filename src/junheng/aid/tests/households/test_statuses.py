"""A status begins and ends by three levels or a signed register, and is never edited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from junheng.accounts.tests import cast
from junheng.aid.models import Household, HouseholdReview, HouseholdStatus
from junheng.aid.selectors.statuses import pupil_statuses, register_known, statuses_by_key
from junheng.aid.tests.households import builders as build
from junheng.commons.tests.roles import as_the_site
from junheng.evidence.facade import number_index
from junheng.registry.tests.builders import a_class, a_pupil

pytestmark = pytest.mark.django_db
NUMBER, SISTERS = "990100201705010010", "990100201906010028"
YEAR = {"begin": date(2025, 9, 1), "end": date(2026, 9, 1)}


def refused(act: Callable[[], Any], says: str) -> None:
    """The database says no, to the site's own role."""
    with pytest.raises(DatabaseError, match=says), as_the_site(), transaction.atomic():
        act()


def test_a_household_is_removed_by_three_levels_and_returns_as_a_new_row() -> None:
    home = build.poor()
    build.approve(build.review(home))
    first = home.statuses.get(ended_by__number="R-1")
    assert first.valid_to == build.MET + timedelta(days=10)
    back = build.review(home, "return")
    build.posted(back, since=date(2026, 6, 1))
    for level, by in (("village", cast.tian()), ("township", cast.zhou()), ("county", cast.wu())):
        build.step(back, level, by, on=date(2026, 6, 20))
    began = [(row.begun, row.valid_from, row.valid_to) for row in home.statuses.all()]
    assert began == [
        ("identified", date(2014, 6, 1), date(2026, 3, 12)),
        ("returned", date(2026, 6, 20), None),
    ]


def test_nobody_skips_a_level_and_nobody_stands_on_two() -> None:
    review = build.review(build.poor())
    refused(lambda: build.step(review, "county", cast.ma()), "nobody skips")
    build.posted(review)
    refused(lambda: build.step(review, "township", cast.zhou()), "nobody skips")
    refused(lambda: build.step(review, "village", cast.tian(), on=build.MET), "still hangs")
    build.step(review, "village", cast.tian())
    refused(lambda: build.step(review, "township", cast.tian()), "decides nothing")
    build.step(review, "township", cast.zhou())
    refused(lambda: build.step(review, "county", cast.zhou()), "three_people")
    review.refresh_from_db()
    for state in ("approved", "posted"):
        later = HouseholdReview.objects.filter(pk=review.pk)
        refused(lambda later=later, state=state: later.update(state=state), "nobody skips")  # type: ignore[misc]
    build.step(review, "county", cast.ma(), yes=False, words="The evidence is of last year.")
    review.refresh_from_db()
    assert review.state == "refused"
    assert review.household.statuses.get().valid_to is None
    refused(lambda: review.steps.update(yes=True), "stays")
    early = build.review(build.poor("H-2"), met=False)
    refused(lambda: early.findings.update(met=True), "stays")
    refused(lambda: HouseholdReview.objects.filter(pk=early.pk)._raw_delete("default"), "kept")


@pytest.mark.parametrize(
    ("action", "met"),
    [
        pytest.param("remove", False, id="removed while a criterion is not met"),
        pytest.param("return", True, id="taken back in while every criterion is met"),
    ],
)
def test_the_criteria_decide_at_the_county(action: str, met: bool) -> None:
    home = build.poor()
    if action == "return":
        build.approve(build.review(home))
    review = build.review(home, action, met=met)
    build.posted(review)
    build.step(review, "village", cast.tian())
    build.step(review, "township", cast.zhou())
    refused(lambda: build.step(review, "county", cast.ma()), "criteria speak against")
    build.step(review, "county", cast.ma(), yes=False, words="The criteria speak against it.")


def test_a_status_is_never_written_edited_or_taken_away_by_hand() -> None:
    home, other = build.poor(), build.household("H-2")
    row = home.statuses.get()
    day = date(2026, 1, 1)
    plain = {
        "kind": "registered_poor",
        "begun": "identified",
        "work_class": "A",
        "cause": "illness",
    }
    same = HouseholdStatus.objects.filter(pk=row.pk)
    refused(lambda: same.update(valid_from=day), "never changes")
    refused(lambda: same.update(valid_to=day), "three levels approved")
    refused(lambda: same.delete(), "kept")
    refused(
        lambda: HouseholdStatus.objects.create(
            household=other, opening=row.opening, valid_from=day, **plain
        ),
        "nothing in any more",
    )
    refused(
        lambda: HouseholdStatus.objects.create(household=other, valid_from=day, **plain),
        "three levels approved",
    )
    build.approve(build.review(home))
    refused(lambda: same.update(valid_to=None, ended_by=None), "never changes")


def test_no_two_statuses_of_a_kind_overlap() -> None:
    home, register = build.household(), build.opening()
    build.status(home, register, valid_to=date(2018, 1, 1))
    build.status(home, register, kind="subsistence")
    build.status(home, register, valid_from=date(2018, 1, 1))
    with pytest.raises(IntegrityError, match="once_a_day"), transaction.atomic():
        build.status(home, register, valid_from=date(2016, 1, 1), valid_to=date(2017, 1, 1))


def test_two_people_sign_a_register_and_then_it_stays() -> None:
    register = build.opening()
    alone = {"approved_by": register.loaded_by, "approved_at": register.loaded_at}
    refused(lambda: type(register).objects.update(**alone), "two_people")
    build.sign(register)
    refused(lambda: type(register).objects.update(document="Another"), "stays as it is")
    refused(lambda: type(register).objects.all().delete(), "stays as it is")


@pytest.mark.parametrize("action", ["identify", "return"])
def test_a_proposal_starts_from_where_the_household_stands(action: str) -> None:
    refused(lambda: build.review(build.poor(), action), "no step from where")


def test_a_code_counts_only_on_its_days() -> None:
    home = build.household()
    refused(lambda: build.review(home, "identify", cause="no_drive"), "did not hold")
    refused(lambda: build.review(home, "identify", kind="rich"), "did not hold")
    assert build.review(home, "identify", category="general").state == "proposed"


def test_a_household_lives_in_a_village_and_stays_there() -> None:
    home = build.household()
    town = build.village().parent
    refused(lambda: build.household("H-9", at=town), "lives in a village")
    other = build.village("990100001002")
    refused(lambda: Household.objects.filter(pk=home.pk).update(village=other), "stays")


def test_pupils_have_their_households_statuses_by_key_and_by_link() -> None:
    home = build.household()
    register = build.opening()
    build.status(home, register, valid_to=date(2017, 1, 1), valid_from=date(2014, 6, 1))
    build.status(home, register, valid_from=date(2019, 1, 1), valid_to=date(2020, 1, 1))
    build.status(home, register, kind="subsistence", valid_from=date(2026, 1, 1))
    build.status(home, register, kind="monitored", valid_to=date(2025, 9, 1))
    seats = a_class(size=0)
    child = a_pupil(seats, resident_id=NUMBER, resident_id_key=number_index(NUMBER))
    linked = a_pupil(seats)
    build.member(home, NUMBER)
    build.member(home, SISTERS, pupil=linked, valid_from=date(2026, 3, 1), relation="30")
    path = cast.counties().path
    assert pupil_statuses(path, **YEAR) == [], "it waits for its second person"
    build.sign(register)
    rows = {
        (row.subject, row.kind, row.valid_from, row.valid_to)
        for row in pupil_statuses(path, **YEAR)
    }
    assert rows == {
        (str(child.pk), "registered_poor", date(2014, 6, 1), None),
        (str(child.pk), "subsistence", date(2026, 1, 1), None),
        (str(linked.pk), "subsistence", date(2026, 3, 1), None),
    }
    assert pupil_statuses("/99/9901/990200/", **YEAR) == []
    by_key = statuses_by_key([number_index(SISTERS), "", "nobody"], **YEAR)
    assert [(row.subject, row.kind) for row in by_key] == [(number_index(SISTERS), "subsistence")]
    assert (register_known(path), register_known("/99/9901/990200/")) == (True, False)

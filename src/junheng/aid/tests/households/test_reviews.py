"""What the services refuse in words before the database has to, and what hangs in the village."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.aid.models import Household, HouseholdReview
from junheng.aid.services import households, reviews
from junheng.aid.services.reviews import Found, Meeting, Wanted
from junheng.aid.tests.households import builders as build
from junheng.cases.facade import case_of, settle
from junheng.commons.refusals import Refusal

pytestmark = pytest.mark.django_db
REMOVE = Wanted("registered_poor", "remove", "Their shop does well.")
BACK = Wanted("registered_poor", "return", "The harvest was lost.", "A", "illness")


def found(*, met: bool = True) -> dict[str, Found]:
    return {code: Found(met, "visit") for code in build.CRITERIA}


def posted() -> HouseholdReview:
    """A proposal on a list that has come down."""
    review = reviews.propose(build.poor(), REMOVE, found(), by=cast.tian())
    day = timezone.localdate() - timedelta(days=10)
    meeting = Meeting(day, 30, "Minutes 3", "hall", day)
    reviews.post_list(review.household.village, [review], meeting, by=cast.tian())
    return review


def yes(review: HouseholdReview, by: Any, on: date | None = None) -> None:
    day = on or timezone.localdate()
    reviews.take_step(review, yes=True, words="", paper="Form 7", on=day, by=by)


@pytest.mark.parametrize(
    ("wanted", "answers", "refusal"),
    [
        pytest.param(BACK, found(met=False), reviews.NoSuchStep, id="not removed yet"),
        pytest.param(REMOVE, {}, reviews.CriteriaOpen, id="no answer"),
        pytest.param(REMOVE, found(met=False), reviews.CriteriaOpen, id="still poor"),
    ],
)
def test_what_cannot_be_proposed(
    wanted: Wanted, answers: dict[str, Found], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        reviews.propose(build.poor(), wanted, answers, by=cast.tian())
    assert HouseholdReview.objects.count() == 0


def test_whoever_meets_every_criterion_is_not_taken_back_in() -> None:
    home = build.poor()
    build.approve(build.review(home))
    with pytest.raises(reviews.CriteriaOpen):
        reviews.propose(home, BACK, found(), by=cast.tian())


def test_one_review_of_a_status_at_a_time_and_it_can_be_withdrawn() -> None:
    home = build.poor()
    first = reviews.propose(home, REMOVE, found(), by=cast.tian())
    with pytest.raises(reviews.UnderWay):
        reviews.propose(home, REMOVE, found(), by=cast.tian())
    reviews.withdraw(first)
    assert reviews.propose(home, REMOVE, found(), by=cast.tian()).state == "proposed"
    with pytest.raises(reviews.NotYourTurn):
        reviews.withdraw(first)


def test_the_list_on_the_wall_has_masks_and_no_reasons() -> None:
    hung = posted().village_list
    assert hung is not None
    assert "田大山" not in hung.text
    assert "shop" not in hung.text
    assert "田" in hung.text
    assert hashlib.sha256(hung.text.encode()).hexdigest() == hung.sha256


def test_a_list_hangs_long_enough() -> None:
    review = reviews.propose(build.poor(), REMOVE, found(), by=cast.tian())
    today = timezone.localdate()
    for meeting in (
        Meeting(today, 30, "3", "hall", today, days=6),
        Meeting(today, 30, "3", "hall", today - timedelta(days=1)),
    ):
        with pytest.raises(reviews.NothingToPost):
            reviews.post_list(review.household.village, [review], meeting, by=cast.tian())


def test_an_objection_is_a_case_and_nobody_says_yes_before_its_answer() -> None:
    review = posted()
    number = reviews.object_to(review, "They own a shop.", by=cast.zhou())
    with pytest.raises(reviews.ObjectionOpen):
        yes(review, cast.tian())
    case = case_of(reviews.OBJECTION, review.number)
    assert case is not None
    assert (case.number, "shop" in case.title) == (number, False)
    settle(number, outcome="answered", words="It is a cousin's.", by=cast.ma())
    yes(review, cast.tian())
    review.refresh_from_db()
    assert review.state == "at_township"


def refuses(act: Callable[[], object], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        act()


def test_days_turns_and_people_are_told_in_words() -> None:
    review = posted()
    early = timezone.localdate() - timedelta(days=5)
    refuses(lambda: yes(review, cast.tian(), early), reviews.StillPosted)
    yes(review, cast.tian())
    refuses(lambda: yes(review, cast.tian()), reviews.NotYourTurn)
    yes(review, cast.zhou())
    refuses(lambda: yes(review, cast.zhou()), reviews.NotYourTurn)
    yes(review, cast.wu())
    refuses(lambda: yes(review, cast.ma()), reviews.NotYourTurn)
    refuses(lambda: reviews.withdraw(review), reviews.NotYourTurn)
    refuses(
        lambda: reviews.object_to(HouseholdReview.objects.get(), "x", by=cast.ma()),
        reviews.NotYourTurn,
    )


def test_a_household_has_one_head_and_nobody_belongs_to_two() -> None:
    village, today = build.village(), timezone.localdate()
    head = households.Person("田大山", "02", "990100198001010010")
    child = households.Person("田小禾", "20")
    refuses(lambda: written(village, [child]), households.NoHead)
    home = households.write_down(village, [head, child], on=today, by=cast.tian())
    assert home.members.on(today).count() == 2
    assert home.number == f"{village.code}-0001"
    refuses(lambda: written(village, [head]), households.ElsewhereAlready)
    written(village, [households.Person("田二", "02")])
    assert Household.objects.order_by("-number")[0].number == f"{village.code}-0002"


def written(village: Any, people: list[households.Person]) -> None:
    households.write_down(village, people, on=timezone.localdate(), by=cast.tian())


def test_a_household_has_one_set_of_measures_at_a_time() -> None:
    home, today = build.household(), timezone.localdate()
    first: dict[str, Any] = {"plan": "", "responsible": "Tian", "by": cast.tian()}
    households.set_measures(home, ["work"], on=today - timedelta(days=30), **first)
    households.set_measures(home, ["health"], on=today, **first)
    assert [row.valid_to for row in home.measure_sets.order_by("valid_from")] == [today, None]
    refuses(
        lambda: households.set_measures(home, ["work"], on=today, **first),
        households.ElsewhereAlready,
    )

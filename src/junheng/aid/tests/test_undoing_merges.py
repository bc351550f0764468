"""A wrong merge of villages is undone by two people: afterwards all is as if it had never been."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, client, english, signed_in
from junheng.aid.models import (
    FormerVillage,
    Household,
    HouseholdVisit,
    LeftOut,
    VillageMerge,
)
from junheng.aid.models.merge_guards import UNDO
from junheng.aid.services import settling_left_out, undoing_merges
from junheng.aid.tests.checks import builders as checks
from junheng.aid.tests.households import builders as build
from junheng.aid.tests.households.test_merging import into, named
from junheng.cases.models import Case
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.commons.tests.roles import as_the_site
from junheng.evidence.facade import Register
from junheng.places.models import Place

__all__ = ["client", "english", "signed_in"]
pytestmark = pytest.mark.django_db
PAGE = f"/aid/households/places/{cast.VILLAGE}/merge/undo/"
DAY = build.MERGED
EVE = DAY - timedelta(days=1)


def as_it_is() -> dict[str, list[Any]]:
    """Where everything lies that a merge moves."""
    tables = {
        "households": Household.objects.values_list("number", "village"),
        "former": FormerVillage.objects.values_list("household", "village", "valid_to"),
        "merges": VillageMerge.objects.values_list("village", "into"),
        "left out": LeftOut.objects.values_list("pk", "path"),
        "cases": Case.objects.values_list("kind", "subject", "path"),
    }
    return {name: sorted(map(str, rows)) for name, rows in tables.items()}


def asked(village: Place, why: str = "选错了村") -> Approval:
    merge = VillageMerge.objects.get(village=village)
    return undoing_merges.ask_to_undo(merge, why, path=cast.counties().path, by=cast.ma())


def undone(village: Place) -> None:
    approvals.agree(asked(village), cast.wu())


def left_out() -> None:
    """Two people of East Village whom a register calls poor, and who are in no household."""
    checks.rule(Register.SUBSISTENCE, speaks="for")
    numbers = ("990100197001010013", "99010019700101003X")
    checks.delivered(
        *({"resident_id": n, "name": "程玉兰", "place_code": cast.VILLAGE} for n in numbers),
        register=Register.SUBSISTENCE,
    )
    checks.checked()


def test_after_it_everything_lies_where_it_lay_before() -> None:
    home, other = build.poor(), into()
    build.poor("H-2", at=other)
    left_out()
    before, days = as_it_is(), [named(cast.ma(), day) for day in (EVE, DAY)]
    build.merge(home.village, other)
    assert as_it_is() != before
    undone(home.village)
    assert as_it_is() == before
    assert [named(cast.ma(), day) for day in (EVE, DAY)] == days
    build.merge(home.village, other)
    assert Household.objects.get(number="H-1").village == other, "it can be merged anew"


def test_what_came_to_the_village_before_comes_back_with_it() -> None:
    home, second, third = build.poor(), into(), build.village(f"{cast.TOWNSHIP}003")
    left_out()
    build.merge(home.village, second)
    before = as_it_is()
    build.merge(second, third, DAY + timedelta(days=30))
    undone(second)
    assert as_it_is() == before
    undone(home.village)
    assert not FormerVillage.objects.exists()


def test_two_people_undo_it_from_a_page(signed_in: SignedIn) -> None:
    home, other = build.poor(), into()
    ma, wu = signed_in(cast.ma()), signed_in(cast.wu())
    assert ma.get(PAGE).status_code == 404, "there is no merge yet"
    build.merge(home.village, other)
    assert PAGE in ma.get(f"/aid/households/places/{cast.VILLAGE}/").content.decode()
    for wrong in ({"why": ""}, {"why": "  "}, {"why": "x" * 201}):
        assert ma.post(PAGE, wrong).status_code == 422
    assert ma.post(PAGE, {"why": "The wrong village"}).status_code == 302
    assert ma.post(PAGE, {"why": "The wrong village"}).status_code == 422, "it waits already"
    step = Approval.objects.get(kind=UNDO)
    shown = wu.get(f"/approvals/{step.pk}/").content.decode()
    for part in ("The wrong village", "Decree 4", other.name):
        assert part in shown
    ma.post(f"/approvals/{step.pk}/agree/")
    assert Household.objects.get().village == other
    assert wu.post(f"/approvals/{step.pk}/agree/").status_code == 302
    assert Household.objects.get().village == home.village
    assert ma.get(PAGE).status_code == 404
    assert wu.get(PAGE).status_code == 404


def a_review(home: Household) -> None:
    build.review(home)


def a_visit(home: Household) -> None:
    number, until = f"V-{home.number}", date(2030, 1, 1)
    HouseholdVisit.objects.create(number=number, household=home, reply_until=until)


@pytest.mark.parametrize(("begins", "words"), [(a_review, "a review"), (a_visit, "a visit")])
def test_it_stays_where_something_was_begun_of_its_people_since_and_says_of_whom(
    begins: Callable[[Household], None], words: str, english: None
) -> None:
    home, other = build.poor(), into()
    build.merge(home.village, other)
    begins(build.poor("H-2", at=other))
    step = asked(home.village)
    begins(Household.objects.get(number="H-1"))
    with pytest.raises(undoing_merges.CannotUndo, match=f"{words} .*H-1"):
        approvals.agree(step, cast.wu())
    step.refresh_from_db()
    assert step.state == "pending"
    assert VillageMerge.objects.exists()


def test_it_stays_where_somebody_left_out_is_visited_since(english: None) -> None:
    home, other = build.poor(), into()
    left_out()
    build.merge(home.village, other)
    settling_left_out.ask_for_visit(LeftOut.objects.order_by("pk")[0], by=cast.ma())
    with pytest.raises(undoing_merges.CannotUndo, match="left out"):
        asked(home.village)


def test_a_village_that_went_on_is_to_come_back_first(english: None) -> None:
    home, second, third = build.poor(), into(), build.village(f"{cast.TOWNSHIP}003")
    build.merge(home.village, second)
    build.merge(second, third, DAY + timedelta(days=30))
    with pytest.raises(undoing_merges.CannotUndo, match=f"{third.name} since"):
        asked(home.village)


def test_a_village_that_is_none_any_more_gets_nobody_back(english: None) -> None:
    home, other = build.poor(), into()
    build.merge(home.village, other)
    Place.objects.filter(pk=home.village_id).update(valid_to=DAY)
    with pytest.raises(undoing_merges.CannotUndo, match="no village any more"):
        asked(home.village)


def test_the_database_undoes_nothing_that_two_people_did_not_agree_to() -> None:
    home, other = build.poor(), into()
    build.merge(home.village, other)
    merge = VillageMerge.objects.get()
    step = asked(home.village)

    def function() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT aid_undo_merge(%s)", [merge.pk])

    deeds: dict[str, Callable[[], object]] = {
        "two people": function,
        "never changes": merge.delete,
        "stays in its village": lambda: Household.objects.update(village=home.village),
    }
    for words, deed in deeds.items():
        with as_the_site(), pytest.raises(DatabaseError, match=words), transaction.atomic():
            deed()
    approvals.agree(step, cast.wu())
    with pytest.raises(DatabaseError, match="two people"), transaction.atomic():
        function()
    assert Household.objects.get().village == home.village


def test_the_database_takes_nothing_from_under_what_was_decided() -> None:
    home, other = build.poor(), into()
    build.merge(home.village, other)
    step = asked(home.village)
    build.review(Household.objects.get())
    agreed = {"state": "agreed", "decided_by": cast.wu(), "decided_at": timezone.now()}
    Approval.objects.filter(pk=step.pk).update(**agreed)
    with (
        pytest.raises(DatabaseError, match="from under it"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT aid_undo_merge(%s)", [step.payload["merge"]])

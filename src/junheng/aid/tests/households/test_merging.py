"""A village becomes part of another from a day on, by two people; before it, all is as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, client, english, signed_in
from junheng.aid.models import (
    FormerVillage,
    Household,
    HouseholdVisit,
    VillageMerge,
    VillageTarget,
)
from junheng.aid.models.merge_guards import MERGE
from junheng.aid.selectors.cards import card_of
from junheng.aid.selectors.helps import helps_of
from junheng.aid.selectors.households import entries_on, homes_on, villages_on
from junheng.aid.selectors.merges import part_of
from junheng.aid.services import household_imports, households, merging_villages
from junheng.aid.tests.households import builders as build
from junheng.commons.imports import CannotUndo
from junheng.commons.models import Approval, ImportBatch
from junheng.commons.tests.roles import as_the_site
from junheng.places.models import OrganisationKind, Place, Role

__all__ = ["client", "english", "signed_in"]
pytestmark = pytest.mark.django_db
PAGE = f"/aid/households/places/{cast.VILLAGE}/merge/"
DAY = build.MERGED
EVE = DAY - timedelta(days=1)


def into() -> Place:
    """The village that stays, also in Chengguan Township."""
    return build.village(f"{cast.TOWNSHIP}002")


def officer(village: Place) -> User:
    """Whoever speaks for a village."""
    committee = cast.organisation(
        f"c-{village.code}", OrganisationKind.VILLAGE_COMMITTEE, at=village.code
    )
    return cast.person(f"o-{village.code}", Role.VILLAGE_OFFICER, committee)


def named(user: User, day: date) -> dict[str, tuple[int, int | None, int | None]]:
    """Registered poor households, target and rate by village, as the list of a day has them."""
    return {
        row.village.code: (row.poor.households, row.target, row.permille)
        for row in villages_on(user, day)
    }


def target(village: Place, people: int, population: int, **given: Any) -> None:
    VillageTarget.objects.create(
        village=village, year=2026, people=people, population=population, document="x",
        set_by=cast.wu(), **given,
    )  # fmt: skip


# ------------------------------------------------------------------------ as on a day


def test_the_old_village_has_its_households_until_the_eve_and_the_new_one_from_the_day_on() -> None:
    home, other = build.poor(), into()
    build.poor("H-2", at=other)
    old = home.village
    build.merge(old, other)
    ma, township = cast.ma(), Place.objects.get(code=cast.TOWNSHIP).path
    assert named(ma, EVE) == {old.code: (1, None, None), other.code: (1, None, None)}
    assert named(ma, DAY) == {other.code: (2, None, None)}
    for day, here, there in ((EVE, 1, 1), (DAY, 0, 2)):
        assert entries_on(ma, day, old.path).count() == here
        assert homes_on(ma, day, old.path).count() == here
        assert entries_on(ma, day, other.path).count() == there
        assert entries_on(ma, day, township).count() == 2
    entries: Any = entries_on(ma, EVE, old.path)
    assert [row.lay_name for row in entries] == [old.name]
    moved = Household.objects.get(number=home.number)
    assert (moved.village, moved.statuses.get().kind) == (other, "registered_poor")
    cards = {day: card_of(moved, day) for day in (EVE, DAY)}
    assert (cards[EVE].village, cards[DAY].village) == (old, other)
    assert [(row.village, row.valid_to) for row in cards[DAY].before] == [(old, DAY)]


def test_a_village_that_goes_twice_lies_on_each_day_where_it_lay() -> None:
    home, second, third = build.poor(), into(), build.village(f"{cast.TOWNSHIP}003")
    first = home.village
    build.merge(first, second)
    later = DAY + timedelta(days=30)
    build.merge(second, third, later)
    shown = {day: list(named(cast.ma(), day)) for day in (EVE, DAY, later - timedelta(1), later)}
    assert list(shown.values()) == [[first.code], [second.code], [second.code], [third.code]]
    assert part_of(first) == third


def test_help_stands_in_the_village_of_its_day() -> None:
    home, other = build.poor(), into()
    old = home.village
    build.merge(old, other)
    for on in (EVE, DAY):
        home.helps.create(
            kind="repair", state="given", on=on, department="Housing", fen=100,
            entered_by=cast.ma(),
        )  # fmt: skip
    rows = helps_of(cast.ma(), year=2026, by_township=False)
    assert [(row.code, row.times) for row in rows] == [(old.code, 1), (other.code, 1)]
    (town,) = helps_of(cast.ma(), year=2026, by_township=True)
    assert (town.code, town.times) == (cast.TOWNSHIP, 2)


def test_targets_and_rates_are_of_the_villages_as_they_were() -> None:
    home, other = build.poor(), into()
    old = home.village
    target(old, 3, 50)
    target(other, 4, 150, set_at=timezone.now() - timedelta(minutes=1))
    build.merge(old, other)
    assert named(cast.ma(), EVE) == {old.code: (1, 3, 20), other.code: (0, 4, 0)}
    assert named(cast.ma(), DAY) == {other.code: (1, 7, 5)}


def test_a_target_that_is_set_when_the_merge_is_known_is_that_of_both() -> None:
    """Until the moment it was agreed to, however long before that it had happened."""
    home, other = build.poor(), into()
    target(home.village, 3, 50)
    target(other, 9, 200, set_at=timezone.now() - timedelta(minutes=1))
    build.merge(home.village, other)
    assert named(cast.ma(), DAY)[other.code][1] == 12
    later = timezone.now() + timedelta(minutes=1)
    VillageTarget.objects.filter(village=other).update(people=10, set_at=later)
    assert named(cast.ma(), DAY)[other.code][1] == 10


@pytest.mark.parametrize("goes", [True, False])
def test_nobody_guesses_a_target_of_two_villages(*, goes: bool) -> None:
    home, other = build.poor(), into()
    target(home.village if goes else other, 3, 50, set_at=timezone.now() - timedelta(minutes=1))
    build.merge(home.village, other)
    assert named(cast.ma(), DAY)[other.code][1:] == (None, None)


def test_who_left_poverty_counts_for_the_village_of_the_day_that_is_looked_at() -> None:
    home, other = build.poor(), into()
    build.approve(build.review(home))
    old = home.village
    build.merge(old, other)
    left = {
        day: {row.village.code: row.left for row in villages_on(cast.ma(), day)}
        for day in (EVE, DAY)
    }
    assert left == {EVE: {old.code: 1}, DAY: {other.code: 1}}


# ------------------------------------------------------------------------ who sees it


def test_the_new_villages_officer_sees_the_past_and_the_old_ones_sees_nothing(client: Any) -> None:
    home, other = build.poor(), into()
    old = home.village
    target(old, 3, 50)
    theirs, ours = officer(old), officer(other)
    assert named(theirs, EVE)[old.code] == (1, 3, 20)
    assert named(ours, EVE) == {}
    build.merge(old, other)
    assert named(ours, EVE) == {old.code: (1, 3, 20)}
    assert named(theirs, EVE) == named(theirs, DAY) == {}
    book, card = reverse("aid:household_book", args=[old.code]), f"/aid/households/{home.number}/"
    client.force_login(theirs)
    assert client.get(book, {"on": EVE.isoformat()}).status_code == 404
    client.force_login(ours)
    assert home.number in client.get(book, {"on": EVE.isoformat()}).content.decode()
    after = client.get(book, {"on": DAY.isoformat()}).content.decode()
    assert home.number not in after
    assert other.name in after
    page = reverse("aid:household", args=[home.number])
    assert old.name in client.get(page, {"on": EVE.isoformat()}).content.decode()
    assert card not in client.get(book).content.decode()


# ------------------------------------------------------------------------ what is asked for


def test_two_people_merge_a_village_from_a_page(signed_in: SignedIn) -> None:
    home, other = build.poor(), into()
    ma, wu = signed_in(cast.ma()), signed_in(cast.wu())
    told: dict[str, Any] = {"into": other.code, "paper": "Decree 4", "on": DAY.isoformat()}
    tomorrow = timezone.localdate() + timedelta(days=1)
    for wrong in (
        *({"into": cast.VILLAGE}, {"into": "nowhere"}, {"paper": ""}),
        *({"on": ""}, {"on": "2026-13-01"}, {"on": tomorrow.isoformat()}),
    ):
        assert ma.post(PAGE, told | wrong).status_code == 422
    assert ma.post(PAGE, told).status_code == 302
    assert Household.objects.get().village.code == cast.VILLAGE
    asked = Approval.objects.get()
    page = wu.get(f"/approvals/{asked.pk}/").content.decode()
    assert "Decree 4" in page
    assert "2026" in page
    assert wu.post(f"/approvals/{asked.pk}/agree/").status_code == 302
    assert Household.objects.get().village == other
    assert VillageMerge.objects.get().merged_on == DAY
    assert home.number in ma.get(f"/aid/households/places/{other.code}/").content.decode()
    empty = ma.post(PAGE, told)
    assert empty.status_code == 422
    assert "No household is written down here" in empty.content.decode()


@pytest.mark.parametrize("what", ["review", "visit"])
def test_nothing_goes_while_somebody_there_has_something_to_end(what: str) -> None:
    home, other = build.poor(), into()
    if what == "review":
        build.review(home)
    else:
        until = date(2030, 1, 1)
        HouseholdVisit.objects.create(number="V-1", household=home, reply_until=until)
    with pytest.raises(merging_villages.CannotMerge, match="under way"):
        build.merge(home.village, other)


def test_a_village_goes_after_what_came_to_it_and_never_to_one_that_is_gone() -> None:
    first, second, third = build.poor().village, into(), build.village(f"{cast.TOWNSHIP}003")
    build.merge(first, second)
    with pytest.raises(merging_villages.CannotMerge, match="later day"):
        build.merge(second, third)
    build.poor("H-3", at=third)
    with pytest.raises(merging_villages.CannotMerge, match="another village"):
        build.merge(third, first, DAY + timedelta(days=1))


def test_nobody_is_written_down_in_a_village_that_is_gone() -> None:
    home, other = build.poor(), into()
    old = home.village
    build.merge(old, other)
    people = [households.Person(name="田小禾", relation="02")]
    with pytest.raises(households.PartOfAnother, match=other.name):
        households.write_down(old, people, on=DAY, by=cast.tian())
    with pytest.raises(DatabaseError, match="part of another"), transaction.atomic():
        build.household("H-9", at=old)


def test_a_register_of_before_whose_households_went_is_not_taken_back() -> None:
    other, batch = into(), ImportBatch(pk=uuid4())
    register, home = build.opening(batch=batch.pk), build.household(batch=batch.pk)
    build.status(home, register)
    build.merge(home.village, other)
    assert FormerVillage.objects.get().household == home
    with pytest.raises(CannotUndo):
        household_imports.RegisterImporter().undo(batch)


# ------------------------------------------------------------------------ the database


def stays(rows: Any, **change: date) -> None:
    """Nothing of these rows changes, and none goes."""
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        rows.update(**change)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        rows.delete()


def test_the_database_moves_no_household_without_two_people() -> None:
    home, other = build.poor(), into()
    refused: dict[str, Callable[[], object]] = {
        "stays in its village": lambda: Household.objects.update(village=other),
        "by two people": lambda: VillageMerge.objects.create(
            village=home.village, into=other, merged_on=DAY, document="Decree 4"
        ),
        "written down when it goes": lambda: FormerVillage.objects.create(
            household=home, village=other, valid_to=DAY
        ),
    }
    for words, deed in refused.items():
        with as_the_site(), pytest.raises(DatabaseError, match=words), transaction.atomic():
            deed()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"merged_on": EVE}, id="another day"),
        pytest.param({"document": "Decree 5"}, id="another document"),
    ],
)
def test_a_merge_is_what_two_people_agreed_to(other: dict[str, Any]) -> None:
    village, target_village = build.poor().village, into()
    payload = {"from": village.pk, "to": target_village.pk, "on": DAY.isoformat()}
    Approval.objects.create(
        kind=MERGE, matter="m", path=cast.counties().path, title="t", payload=payload,
        reason="Decree 4", asked_by=cast.ma(),
    )  # fmt: skip
    Approval.objects.update(state="agreed", decided_by=cast.wu(), decided_at=timezone.now())
    told: dict[str, Any] = {"merged_on": DAY, "document": "Decree 4"}
    told |= {"village": village, "into": target_village}
    with as_the_site():
        with pytest.raises(DatabaseError, match="two people"), transaction.atomic():
            VillageMerge.objects.create(**told | other)
        VillageMerge.objects.create(**told)
        stays(VillageMerge.objects.all(), merged_on=EVE)


def test_where_a_household_lay_stays_as_it_was_written() -> None:
    home, other = build.poor(), into()
    build.merge(home.village, other)
    with as_the_site():
        stays(FormerVillage.objects.all(), valid_to=EVE)

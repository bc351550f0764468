"""Somebody is born, marries, moves away, or becomes the head: on a paper, by whoever may."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, client, english, signed_in
from junheng.aid.models import HEAD, Household, HouseholdMember
from junheng.aid.selectors.statuses import pupil_statuses
from junheng.aid.services.batches import NotTheirPost
from junheng.aid.services.household_members import (
    DayDoesNotFit,
    HeadGoesLast,
    join,
    leave,
    make_head,
)
from junheng.aid.services.households import ElsewhereAlready, Person
from junheng.aid.tests.households import builders as build
from junheng.evidence.facade import number_index
from junheng.registry.tests.builders import a_class, a_pupil

__all__ = ["client", "english", "signed_in"]
pytestmark = pytest.mark.django_db
CHILD = "990100201705010010"
BIRTH = date(2017, 5, 1)
BORN = Person("田小雨", "30", CHILD, sex="1", born_on=BIRTH)


def page(home: Household) -> str:
    return reverse("aid:household_members", args=[home.number])


def joined(home: Household, by: Any, person: Person = BORN, **given: Any) -> HouseholdMember:
    return join(home, person, **{"since": BIRTH, "paper": "Birth certificate", "by": by} | given)


def test_a_child_that_joins_has_its_households_status_from_that_day_on() -> None:
    home = build.poor()
    pupil = a_pupil(a_class(), resident_id=CHILD, resident_id_key=number_index(CHILD))
    begin, end = date(2016, 1, 1), date(2026, 12, 31)
    assert pupil_statuses(pupil.organisation.path, begin=begin, end=end) == []
    row = joined(home, cast.zhou())
    assert row.pupil_id is None or row.pupil_id == pupil.pk
    (found,) = pupil_statuses(pupil.organisation.path, begin=begin, end=end)
    assert (found.subject, found.kind, found.valid_from) == (
        str(pupil.pk), "registered_poor", BIRTH,
    )  # fmt: skip


def test_who_has_left_is_not_counted_any_more_and_may_belong_elsewhere() -> None:
    home, other, today = build.poor(), build.household("H-2"), timezone.localdate()
    row = joined(home, cast.zhou())
    with pytest.raises(ElsewhereAlready):
        joined(other, cast.tian())
    leave(row, on=today, paper="Marriage", by=cast.zhou())
    assert home.members.on(today).count() == 1
    assert home.members.on(today - timedelta(days=1)).count() == 2
    assert joined(other, cast.tian(), since=today).household == other
    row.refresh_from_db()
    assert row.valid_to == today


def test_another_head_before_the_head_leaves() -> None:
    home, today, by = build.poor(), timezone.localdate(), cast.zhou()
    head = home.members.get()
    row = joined(home, by)
    with pytest.raises(HeadGoesLast, match="who is the head now"):
        leave(head, on=today, paper="Death", by=by)
    for who, before in ((head, "51"), (row, HEAD)):
        with pytest.raises(HeadGoesLast):
            make_head(who, before=before, paper="Death", by=by)
    make_head(row, before="51", paper="Death", by=by)
    head.refresh_from_db()
    assert head.relation == "51"
    leave(head, on=today, paper="Death", by=by)
    assert [one.relation for one in home.members.on(today)] == [HEAD]


def test_days_that_do_not_fit_are_refused_and_change_nothing() -> None:
    home, by = build.poor(), cast.zhou()
    late = timezone.localdate() + timedelta(days=1)
    with pytest.raises(DayDoesNotFit, match="has not come yet"):
        joined(home, by, since=late)
    with pytest.raises(DayDoesNotFit, match="before the birthday"):
        joined(home, by, since=date(2017, 4, 30))
    row = joined(home, by)
    for day in (late, BIRTH):
        with pytest.raises(DayDoesNotFit):
            leave(row, on=day, paper="x", by=by)
    with pytest.raises(ElsewhereAlready):
        joined(home, by, Person("another", HEAD))
    assert home.members.filter(valid_to=None).count() == 2


def test_a_village_writes_people_down_only_until_something_is_decided() -> None:
    new, poor = build.household("H-2"), build.poor()
    joined(new, cast.tian())
    with pytest.raises(NotTheirPost):
        joined(poor, cast.tian(), Person("田二", "20"))
    for somebody in (cast.sun(), cast.xu(), cast.wu()):
        with pytest.raises(NotTheirPost):
            joined(poor, somebody, Person("田二", "20"))
    joined(poor, cast.ma(), Person("田二", "20"))


def test_the_page_shows_masks_and_says_what_is_wrong(signed_in: SignedIn) -> None:
    home = build.poor()
    zhou, tian = signed_in(cast.zhou()), signed_in(cast.tian())
    card = reverse("aid:household", args=[home.number])
    assert page(home) in zhou.get(card).content.decode()
    assert page(home) not in tian.get(card).content.decode()
    assert tian.get(page(home)).status_code == 404
    shown = zhou.get(page(home)).content.decode()
    assert "田大山" not in shown
    told = {
        "what": "join", "join-name": "田小雨", "join-relation": "30",
        "join-since": "2026-01-02", "join-paper": "Birth certificate",
    }  # fmt: skip
    for wrong in (
        {"join-name": ""}, {"join-relation": ""}, {"join-relation": "zz"}, {"join-since": "soon"},
        {"join-since": "2999-01-01"}, {"join-paper": ""}, {"what": "nothing"},
        {"join-resident_id": "990100201705010011"},
    ):  # fmt: skip
        assert zhou.post(page(home), told | wrong).status_code == 422
    assert home.members.count() == 1
    assert zhou.post(page(home), told).status_code == 302
    son = home.members.get(relation="30")
    stranger = build.household("H-2").members.get()
    gone = {"what": "leave", "leave-on": "2026-02-02", "leave-paper": "Moved away"}
    for who in (str(stranger.pk), "x", str(home.members.get(relation=HEAD).pk)):
        assert zhou.post(page(home), gone | {"leave-member": who}).status_code == 422
    assert zhou.post(page(home), gone | {"leave-member": str(son.pk)}).status_code == 302
    shown = zhou.get(card).content.decode()
    assert "On other days:" in shown
    assert "2026-01-02 – 2026-02-02" in shown
    assert "田小雨" not in shown


def test_another_head_is_chosen_on_the_page(signed_in: SignedIn) -> None:
    home = build.poor()
    row = joined(home, cast.zhou())
    told = {"what": "head", "head-member": str(row.pk), "head-before": "51", "head-paper": "x"}
    assert signed_in(cast.ma()).post(page(home), told).status_code == 302
    row.refresh_from_db()
    assert row.relation == HEAD

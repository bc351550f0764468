"""A second round gives what the first one left to children without a seat, and nothing twice."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Round, RoundRun
from junheng.admissions.services import second_rounds
from junheng.admissions.services.applying import NotOpen
from junheng.admissions.tests.after import builders
from junheng.admissions.tests.after.builders import of_family
from junheng.admissions.tests.applying import builders as families
from junheng.commons.models import Message
from junheng.registry.models import Pupil
from junheng.registry.tests import builders as registry
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def over(li: User, wu: User) -> RoundRun:
    """The first round after its check-in: nobody came, and every seat is released."""
    record = builders.over(builders.published(li, wu))
    builders.released(record, li, wu)
    return record


def as_(client: Client, who: User) -> Client:
    client.force_login(who)
    client.cookies["django_language"] = "en"
    return client


def test_from_the_first_result_to_a_pupil_seated_in_the_second_round(
    over: RoundRun, li: User, wu: User, client: Client
) -> None:
    zhao, twin = cast.zhao(), builders.child(over, "c7")
    mine = of_family(over, zhao, "c1")
    as_(client, li)
    with same_queries("admissions", "second round, officer"):
        page = client.get(f"/rounds/{over.round_id}/second/").content.decode()
    assert "Hold a second round" in page
    sent = client.post(f"/rounds/{over.round_id}/second/", {"ref": "2026-g1-2"})
    assert sent.status_code == 302
    made = Round.objects.get(second_of=over.round_id)
    assert list(made.plan.order_by("code").values_list("seats", flat=True)) == [2, 3, 1]
    builders.opened_second(made, li, wu)
    assert Message.objects.filter(template="admissions.second").count() == 7
    for one, other in ((over.round, made), (made, over.round)):
        shown = client.get(reverse("public:round", args=[one.place.code, one.ref]))
        assert reverse("public:round", args=[other.place.code, other.ref]) in shown.content.decode()

    page = as_(client, zhao).get(f"/apply/numbers/{mine.number}/").content.decode()
    assert "Take part in the second round" in page
    address = f"/apply/numbers/{mine.number}/second/"
    with same_queries("admissions", "second round, family"):
        assert "Chengguan Primary (2)" in client.get(address).content.decode()
    taken = client.post(address, {"wish_1": "school-1", "wish_2": "school-2"}, follow=True)
    assert "checked" in taken.content.decode()
    as_(client, li)
    counter = f"/rounds/{made.pk}/second/for/?number={twin.number}"
    assert client.get(counter).status_code == 200
    assert client.post(counter, {"wish_1": "school-2"}).status_code == 302
    typed = made.applications.filter(channel="clerk")
    assert {(one.code, one.entered_by) for one in typed} == {("c6", li), ("c7", li)}

    record = builders.published_second(made, li, wu)
    placed = dict(record.placements.values_list("code", "school__code"))
    assert placed == {"c1": "school-1", "c6": "school-2", "c7": "school-2"}
    assert "Chengguan Primary" in _page_of(client, zhao, made)
    _checked_in(client, made, record, li)
    assert Pupil.objects.get().source == made.applications.get(code="c1").pk


def _page_of(client: Client, zhao: User, made: Round) -> str:
    number = made.applications.get(code="c1").number
    return as_(client, zhao).get(f"/apply/numbers/{number}/").content.decode()


def _checked_in(client: Client, made: Round, record: RoundRun, li: User) -> None:
    builders.check_in_begun(made)
    registry.facts(valid_from=date(2026, 1, 1))
    desk = f"/rounds/{made.pk}/check-in/{record.input.schools.get(code='school-1').pk}/"
    number = made.applications.get(code="c1").number
    assert as_(client, li).post(desk, {"tick": f"came:{number}"}).status_code == 302
    assert client.post(f"{desk}enrol/").status_code == 302


def test_a_family_that_came_late_applies_among_the_seats_that_are_left(
    over: RoundRun, li: User, wu: User, client: Client
) -> None:
    held = second_rounds.hold(over.round, "2026-g1-2", newcomers=True, by=li)
    taking = builders.opened_second(held, li, wu)
    late = families.family("late")
    draft = families.drafted(taking, late)
    page = as_(client, late).get(f"/apply/drafts/{draft.pk}/wishes/").content.decode()
    assert "Beihe Primary (3)" in page
    chosen = client.post(f"/apply/drafts/{draft.pk}/wishes/", {"wish_1": "school-2"})
    assert chosen.status_code == 302
    sent = client.post(f"/apply/drafts/{draft.pk}/check/", {"declared": "1"})
    assert sent.status_code == 302
    made = taking.applications.get()
    assert (made.wishes, made.carried_from, made.state) == (["school-2"], None, "received")
    again = families.drafted(taking, late)
    client.post(f"/apply/drafts/{again.pk}/wishes/", {"wish_1": "school-2"})
    page = client.post(f"/apply/drafts/{again.pk}/check/", {"declared": "1"}).content.decode()
    assert made.number in page


def test_without_leave_for_those_who_came_late_nobody_else_applies(
    over: RoundRun, li: User, wu: User
) -> None:
    held = second_rounds.hold(over.round, "2026-g1-2", newcomers=False, by=li)
    made = builders.opened_second(held, li, wu)
    with pytest.raises(NotOpen, match="children of the first round"):
        families.drafted(made, families.family("late"))

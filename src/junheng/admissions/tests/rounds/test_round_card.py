"""The latest round on the workbench."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import RoundRun
from junheng.admissions.selectors.latest import latest_round
from junheng.admissions.tests.rounds import builders
from junheng.admissions.web.widgets import round_card
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
WORKBENCH = "/workbench/"
READERS = {"officer": cast.li, "township": cast.zhou, "school": cast.wang}


@pytest.fixture
def record(li: User) -> RoundRun:
    return builders.ran(builders.loaded(li))


def browser(user: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    client.cookies["language"] = "en"
    return client


def card(user: User) -> Any:
    request = RequestFactory().get(WORKBENCH)
    request.user = user
    return round_card(request)


def test_it_shows_the_result_and_leads_to_the_rows_behind_each_figure(
    li: User, record: RoundRun
) -> None:
    figures = card(li)["figures"]
    assert [number for _label, number, _url in figures] == ["7", "5", "1", "1"]
    for _label, number, url in figures:
        response: Any = browser(li).get(url)
        assert response.context_data["list"].count == int(number)


def test_a_township_finds_its_own_children_only(record: RoundRun) -> None:
    found = card(cast.zhou())
    assert found["figures"][0][1] == "4"
    page = browser(cast.zhou()).get(WORKBENCH).content.decode()
    assert record.run.ref in page


@pytest.mark.parametrize("who", [cast.qian, cast.feng])
def test_there_is_no_card_for_those_who_take_no_part(record: RoundRun, who: Any) -> None:
    user = who()
    assert card(user) is None
    assert record.round.ref not in browser(user).get(WORKBENCH).content.decode()


def test_a_visitor_gets_no_card(record: RoundRun) -> None:
    assert card(AnonymousUser()) is None  # type: ignore[arg-type]


def test_before_the_first_result_it_says_so(li: User) -> None:
    the_round = builders.loaded(li)
    found = latest_round(li)
    assert found is not None
    assert (found.id, found.result) == (the_round.pk, None)
    assert card(li)["figures"] == []


def test_a_run_under_way_does_not_hide_the_result(li: User, record: RoundRun) -> None:
    builders.asked(record.round, seed="rehearsal:2")
    found = latest_round(li)
    assert found is not None
    assert found.result is not None
    assert found.result.run == record.run.ref


@pytest.mark.parametrize("reader", READERS)
def test_queries_of_the_workbench(record: RoundRun, reader: str) -> None:
    client = browser(READERS[reader]())
    client.get(WORKBENCH)
    with same_queries("admissions", f"workbench with a round, {reader}"):
        assert client.get(WORKBENCH).status_code == 200

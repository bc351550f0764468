"""A child that a school reported and whose family applies: one application, one code, one seat."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, Round
from junheng.admissions.services import applying, enlisting, roster, steps
from junheng.admissions.services.enlisting import LeftOut, Twice
from junheng.admissions.services.one_application import AppliedAlready, named_by_roster
from junheng.admissions.services.roster import COLUMNS, KIND, RosterImporter
from junheng.admissions.tests.applying import builders
from junheng.admissions.tests.applying.test_enlisting import listed, through
from junheng.admissions.tests.rounds import builders as rounds
from junheng.commons import import_reports, imports

pytestmark = pytest.mark.django_db

BORN = "2020-02-29"
HEAD = ",".join(column.name for column in COLUMNS)


@pytest.fixture
def the_round(li: User) -> Round:
    return builders.taking(li, cast.wu())


def row(code: str = "c1", **different: Any) -> dict[str, Any]:
    told = {"child_name": "王小涵", "guardian_name": "王大明", "phone": "13800000001"}
    return {"applicant_id": code, "born_on": date.fromisoformat(BORN), **told, **different}


def reported(the_round: Round, **different: Any) -> Application:
    roster.fill(the_round, [row(**different)])
    found: Application = the_round.applications.get(channel="roster")
    return found


@pytest.mark.parametrize(
    "different",
    [{}, {"phone": "13800000009"}, {"guardian_name": "李秀兰"}, {"child_name": "王 小涵"}],
)
def test_the_familys_own_application_takes_the_place_of_the_rosters(
    the_round: Round, different: dict[str, str]
) -> None:
    before = reported(the_round, **different)
    mine = builders.applied(the_round, cast.zhao())
    before.refresh_from_db()
    assert (mine.code, mine.state) == ("c1", "received")
    assert before.state == "withdrawn"


@pytest.mark.parametrize(
    "different",
    [
        {"child_name": "王小雨"},
        {"born_on": date(2020, 3, 1)},
        {"phone": "13800000009", "guardian_name": "李秀兰"},
    ],
)
def test_a_twin_and_a_namesake_are_other_children(
    the_round: Round, different: dict[str, Any]
) -> None:
    before = reported(the_round, **different)
    mine = builders.applied(the_round, cast.zhao())
    before.refresh_from_db()
    assert mine.code != "c1"
    assert before.state == "passed"


def test_the_list_has_the_child_once_and_whom_only_the_roster_names(
    the_round: Round, li: User
) -> None:
    roster.fill(the_round, [row(), row("c2", child_name="李子安", phone="13800000002")])
    mine = through(builders.applied(the_round, cast.zhao()))
    loaded = listed(the_round, li)
    assert loaded.input is not None
    assert set(loaded.input.applicants.values_list("code", flat=True)) == {mine.code, "c2"}
    rounds.both(steps.FREEZE, loaded, li, cast.wu(), input=loaded.input_id)
    assert rounds.fresh(loaded).state == "frozen"


def test_a_child_taken_back_from_the_roster_is_not_frozen_on_the_list(
    the_round: Round, li: User
) -> None:
    before = reported(the_round)
    applying.withdraw(before)
    with pytest.raises(LeftOut, match=before.number):
        enlisting.require_nobody_left(the_round, the_round.input)  # type: ignore[arg-type]


def test_a_child_that_came_by_both_ways_at_once_is_not_frozen_twice(
    the_round: Round, li: User
) -> None:
    mine = through(builders.applied(the_round, cast.zhao()))
    roster.fill(the_round, [row()])
    loaded = listed(the_round, li)
    with pytest.raises(Twice, match=mine.number):
        rounds.both(steps.FREEZE, loaded, li, cast.wu(), input=loaded.input_id)


def test_a_roster_that_names_the_child_of_an_application_is_told_which(
    the_round: Round, li: User
) -> None:
    mine = builders.applied(the_round, cast.zhao())
    data = f"{HEAD}\nc1,王小涵,{BORN},王大明,13800000001,,\n".encode()
    target = {"round": str(the_round.pk)}
    batch = imports.receive(RosterImporter(), data, name="roster.csv", target=target, by=li)
    (fault,) = import_reports.report_of(batch).faults
    assert (batch.state, KIND) == ("refused", "admissions.roster")
    assert mine.number in str(fault.said_in(lambda text: text))


def test_officer_and_family_see_what_became_of_the_entry(
    the_round: Round, li: User, client: Client
) -> None:
    before = reported(the_round)
    zhao = cast.zhao()
    before.family = zhao
    before.save()
    mine = builders.applied(the_round, zhao)
    client.cookies["django_language"] = "en"
    client.force_login(zhao)
    page = client.get(reverse("apply:application", args=[before.number])).content.decode()
    assert f"Your own application {mine.number} has taken the place" in page
    client.force_login(li)
    page = client.get(reverse("admissions:review", args=[mine.number])).content.decode()
    assert f"The child was on the roster as {before.number}" in page
    assert "withdrawn" in client.get(f"/rounds/{the_round.pk}/roster/").content.decode()


def test_a_child_of_the_first_rounds_roster_is_carried_and_does_not_apply_anew(
    the_round: Round, li: User
) -> None:
    before = reported(the_round)
    second = Round(second_of_id=the_round.pk)
    told = applying.statement_of(builders.answers())
    with pytest.raises(AppliedAlready, match=before.number):
        named_by_roster(second, told)

"""A reviewer sees all that the family stated beside all that registers say, and decides."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, Round
from junheng.admissions.services import applying, enlisting, reviewing
from junheng.admissions.services.reviewing import Assessment, Decision, Incomplete
from junheng.admissions.services.verifying import verify
from junheng.admissions.tests.applying import builders
from junheng.admissions.tests.applying.builders import applied
from junheng.evidence.facade import Register
from junheng.evidence.tests import builders as registers

pytestmark = pytest.mark.django_db
ASSESSED = {"assessed_by": "县残疾儿童入学评估委员会", "assessed_on": "2026-05-12"}


@pytest.fixture
def the_round(li: User) -> Round:
    return builders.taking(li, cast.wu())


def checked(made: Application) -> Application:
    verify([made.pk])
    made.refresh_from_db()
    return made


def page(client: Client, made: Application, by: User) -> str:
    client.force_login(by)
    client.cookies["django_language"] = "en"
    return client.get(f"/rounds/applications/{made.number}/").content.decode()


def test_everything_that_the_family_stated_is_shown(
    client: Client, the_round: Round, li: User
) -> None:
    made = checked(
        applied(
            the_round,
            builders.family(),
            home={
                "claims": ["house", "residence", "work"],
                "owner": "王老爹",
                "permit": "9901000012345678",
                "work_number": "9901000000000001",
            },
            guardian={"sibling": "王大涵", "sibling_school": "school-2"},
            child={"needs": ["assessment"]},
        )
    )
    shown = page(client, made, li)
    for words in (
        "East Village",
        "东街 7 号",
        builders.answers()["home"]["certificate"],
        "王老爹",
        "9901000012345678",
        "9901000000000001",
        "王大涵 · ",
        "father",
        "girl",
        "chosen by an assessment",
        "Chengguan Primary",
    ):
        assert words in shown, words
    assert builders.CHILD_ID not in shown


def test_what_differs_stands_beside_what_was_stated_and_is_marked(
    client: Client, the_round: Round, li: User
) -> None:
    register = registers.tables(Register.HOUSEHOLD)
    row = registers.row(
        resident_id=builders.CHILD_ID, place_code="990100002001", address="西街 1 号"
    )
    registers.delivered(register, row)
    made = checked(applied(the_round, builders.family(), home={"claims": ["household"]}))
    shown = " ".join(page(client, made, li).split())
    assert shown.count(">differs<") == shown.count("tone-danger") == 1
    before, after = shown.split("differs", 1)
    assert "East Village" in before
    assert "990100002001" in before
    assert "西街 1 号" in after + before
    assert ">agrees<" in shown
    assert "true on 20" in shown
    assert "Village or community" in before


def with_need(the_round: Round) -> Application:
    made = applied(the_round, builders.family(), child={"needs": ["assessment"]})
    return checked(made)


def decided(**given: Any) -> Decision:
    return Decision("passed", "By the assessment.", 1, cast.VILLAGE, **given)


def test_an_assessment_names_who_when_and_the_school_and_the_child_goes_there_first(
    client: Client, the_round: Round, li: User
) -> None:
    made = with_need(the_round)
    assert "School by the assessment" in page(client, made, li)
    answer = client.post(
        f"/rounds/applications/{made.number}/",
        {
            "outcome": "passed",
            "tier": "1",
            "zone": cast.VILLAGE,
            "words": "By the assessment.",
            "assessed_school": "school-2",
            **ASSESSED,
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    made.refresh_from_db()
    assert (made.state, made.wishes) == ("passed", ["school-2"])
    family = Client()
    family.force_login(builders.family())
    assert ASSESSED["assessed_by"] in family.get(f"/apply/numbers/{made.number}/").content.decode()
    choices = enlisting.files_of(the_round, [made])["choices.csv"].decode()
    assert f"{made.code},1,school-2" in choices


@pytest.mark.parametrize(
    ("school", "wishes", "together"), [("school-1", [], True), ("school-2", ["school-2"], False)]
)
def test_twins_stay_together_unless_one_is_to_go_elsewhere(
    the_round: Round, li: User, school: str, wishes: list[str], *, together: bool
) -> None:
    family = builders.family()
    twin = applied(the_round, family, child={"number": builders.number_of("2020-02-29", 4)})
    draft = builders.drafted(the_round, family, child={"needs": ["assessment"]})
    draft.answers = json.dumps({**json.loads(str(draft.answers)), "together": twin.number})
    draft.save()
    made = checked(applying.submit(draft.pk, owner=family))
    assert made.group == twin.number
    assessment = Assessment(school, "委员会", date(2026, 5, 12))
    reviewing.decide_by_person(made, decided(assessment=assessment), by=li)
    made.refresh_from_db()
    twin.refresh_from_db()
    assert made.wishes == wishes
    assert (made.group, twin.group) == ((twin.number, twin.number) if together else ("", ""))


@pytest.mark.parametrize(
    "made",
    [
        None,
        Assessment("no-school", "委员会", date(2026, 5, 12)),
        Assessment("school-2", "委员会", timezone.localdate() + timedelta(days=2)),
    ],
)
def test_without_a_sound_assessment_the_child_does_not_pass(
    the_round: Round, li: User, made: Assessment | None
) -> None:
    application = with_need(the_round)
    with pytest.raises(Incomplete):
        reviewing.decide_by_person(application, decided(assessment=made), by=li)
    application.refresh_from_db()
    assert (application.state, application.wishes) == ("review", [])


def test_half_an_assessment_is_told_on_the_page(client: Client, the_round: Round, li: User) -> None:
    made = with_need(the_round)
    page(client, made, li)
    sent = {"outcome": "passed", "tier": "1", "zone": cast.VILLAGE, "words": "x", **ASSESSED}
    answer = client.post(f"/rounds/applications/{made.number}/", sent)
    assert answer.status_code == 422
    assert "Say who assessed" in answer.content.decode()


def test_other_children_have_no_fields_of_an_assessment(
    client: Client, the_round: Round, li: User
) -> None:
    made = checked(applied(the_round, builders.family(), child={"needs": ["abroad"]}))
    assert "assessed_by" not in page(client, made, li)

"""Registers settle what agrees; nobody is refused by a program, and an outage is no answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pgtrigger
import pytest
from django.test import Client
from django.utils import timezone

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import browser
from junheng.admissions import jobs
from junheng.admissions.models import (
    Application,
    HouseClaim,
    MaterialList,
    Round,
    Verification,
)
from junheng.admissions.selectors.applications import board_of, no_answer_from
from junheng.admissions.services import applying, materials, reviewing, verifying
from junheng.admissions.services.reviewing import (
    Decision,
    Incomplete,
    NothingAsked,
    NotWithAReviewer,
    decide_by_person,
)
from junheng.admissions.tests.applying import builders
from junheng.admissions.tests.applying.builders import applied, number_of
from junheng.cases.facade import case_of
from junheng.commons import worker
from junheng.evidence.facade import Register
from junheng.evidence.jobs import try_services_again
from junheng.evidence.tests import builders as registers

pytestmark = pytest.mark.django_db

CERTIFICATE = builders.answers()["home"]["certificate"]
HERE = {"place_code": cast.VILLAGE, "address": "东街 7 号"}


@pytest.fixture
def the_round(li: User) -> Round:
    return builders.taking(li, cast.wu())


@pytest.fixture
def zhao(db: None) -> User:
    return builders.family()


@pytest.fixture
def connected(the_round: Round) -> dict[Register, Any]:
    return {
        register: registers.tables(register)
        for register in (Register.HOUSEHOLD, Register.REAL_ESTATE)
    }


def household(connected: dict[Register, Any], **given: Any) -> None:
    row = registers.row(resident_id=builders.CHILD_ID, **{**HERE, **given})
    registers.delivered(connected[Register.HOUSEHOLD], row)


def house(connected: dict[Register, Any], **given: Any) -> None:
    known = {
        "resident_id": builders.GUARDIAN_ID,
        "name": "王大明",
        "certificate": CERTIFICATE,
        **HERE,
    }
    row = registers.row(Register.REAL_ESTATE, **{**known, **given})
    registers.delivered(connected[Register.REAL_ESTATE], row)


def checked(application: Application) -> Application:
    verifying.verify([application.pk])
    application.refresh_from_db()
    return application


def codes(application: Application) -> list[str]:
    newest = application.verifications.order_by("-id").first()
    assert newest is not None
    return [reason["code"] for reason in newest.reasons]


def test_what_agrees_passes_without_a_person(
    the_round: Round, zhao: User, connected: dict[Register, Any]
) -> None:
    household(connected)
    house(connected)
    made = checked(applied(the_round, zhao))
    assert (made.state, made.tier, made.zone) == ("passed", 1, cast.VILLAGE), codes(made)
    assert made.by_person is False
    assert HouseClaim.objects.get().application == made


def test_a_house_that_is_not_found_is_asked_for_once(
    the_round: Round, zhao: User, connected: dict[Register, Any]
) -> None:
    household(connected)
    house(connected, resident_id=number_of("1970-01-01"), name="李一", certificate="other")
    made = checked(applied(the_round, zhao))
    assert made.state == "asked"
    reviewing.complete(made, {"home": {"certificate": "another"}})
    made.refresh_from_db()
    assert checked(made).state == "review"


def test_a_corrected_number_passes_after_all(
    the_round: Round, zhao: User, connected: dict[Register, Any]
) -> None:
    household(connected)
    house(connected)
    made = checked(
        applied(
            the_round,
            zhao,
            guardian={"number": number_of("1990-03-08", 1)},
            home={"certificate": "typed wrongly"},
        )
    )
    assert made.state in ("asked", "review")
    if made.state == "asked":
        pages = builders.answers()
        reviewing.complete(
            made,
            {
                "home": {"certificate": pages["home"]["certificate"]},
                "guardian": {"number": pages["guardian"]["number"]},
            },
        )
        made.refresh_from_db()
        assert checked(made).state == "passed"


def test_a_register_that_is_not_connected_is_asked_for_as_a_paper(
    the_round: Round, zhao: User
) -> None:
    made = checked(applied(the_round, zhao))
    assert made.state == "asked"
    assert codes(made) == ["not-asked", "not-asked"]


def test_another_address_goes_to_a_person(
    the_round: Round, zhao: User, connected: dict[Register, Any]
) -> None:
    household(connected, place_code="990100002001", address="西街 1 号")
    house(connected)
    assert checked(applied(the_round, zhao)).state == "review"


def test_a_house_gives_one_family_a_seat(
    the_round: Round, zhao: User, connected: dict[Register, Any]
) -> None:
    household(connected)
    house(connected)
    assert checked(applied(the_round, zhao)).state == "passed"
    HouseClaim.objects.update(family_key="another family", year=2024)
    sister = applied(the_round, zhao, child={"number": number_of("2020-03-02")})
    verifying.verify([sister.pk])
    sister.refresh_from_db()
    assert sister.state == "review"
    assert "house-used" in codes(sister)


@pytest.fixture
def with_reviewer(the_round: Round, zhao: User) -> Application:
    made = applied(the_round, zhao, child={"needs": ["abroad"]})
    return checked(made)


def test_a_child_from_abroad_goes_to_a_person(with_reviewer: Application) -> None:
    assert with_reviewer.state == "review"


def test_a_reviewer_passes_with_tier_zone_and_words(with_reviewer: Application, li: User) -> None:
    decision = Decision("passed", "Placed at the school next door.", 3, cast.VILLAGE)
    decide_by_person(with_reviewer, decision, by=li)
    with_reviewer.refresh_from_db()
    assert (with_reviewer.state, with_reviewer.tier) == ("passed", 3)
    assert with_reviewer.by_person is True


@pytest.mark.parametrize(
    "decision",
    [
        Decision("passed", "x", None, cast.VILLAGE),
        Decision("passed", "x", 9, cast.VILLAGE),
        Decision("passed", "x", 1, "nowhere"),
        Decision("passed", "x", 1, cast.VILLAGE, "no-school"),
        Decision("refused", " "),
        Decision("withdrawn", "x"),
    ],
)
def test_half_a_decision_is_none(with_reviewer: Application, li: User, decision: Decision) -> None:
    with pytest.raises(Incomplete):
        decide_by_person(with_reviewer, decision, by=li)
    with_reviewer.refresh_from_db()
    assert with_reviewer.state == "review"


def test_a_person_refuses_and_may_think_again(with_reviewer: Application, li: User) -> None:
    decide_by_person(with_reviewer, Decision("refused", "Lives elsewhere."), by=li)
    decide_by_person(with_reviewer, Decision("passed", "Proved.", 2, cast.VILLAGE), by=li)
    with_reviewer.refresh_from_db()
    assert with_reviewer.state == "passed"
    with pytest.raises(NotWithAReviewer):
        decide_by_person(with_reviewer, Decision("refused", "x"), by=li)


def test_a_family_completes_only_what_it_was_asked_for(with_reviewer: Application) -> None:
    with pytest.raises(NothingAsked):
        reviewing.complete(with_reviewer, {})


def test_checking_twice_changes_nothing(
    the_round: Round, zhao: User, connected: dict[Register, Any]
) -> None:
    household(connected)
    house(connected)
    made = checked(applied(the_round, zhao))
    assert verifying.verify([made.pk]) == {}
    assert made.verifications.count() == 1


def test_one_job_checks_all_that_wait(
    the_round: Round, zhao: User, connected: dict[Register, Any]
) -> None:
    household(connected)
    house(connected)
    made = applied(the_round, zhao)
    other = applied(the_round, zhao, child={"number": number_of("2020-03-02"), "name": "李小"})
    jobs.check_soon(None)
    jobs.check_soon(None)
    worker.work_off()
    assert {row.state for row in Application.objects.filter(pk__in=[made.pk, other.pk])} == {
        "passed",
        "asked",
    }
    assert verifying.count_waiting() == 0


def test_batches_hold_everybody_once(the_round: Round, zhao: User) -> None:
    made = {
        applied(the_round, zhao, child={"number": number_of("2020-03-01", 2 * n)}).pk
        for n in range(1, 6)
    }
    found: Iterator[list[Any]] = verifying.batches(size=2)
    rows = [pk for batch in found for pk in batch]
    assert set(rows) == made
    assert len(rows) == len(made)


def test_the_officer_sees_both_sides_and_decides(
    client: Client, the_round: Round, zhao: User, connected: dict[Register, Any], li: User
) -> None:
    household(connected, place_code="990100002001", address="西街 1 号")
    house(connected)
    made = checked(applied(the_round, zhao))
    client.force_login(li)
    client.cookies["django_language"] = "en"
    page = client.get(f"/rounds/applications/{made.number}/").content.decode()
    assert "西街 1 号" in page
    assert "东街 7 号" in page
    assert builders.GUARDIAN_ID not in page
    answer = client.post(
        f"/rounds/applications/{made.number}/",
        {"outcome": "passed", "tier": "2", "zone": cast.VILLAGE, "words": "Looked at the book."},
    )
    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.state == "passed"
    board = client.get(f"/rounds/{the_round.pk}/applications/").content.decode()
    assert "Zero trips" in board


def test_the_family_completes_on_one_page(
    client: Client, the_round: Round, zhao: User, connected: dict[Register, Any]
) -> None:
    house(connected, resident_id=number_of("1970-01-01"), name="李一", certificate="other")
    made = checked(applied(the_round, zhao, home={"claims": ["house"], "certificate": "typo"}))
    assert made.state == "asked"
    house(connected)
    client.force_login(zhao)
    client.cookies["django_language"] = "en"
    page = client.get(f"/apply/numbers/{made.number}/complete/").content.decode()
    assert "typo" in page
    pages = builders.answers()
    data = {
        "home-village": "East Village",
        "home-address": "东街 7 号",
        "home-house": "on",
        "home-certificate": CERTIFICATE,
        **{f"child-{k}": v for k, v in pages["child"].items() if k != "needs"},
        **{f"guardian-{k}": v for k, v in pages["guardian"].items()},
    }
    answer = client.post(f"/apply/numbers/{made.number}/complete/", data)
    assert answer.status_code == 302, answer.content.decode()
    worker.work_off()
    made.refresh_from_db()
    assert made.state == "passed", codes(made)


def test_the_family_reads_which_paper_proves_what_is_missing(
    client: Client, the_round: Round, zhao: User, connected: dict[Register, Any]
) -> None:
    matters = {row.code: row for row in materials.matters()}
    with pgtrigger.ignore():  # a list that was published with the opening
        published = MaterialList.objects.create(round=the_round, fixed_at=timezone.now())
        law = {"basis_document": "Law", "basis_number": "1", "basis_clause": "2"}
        for case, name, code in ((1, "Title deed", "house"), (2, "Title deed", "house")):
            published.materials.create(
                matter=matters[code], case=case, name=name, duty="fetched", **law
            )
        published.materials.create(
            matter=matters["household"], name="Household book", duty="fetched", **law
        )
    household(connected)
    house(connected, resident_id=number_of("1970-01-01"), name="李一", certificate="other")
    made = checked(applied(the_round, zhao))
    assert made.state == "asked"
    client.force_login(zhao)
    client.cookies["django_language"] = "en"
    for at in ("", "complete/"):
        page = client.get(f"/apply/numbers/{made.number}/{at}").content.decode()
        assert "Please photograph and add" in page
        assert page.count("<li>Title deed") == 1
        assert "Household book" not in page


def test_withdrawing_ends_the_checking(the_round: Round, zhao: User) -> None:
    made = applied(the_round, zhao)
    applying.withdraw(made)
    assert verifying.verify([made.pk]) == {}


def test_a_review_is_a_case_with_a_date_that_the_decision_closes(
    with_reviewer: Application, li: User
) -> None:
    case = case_of("admissions.review", with_reviewer.number)
    assert case is not None
    assert (case.state, case.role) == ("open", "admissions_officer")
    officer = browser()
    officer.force_login(li)
    for language, word in (("en", "Round"), ("zh-hans", "轮次")):
        officer.cookies["django_language"] = language
        assert f"<dt>{word}</dt>" in officer.get(f"/cases/{case.number}/").content.decode()
    decide_by_person(with_reviewer, Decision("passed", "Placed.", 3, cast.VILLAGE), by=li)
    closed = case_of("admissions.review", with_reviewer.number)
    assert closed is not None
    assert (closed.state, closed.outcome) == ("closed", "passed")


def test_news_of_a_register_checks_again_who_waited_for_it(
    the_round: Round,
    zhao: User,
    connected: dict[Register, Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    made = checked(applied(the_round, zhao))
    assert made.state == "checking"
    silent = no_answer_from(the_round, cast.li())
    assert silent == [(Register.HOUSEHOLD, 1), (Register.REAL_ESTATE, 1)]
    officer = browser()
    officer.force_login(cast.li())
    board = officer.get(f"/rounds/{the_round.pk}/applications/").content.decode()
    assert f"{Register.REAL_ESTATE.label}" in board
    with django_capture_on_commit_callbacks(execute=True):
        household(connected)
        house(connected)
    worker.work_off()
    made.refresh_from_db()
    assert made.state == "passed"


def test_one_application_tries_a_register_before_all_others_ask_it(
    the_round: Round,
    zhao: User,
    connected: dict[Register, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [
        checked(applied(the_round, zhao, child={"number": number_of("2020-03-01", 2 * n)})).pk
        for n in range(1, 4)
    ]
    register = Register.HOUSEHOLD.value
    assert verifying.count_waiting(register) == len(made)
    monkeypatch.setattr(verifying, "is_failing", lambda _register: True)
    assert list(verifying.batches(register)) == [made[:1]]
    monkeypatch.setattr(verifying, "is_failing", lambda _register: False)
    assert list(verifying.batches(register, size=5)) == [made[:1], made[1:]]
    assert list(verifying.batches(Register.TAX.value)) == []


def test_a_service_that_still_fails_is_asked_about_one_child_and_no_other(
    the_round: Round,
    zhao: User,
    connected: dict[Register, Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    for n in range(1, 4):
        checked(applied(the_round, zhao, child={"number": number_of("2020-03-01", 2 * n)}))
    register = connected[Register.HOUSEHOLD]
    registers.failed(register)
    before = Verification.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        try_services_again()
    worker.work_off()
    assert Verification.objects.count() == before + 1


def test_the_share_of_zero_trips_counts_who_waits_for_somebody(
    the_round: Round, zhao: User, connected: dict[Register, Any], li: User
) -> None:
    household(connected)
    house(connected)
    checked(applied(the_round, zhao))
    other = {"number": number_of("2020-03-02"), "name": "李小", "needs": ["assessment"]}
    checked(applied(the_round, builders.family("li"), child=other))
    assert board_of(the_round, li).zero_trips == 50

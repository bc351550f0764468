"""Pages of aid: the bureau sees every reason, a school what is due, and nobody a household."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as house
from django.db import DatabaseError, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from junheng.accounts.models import ReadLog, User
from junheng.accounts.services.families import family_of_phone
from junheng.accounts.tests import cast
from junheng.aid.models import Difference
from junheng.aid.services import auditing
from junheng.aid.tests import builders
from junheng.aid.tests.letters import words_of
from junheng.aid.tests.sharing import shared
from junheng.aid.web import person
from junheng.cases.facade import case_of
from junheng.commons.models import ExportLog
from junheng.commons.tests.roles import as_the_site
from junheng.places.models import Role
from junheng.registry.models import Guardian, Pupil
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
POOR = "registered poor"


@pytest.fixture(scope="module")
def told(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[Pupil]]:
    """One is entitled to both policies, one boards and is not poor, of one nothing is told."""
    with shared(django_db_blocker, tmp_path_factory.mktemp("files")):
        made = builders.pupils(["boarder", "registered_poor"], ["boarder"], [])
        builders.told("boarder", "registered_poor")
        builders.approved()
        builders.a_policy("bedding", plain_zh="", plain_en="")
        builders.approved("boarder", code="bedding", fen=12_300)
        builders.a_policy("college", plain_zh="", plain_en="")
        builders.approved("stage = 'higher'", code="college")
        builders.decided()
        auditing.compare(builders.a_term())
        yield made


def window(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies[house.LANGUAGE_COOKIE_NAME] = "en"
    return client


def text(client: Client, url: str) -> str:
    answer: Any = client.get(url)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def test_the_first_page_shows_what_is_unpaid_by_policy_and_school(told: list[Pupil]) -> None:
    ma = window(cast.ma())
    with same_queries("aid_entitled", "entitled and paid, officer"):
        page = text(ma, "/aid/")
    assert "500.00" in page
    assert "246.00" in page  # twice 123 for bedding
    with same_queries("aid_entitled", "differences, officer"):
        rows = text(ma, "/aid/terms/2025-2026-1/differences/?kind=unpaid&policy=bedding")
    assert rows.count("12300") == 0
    assert rows.count(">123.00<") == 2


def test_the_bureau_reads_why_not_with_clause_value_source_and_document(told: list[Pupil]) -> None:
    ma = window(cast.ma())
    with same_queries("aid_entitled", "a pupil, officer"):
        page = text(ma, f"/aid/pupils/{told[1].number}/")
    assert "clause 2" in page
    assert "art. 2" in page
    assert "registered poor household" in page
    assert "the register of households" in page
    assert "Notice of the county" in page
    assert "This would have to hold on the counting day" in page


def test_a_policy_for_other_stages_is_folded_and_still_says_why(told: list[Pupil]) -> None:
    page = text(window(cast.ma()), f"/aid/pupils/{told[1].number}/")
    given, not_given, folded = (
        page.index(title)
        for title in ("What is given", "What is not given", "1 policy is for other stages")
    )
    assert given < page.index("Bedding") < not_given < page.index("Boarders") < folded
    assert folded < page.index("College") < page.index("stage of schooling", folded)


def test_whoever_reads_the_reasons_is_written_down_and_nobody_else(told: list[Pupil]) -> None:
    page = f"/aid/pupils/{told[0].number}/"
    in_charge = (cast.ma(), cast.wu(), cast.zheng())
    for user in in_charge:
        text(window(user), page)
    rows = ReadLog.objects.order_by("pk")
    assert [row.reader for row in rows] == list(in_charge)
    for row in rows:
        assert (row.kind, row.key) == ("registry.pupil", str(told[0].pk))
        assert row.fields == ["aid_reasons"]
        for word in ("boarders", "poor", told[0].name):
            assert word not in row.reason.lower()
    text(window(cast.sun()), page)
    elsewhere = cast.person("lan", Role.AID_OFFICER, cast.bureau(cast.NEXT_COUNTY))
    for stranger in (elsewhere, cast.xu(), cast.tian(), cast.li(), cast.feng()):
        assert window(stranger).get(page).status_code == 404
    assert ReadLog.objects.count() == len(in_charge)
    with as_the_site(), pytest.raises(DatabaseError), transaction.atomic():
        ReadLog.objects.all().delete()


def test_no_reason_is_shown_that_could_not_be_written_down(
    told: list[Pupil], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: Any, **_more: Any) -> None:
        raise DatabaseError("the log is full")

    monkeypatch.setattr(person, "note_read", fails)
    with pytest.raises(DatabaseError):
        window(cast.ma()).get(f"/aid/pupils/{told[0].number}/")


def test_a_school_sees_what_is_due_and_nothing_of_a_household(told: list[Pupil]) -> None:
    for pupil in told:
        page = text(window(cast.sun()), f"/aid/pupils/{pupil.number}/")
        for word in (
            POOR,
            "registered_poor",
            "household has",
            "clause 2",
            "the register of households",
        ):
            assert word not in page
    rich = text(window(cast.sun()), f"/aid/pupils/{told[1].number}/")
    assert "Bedding" in rich
    assert "Allowance" not in rich  # not even that it was asked
    poor = text(window(cast.sun()), f"/aid/pupils/{told[0].number}/")
    assert "Allowance" in poor
    assert "Boarders" not in poor
    assert "500.00" in poor


def test_a_school_cannot_narrow_its_list_to_a_policy_of_the_poor(told: list[Pupil]) -> None:
    sun = window(cast.sun())
    rows = text(sun, "/aid/terms/2025-2026-1/differences/?policy=boarders")
    assert told[0].number not in rows
    assert "Boarders" not in text(sun, "/aid/terms/2025-2026-1/differences/")
    assert "Boarders" not in text(sun, "/aid/")


def test_a_school_sees_its_own_pupils_only(told: list[Pupil]) -> None:
    other = window(cast.person("hu", Role.SCHOOL_CLERK, cast.school("school-2")))
    assert other.get(f"/aid/pupils/{told[0].number}/").status_code == 404
    assert told[0].number not in text(other, "/aid/terms/2025-2026-1/differences/")


def test_differences_become_one_case_a_school_and_close_with_them(told: list[Pupil]) -> None:
    term = builders.a_term()
    ma = window(cast.ma())
    ma.post("/aid/terms/2025-2026-1/cases/")
    case = case_of(auditing.CASE, "2025-2026-1 school-1")
    assert case is not None
    assert case.state != "closed"
    assert POOR not in text(ma, "/aid/")
    monkey = pytest.MonkeyPatch()
    due = Difference.objects.filter(term=term, kind="unpaid")
    rows = [(one.subject, one.policy, one.for_day, one.due_fen) for one in due]
    with monkey.context() as patch:
        patch.setattr(auditing, "paid_of", lambda *_: rows)
        assert auditing.keep_cases(term, by=cast.ma()) == 0
    closed = case_of(auditing.CASE, "2025-2026-1 school-1")
    assert closed is not None
    assert closed.state == "closed"


def test_a_term_is_closed_only_when_nothing_differs(
    told: list[Pupil], monkeypatch: pytest.MonkeyPatch
) -> None:
    term = builders.a_term()
    due = list(Difference.objects.filter(term=term))
    rows = [(one.subject, one.policy, one.for_day, one.due_fen) for one in due]
    for paid in (rows[1:], [*rows, rows[0]], [*rows[1:], (*rows[0][:3], 1)]):
        monkeypatch.setattr(auditing, "paid_of", lambda *_, paid=paid: paid)
        with pytest.raises(auditing.StillDiffers):
            auditing.close(term, by=cast.ma())
    monkeypatch.setattr(auditing, "paid_of", lambda *_: rows)
    auditing.close(term, by=cast.ma())
    term.refresh_from_db()
    assert term.closed_by == cast.ma()


def test_payments_without_a_claim_twice_and_wrong_are_found_apart(
    told: list[Pupil], monkeypatch: pytest.MonkeyPatch
) -> None:
    term, day = builders.a_term(), builders.FIRST
    both, boards, neither = (pupil.pk for pupil in told)
    rows = [
        (both, "bedding", day, 12_300),
        (both, "bedding", day, 12_300),
        (boards, "bedding", day, 12_000),
        (neither, "bedding", day, 12_300),
    ]
    monkeypatch.setattr(auditing, "paid_of", lambda *_: rows)
    auditing.compare(term)
    found = {(row.subject, row.policy): row.kind for row in Difference.objects.filter(term=term)}
    assert found == {
        (both, "boarders"): "unpaid",
        (both, "bedding"): "twice",
        (boards, "bedding"): "wrong_amount",
        (neither, "bedding"): "not_entitled",
    }


def test_policies_are_read_with_every_version(told: list[Pupil]) -> None:
    ma = window(cast.ma())
    with same_queries("aid_entitled", "policies, officer"):
        assert "Boarders" in text(ma, "/aid/policies/")
    page = text(ma, "/aid/policies/boarders/")
    assert "Version 1" in page
    assert "Approved" in page
    assert window(cast.sun()).get("/aid/policies/boarders/").status_code == 404


def family(pupil: Pupil, phone: str = "13800000051") -> Client:
    """A mother who signed in by telephone and is a guardian in the register."""
    Guardian.objects.create(
        pupil=pupil, name="Wang Min", phone="138 0000 0051", valid_from=builders.FIRST
    )
    return window(family_of_phone(phone))


def test_a_family_reads_why_not_from_its_own_telephone_only(told: list[Pupil]) -> None:
    asked = {"number": told[1].number, "born_on": "2017-05-01"}
    mother = family(told[1])
    answer = mother.post("/aid/mine/", asked)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Boarders" in page
    assert "registered poor household" in page
    assert "Due 123.00 yuan" in page
    other = window(family_of_phone("13800000052")).post("/aid/mine/", asked)
    assert other.status_code == 404
    assert "registered poor" not in other.content.decode()
    assert mother.post("/aid/mine/", asked | {"born_on": "2017-05-02"}).status_code == 404
    assert mother.post("/aid/mine/", asked | {"number": told[0].number}).status_code == 404


def test_whoever_tries_too_often_has_to_wait(told: list[Pupil]) -> None:
    guessing = window(family_of_phone("13800000053"))
    asked = {"number": told[2].number, "born_on": "2010-01-01"}
    answers = [guessing.post("/aid/mine/", asked).status_code for _try in range(6)]
    assert answers == [404] * 5 + [429]


def test_the_bureaus_letter_says_what_on_which_document_and_why_not(told: list[Pupil]) -> None:
    ma, url = window(cast.ma()), f"/aid/pupils/{told[1].number}/letter/"
    letter = words_of(ma.get(url))
    assert "Bedding: 123.00 yuan for 2025-09-01" in letter
    assert "by Notice of the county" in letter
    assert "Boarders (Notice of the county), 2025-09-01: “clause 2” (art. 2) is not met" in letter
    assert "Together 123.00 yuan, of which 0.00 yuan were paid." in letter
    assert told[1].name not in letter
    assert ReadLog.objects.filter(reader=cast.ma(), key=str(told[1].pk)).count() == 1
    assert ExportLog.objects.get().url == url
    assert ma.get("/aid/pupils/PU0/letter/").status_code == 404


def test_a_schools_letter_tells_amounts_by_plain_names_and_no_reason(told: list[Pupil]) -> None:
    sun = window(cast.sun())
    for pupil in told[:2]:
        letter = words_of(sun.get(f"/aid/pupils/{pupil.number}/letter/"))
        assert "Bedding: 123.00 yuan" in letter
        for word in ("oor", "household", "clause", "Notice", "Boarders", "why", "not met"):
            assert word not in letter
        assert ("Allowance: 500.00 yuan" in letter) == (pupil is told[0])
    assert not ReadLog.objects.exists()
    assert ExportLog.objects.count() == 2
    other = window(cast.person("hu", Role.SCHOOL_CLERK, cast.school("school-2")))
    assert other.get(f"/aid/pupils/{told[0].number}/letter/").status_code == 404


def test_a_family_prints_the_letter_of_its_own_child_only(told: list[Pupil]) -> None:
    asked, url = (
        {"number": told[1].number, "born_on": "2017-05-01"},
        "/aid/mine/2025-2026-1/letter/",
    )
    mother = family(told[1])
    assert url in mother.post("/aid/mine/", asked).content.decode()
    letter = words_of(mother.post(url, asked))
    assert "registered poor household" in letter
    assert "Bedding: 123.00 yuan" in letter
    assert mother.get(url).status_code == 405
    assert mother.post("/aid/mine/2024-2025-1/letter/", asked).status_code == 404
    for wrong in ({"born_on": "2017-05-02"}, {"number": told[0].number}):
        refused = mother.post(url, asked | wrong)
        assert (refused.status_code, refused.headers["Cache-Control"]) == (404, "no-store")
        assert b"%PDF" not in refused.content
    assert window(family_of_phone("13800000052")).post(url, asked).status_code == 404
    assert window(cast.ma()).post(url, asked).status_code == 404

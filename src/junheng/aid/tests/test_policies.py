"""Versions of policies: two people, never changed, never two at once; drafts over real people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pgtrigger
import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker

from junheng.accounts.tests import cast
from junheng.aid.engine.conditions import NotAllowed
from junheng.aid.models import PolicyVersion
from junheng.aid.selectors.policies import content_of
from junheng.aid.services import policies
from junheng.aid.services.policies import write_draft
from junheng.aid.snapshots import replaying
from junheng.aid.snapshots.engine import TookTooLong
from junheng.aid.tests import builders
from junheng.aid.tests.sharing import shared
from junheng.commons import approvals
from junheng.commons.tests.roles import as_the_site

pytestmark = pytest.mark.django_db
LINES = {
    "valid_from": "2026-03-01",
    "counted_on": "first_day",
    "conditions": "boarder | boards at school | article 2",
    "rates": "600",
    "document": "Notice 2",
}


@pytest.fixture(scope="module")
def term(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Any]:
    """Six poor boarders have 500 each, seven other boarders and five more nothing."""
    with shared(django_db_blocker, tmp_path_factory.mktemp("files")):
        poor, boards = ["boarder", "registered_poor"], ["boarder"]
        builders.pupils(*[poor] * 6, *[boards] * 6, [*boards, "disabled"], *[[]] * 5)
        builders.told("boarder", "registered_poor", "disabled")
        builders.approved()
        builders.decided()
        yield builders.a_term()


def window(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def test_nobody_approves_what_they_wrote_or_asked_for(term: Any) -> None:
    draft = builders.a_draft(valid_from=date(2026, 3, 1))
    approval = policies.ask_approval(draft, by=cast.ma())
    with pytest.raises(approvals.NeedsSomebodyElse):
        approvals.agree(approval, cast.ma())
    with pytest.raises(approvals.NotTheirs):
        approvals.agree(approval, cast.sun())
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_draft_that_changed_after_it_was_asked_for_is_not_approved(term: Any) -> None:
    draft = builders.a_draft(valid_from=date(2026, 3, 1))
    approval = policies.ask_approval(draft, by=cast.ma())
    write_draft(draft.policy, builders.wording("boarder", fen=1), by=cast.ma(), draft=draft)
    with pytest.raises(policies.UnsoundPolicy):
        approvals.agree(approval, cast.wu())


def test_the_version_before_ends_when_the_next_one_begins_and_stays_readable(term: Any) -> None:
    second = builders.approved("boarder", valid_from=date(2026, 3, 1))
    first = PolicyVersion.objects.get(policy=second.policy, number=1)
    assert (first.valid_to, second.valid_to) == (date(2026, 3, 1), None)
    page = window(cast.ma()).get("/aid/policies/boarders/").content.decode()
    assert "Version 1" in page
    assert "Version 2" in page


def test_a_version_over_another_one_is_refused(term: Any) -> None:
    with pytest.raises(policies.Overlaps):
        builders.approved("boarder", valid_from=date(2024, 1, 1))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE aid_policyversion SET rates = '[]' WHERE state = 'approved'",
        "UPDATE aid_policyversion SET valid_from = '2000-01-01' WHERE state = 'approved'",
        "DELETE FROM aid_policyversion WHERE state = 'approved'",
        "UPDATE aid_policyversion SET state = 'approved', approved_at = now(), approved_by_id ="
        " (SELECT id FROM accounts_user WHERE username = 'wu') WHERE state = 'draft'",
        "INSERT INTO aid_policyversion (policy_id, number, state, valid_from, counted_on,"
        " conditions, rates, gives_way_to, once, document, document_number, content_sha256,"
        " written_by_id, written_at, approved_by_id, approved_at) SELECT policy_id, 9, 'approved',"
        " '2030-01-01', counted_on, conditions, rates, gives_way_to, once, document,"
        " document_number, content_sha256, written_by_id, written_at, approved_by_id, approved_at"
        " FROM aid_policyversion WHERE state = 'approved'",
        "DELETE FROM aid_aidpolicy",
    ],
)
def test_the_site_cannot_change_or_slip_in_a_version(statement: str, term: Any) -> None:
    builders.a_draft(valid_from=date(2031, 1, 1))
    with as_the_site(), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(statement)


def test_two_approved_versions_of_a_day_are_refused_by_the_database(term: Any) -> None:
    other = builders.a_draft("boarder", valid_from=date(2025, 5, 1))
    rows = PolicyVersion.objects.filter(pk=other.pk)
    guard = pgtrigger.ignore("aid.PolicyVersion:policy_version_moves")
    refused = pytest.raises(IntegrityError, match="aid_policy_one_version_a_day")
    with guard, refused, transaction.atomic():
        rows.update(state="approved", approved_by=cast.wu(), approved_at=timezone.now())


@pytest.mark.parametrize(
    "text",
    [
        "pg_sleep(10) IS NULL",
        "boarder; DROP TABLE aid_entitlement",
        "subject = 'x'",
        "grade IN (SELECT 1)",
        "read_csv('/etc/passwd') = 1",
        "boarder IS NULL",
    ],
)
def test_a_refused_condition_is_kept_nowhere_and_asked_of_no_database(
    text: str, term: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object) -> None:
        raise AssertionError("a database was asked")

    monkeypatch.setattr(replaying, "thawed", asked)
    with pytest.raises(NotAllowed):
        builders.a_draft(text)
    page = window(cast.ma()).post(
        "/aid/policies/boarders/draft/count/", LINES | {"conditions": f"{text} | a | b"}
    )
    assert page.status_code == 200
    assert "Line 1" in page.content.decode()
    assert PolicyVersion.objects.count() == 1


def test_a_policy_that_asks_of_households_needs_a_name_that_tells_nothing(term: Any) -> None:
    builders.a_policy("poor", plain_zh="", plain_en="")
    with pytest.raises(policies.UnsoundPolicy):
        builders.a_draft("registered_poor", code="poor")


def test_an_officer_writes_a_draft_sees_whom_it_touches_and_asks(term: Any) -> None:
    ma = window(cast.ma())
    assert "registered_poor" in ma.get("/aid/policies/boarders/draft/").content.decode()
    count = ma.post("/aid/policies/boarders/draft/count/", LINES).content.decode()
    assert "13 people" in count
    assert "7,800.00 yuan" in count
    wrong = ma.post("/aid/policies/boarders/draft/", LINES | {"conditions": "bording | a | b"})
    assert wrong.status_code == 422
    assert "bording" in wrong.content.decode()
    assert ma.post("/aid/policies/boarders/draft/", LINES).status_code == 302
    kept = PolicyVersion.objects.get(state="draft")
    assert kept.rates == [{"when": "", "fen": 60_000}]
    ma.post("/aid/policies/boarders/draft/approve/")
    assert "article 2" in ma.get("/aid/policies/boarders/draft/").content.decode()
    waiting = approvals.waiting_for(f"aid.policy.{kept.pk}")
    assert list(waiting) == ["aid.policy_version"]


def test_a_draft_may_pay_a_share_and_says_what_is_no_share(term: Any) -> None:
    ma, url = window(cast.ma()), "/aid/policies/boarders/draft/"
    for text in ("0 % fee", "50 % grade", "50 %", "150 % fee", "half% fee", "12.55% fee"):
        wrong = ma.post(url, LINES | {"rates": f"600 | orphan\n{text}"})
        assert wrong.status_code == 422
        assert "Line 2" in wrong.content.decode()
        assert "is no share. Write a percentage from 0.1 %" in wrong.content.decode()
    for text in ("many", "0", "10000000.01"):
        assert "is no amount in yuan" in ma.post(url, LINES | {"rates": text}).content.decode()
    shared = {"rates": "600 | orphan\n12.5\uff05fee\uff5cboarder\n 50 % fee "}
    count = ma.post(f"{url}count/", LINES | shared).content.decode()
    assert "13 undecided" in count
    assert ma.post(url, LINES | shared).status_code == 302
    kept = PolicyVersion.objects.get(state="draft")
    assert kept.rates == [
        {"when": "orphan", "fen": 60_000},
        {"when": "boarder", "permille": 125, "of": "fee"},
        {"when": "", "permille": 500, "of": "fee"},
    ]
    again = ma.get(url).content.decode()
    assert "12.5 % fee | boarder\n50 % fee" in again
    page = ma.get("/aid/policies/boarders/").content.decode()
    assert "12.5 % of “fee for a term” <code>boarder</code>" in page
    assert "600.00 yuan <code>orphan</code>" in page
    approval = policies.ask_approval(kept, by=cast.ma())
    with translation.override("en"):
        facts = [str(value) for _name, value in policies._facts(approval)]
    assert "50 % of “fee for a term” " in facts


@pytest.mark.parametrize(
    "rate",
    [
        {},
        {"permille": 0, "of": "fee"},
        {"permille": 1001, "of": "fee"},
        {"permille": 500, "of": "grade"},
        {"permille": 500},
    ],
)
def test_a_share_that_cannot_be_is_not_kept(rate: dict[str, Any], term: Any) -> None:
    with pytest.raises(policies.UnsoundPolicy):
        builders.a_draft("boarder", rates=[{"when": "", **rate}])
    assert PolicyVersion.objects.count() == 1


def test_a_draft_gives_way_to_policies_chosen_by_name(term: Any) -> None:
    builders.a_policy("meals", title_en="Meals at noon")
    ma, url = window(cast.ma()), "/aid/policies/boarders/draft/"
    assert "Meals at noon" in ma.get(url).content.decode()
    assert ma.post(url, LINES | {"gives_way_to": ["meals", "meals"]}).status_code == 302
    assert PolicyVersion.objects.get(state="draft").gives_way_to == ["meals"]
    form = ma.get(url).context["form"]
    assert [one.data["selected"] for one in form["gives_way_to"]] == [True]
    step = policies.ask_approval(PolicyVersion.objects.get(state="draft"), by=cast.ma())
    asked = window(cast.wu()).get(step.get_absolute_url()).content.decode()
    assert "Boarders" in asked, "in the reader's language"
    assert "Meals at noon" in asked


@pytest.mark.parametrize("code", ["nobody", "boarders", "meals boarders"])
def test_a_draft_gives_way_to_no_policy_that_there_is_not_nor_to_itself(
    code: str, term: Any
) -> None:
    builders.a_policy("meals")
    refused = window(cast.ma()).post(
        "/aid/policies/boarders/draft/", LINES | {"gives_way_to": [code]}
    )
    assert refused.status_code == 422
    assert "Choose from the list" in refused.content.decode()
    assert not PolicyVersion.objects.filter(state="draft").exists()


def test_a_reform_shows_who_gains_at_what_cost_and_no_figure_about_few(term: Any) -> None:
    draft = builders.a_draft("boarder", fen=60_000, valid_from=date(2026, 3, 1))
    snapshot = replaying.newest(term)
    assert snapshot is not None
    rows, whole = replaying.replay(snapshot, content_of(draft), ("registered_poor",))
    assert (whole.people, whole.gain, whole.lose) == (18, 13, 0)
    assert (whole.today_fen, whole.draft_fen) == (6 * 50_000, 13 * 60_000)
    assert {row.group: row.gain for row in rows} == {(True,): 6, (False,): 7}
    rows, _whole = replaying.replay(snapshot, content_of(draft), ("disabled",))
    assert {(row.gain, row.draft_fen) for row in rows} == {(None, None)}  # one child is disabled
    page = window(cast.ma()).get(
        "/aid/replay/", {"term": term.code, "draft": draft.pk, "by": "school"}
    )
    assert "7,800.00" in page.content.decode()


def test_a_question_that_takes_too_long_is_stopped(
    term: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = replaying.newest(term)
    assert snapshot is not None
    monkeypatch.setattr(replaying, "COUNT_SECONDS", 0.2)
    slow = (
        "SELECT 0 AS answer_0, 0 AS fen_0 FROM range(100000) a, range(10000000) b"
        " WHERE a.range * b.range = -1"
    )
    monkeypatch.setattr(replaying, "answers", lambda *_: slow)
    with pytest.raises(TookTooLong):
        replaying.touched(snapshot, content_of(builders.a_draft("boarder")))


def test_a_share_of_a_terms_amount_is_not_kept_for_each_month(term: Any) -> None:
    rates = [{"when": "", "permille": 500, "of": "fee"}]
    with translation.override("en"), pytest.raises(policies.UnsoundPolicy, match="each month"):
        builders.a_draft("boarder", rates=rates, counted_on="each_month")

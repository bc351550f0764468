"""Texts that families agree to: two people issue them, and every version stays readable."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import browser
from junheng.admissions.models import NoticeText
from junheng.admissions.services import notices
from junheng.admissions.services.notices import NothingNew, VersionGiven
from junheng.commons import approvals, briefly
from junheng.commons.approvals import NeedsSomebodyElse, NotTheirs
from junheng.commons.models import Approval
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
NEW: dict[str, Any] = {
    "kind": "consent",
    "version": "2027-1",
    "body": "新的告知\n",
    "english": "A new notice\n",
}


def signed_in(user: User) -> Client:
    client = browser()
    client.force_login(user)
    return client


def test_a_text_is_issued_by_two_and_the_old_one_stays_readable(li: User, wu: User) -> None:
    old = notices.newest("consent")
    page = signed_in(li)
    form = page.get("/rounds/texts/?kind=declaration").content.decode()
    assert "I am the child&#x27;s guardian" in form
    sent = {**NEW, "body": "新的告知\r\n"}
    assert "A new notice" in page.post("/rounds/texts/preview/", sent).content.decode()
    assert not Approval.objects.exists()
    assert page.post("/rounds/texts/ask/", sent).status_code == 302
    waiting = Approval.objects.get()
    with pytest.raises(NeedsSomebodyElse):
        approvals.agree(waiting, li)
    assert "新的告知" in signed_in(wu).get(f"/approvals/{waiting.pk}/").content.decode()
    briefly.forget()
    assert notices.newest("consent") == old
    approvals.agree(waiting, wu)
    briefly.forget()
    new = notices.newest("consent")
    assert (new.version, new.body, new.english) == ("2027-1", "新的告知\n", "A new notice\n")
    for text in (old, new):
        shown = browser().get(f"/r/texts/{text.pk}/")
        assert (shown.status_code, text.sha256 in shown.content.decode()) == (200, True)
    page.get("/rounds/texts/")
    with same_queries("admissions", "texts"):
        assert "shown now" in page.get("/rounds/texts/").content.decode()


@pytest.mark.parametrize(
    ("different", "refusal"),
    [
        ({"version": "2026-2"}, VersionGiven),
        ({"version": "../x"}, VersionGiven),
        ({"body": " \n"}, NothingNew),
    ],
)
def test_what_is_no_new_text_is_refused(
    li: User, different: dict[str, Any], refusal: type[Exception]
) -> None:
    notices.newest("consent")
    with pytest.raises(refusal):
        notices.ask_to_issue(**NEW | different, by=li)
    assert signed_in(li).post("/rounds/texts/ask/", NEW | different).status_code == 422


def test_the_same_text_is_not_issued_again(li: User) -> None:
    now = notices.newest("consent")
    with pytest.raises(NothingNew):
        notices.require_new("consent", "2027-9", now.body, now.english)


def test_only_the_bureau_asks_and_no_script_runs(li: User) -> None:
    with pytest.raises(NotTheirs):
        notices.ask_to_issue(**NEW, by=cast.zhao())
    hostile = {**NEW, "body": "</textarea><script>alert(1)</script>"}
    shown = signed_in(li).post("/rounds/texts/preview/", hostile).content.decode()
    assert "<script>alert(1)" not in shown
    assert "&lt;/textarea&gt;&lt;script&gt;" in shown


def test_what_families_agreed_to_never_changes() -> None:
    text = notices.newest("declaration")
    for change in (
        lambda: NoticeText.objects.filter(pk=text.pk).update(english="other"),
        lambda: NoticeText.objects.filter(pk=text.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert browser().get("/r/texts/999999/").status_code == 404

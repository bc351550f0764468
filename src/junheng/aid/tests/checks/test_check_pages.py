"""Pages of checks: scoped, in masks, every look at what a register says written down."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from junheng.accounts.models import ReadLog
from junheng.accounts.tests import cast
from junheng.aid.models import CheckAuthorisation, CheckHit, HouseholdVisit
from junheng.aid.services import cross_checking, settling_left_out
from junheng.aid.tests.checks import builders as build
from junheng.aid.tests.checks.test_left_out import left_out
from junheng.aid.tests.households.test_closed import strangers
from junheng.commons.models import Approval, Job, Run
from junheng.places.models import Role

pytestmark = pytest.mark.django_db


def posted(client: Any, page: str, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"aid:{page}", args=args), data)


def test_no_stranger_learns_of_a_visit_or_does_anything_there(client: Any) -> None:
    visit = build.flagged()
    row, hit = CheckAuthorisation.objects.get(), build.only_hit(visit)
    home = visit.household
    for who, user in strangers().items():
        client.force_login(user)
        seen = client.get(reverse("aid:household_visit", args=[visit.number]))
        done = [
            posted(client, "visit_hear", visit.number, on="2026-01-01", said="x").status_code,
            posted(client, "visit_decide", visit.number, outcome="stays").status_code,
            posted(client, "withdraw_authorisation", row.ref).status_code,
            client.get(reverse("aid:authorisation", args=[row.ref])).status_code,
            posted(client, "household_authorise", home.number).status_code,
            client.get(reverse("aid:household_authorise", args=[home.number])).status_code,
        ]
        assert {seen.status_code, *done} == {404}, who
        assert HouseholdVisit.objects.for_user(user).count() == 0, who
        assert CheckHit.objects.for_user(user).count() == 0, who
    hit.refresh_from_db()
    row.refresh_from_db()
    assert (hit.wrong, row.withdrawn_at) == (None, None)


def test_no_stranger_learns_who_was_left_out(client: Any) -> None:
    row = left_out()
    for who, user in strangers().items():
        client.force_login(user)
        answers = {
            client.get(reverse("aid:left_out_one", args=[row.pk])).status_code,
            posted(client, "left_out_ask", row.pk).status_code,
            posted(client, "left_out_settle", row.pk, words="x").status_code,
            client.get(reverse("accounts:reveal", args=["left_out", row.pk, "name"])).status_code,
        }
        assert answers == {404}, who
    row.refresh_from_db()
    assert row.state == "open"


def test_whoever_reads_what_a_register_says_is_written_down(client: Any) -> None:
    visit = build.flagged()
    client.force_login(cast.ma())
    page = client.get(reverse("aid:household_visit", args=[visit.number])).content.decode()
    log = ReadLog.objects.get()
    assert (log.reader, log.kind, log.key) == (cast.ma(), "aid.householdvisit", str(visit.pk))
    assert "田*山" in page
    assert "田大山" not in page
    assert build.NUMBER not in page
    for part in ("98,000.00", "Department of vehicle", "第五十八条", "A-1", "%"):
        assert part in page, part


def test_a_visit_is_written_down_and_decided_by_two_people(client: Any) -> None:
    visit = build.flagged()
    hit = build.only_hit(visit)
    client.force_login(cast.tian())
    assert posted(client, "visit_hear", visit.number, on="", said="").status_code == 422
    told = {"on": build.today().isoformat(), "met": "on", "said": "My brother's."}
    assert posted(client, "visit_hear", visit.number, **told).status_code == 302
    client.force_login(cast.zhou())
    wrong = {"outcome": "remove", f"hit_{hit.pk}": "yes", "words": "x"}
    refused = posted(client, "visit_decide", visit.number, **wrong)
    assert refused.status_code == 422
    answer = posted(client, "visit_decide", visit.number, **wrong | {"outcome": "stays"})
    assert answer.status_code == 302
    hit.refresh_from_db()
    assert hit.wrong is True
    client.force_login(cast.ma())
    assert "100.0 %" in client.get(reverse("aid:wrong_flags")).content.decode()


def test_a_signature_is_written_down_and_withdrawn_at_the_card(client: Any) -> None:
    home = build.home()
    client.force_login(cast.tian())
    given = {
        "signed_by": str(build.head(home).pk),
        "signed_on": build.today().isoformat(),
        "valid_to": build.today().replace(year=build.today().year + 1, day=1).isoformat(),
        "paper": "A-7",
        "registers": ["vehicle"],
    }
    assert posted(client, "household_authorise", home.number).status_code == 422
    late = given | {"valid_to": "2060-01-01"}
    assert posted(client, "household_authorise", home.number, **late).status_code == 422
    assert posted(client, "household_authorise", home.number, **given).status_code == 302
    card = reverse("aid:household", args=[home.number])
    assert "A-7" in client.get(card).content.decode()
    row = CheckAuthorisation.objects.get()
    for _again in range(2):
        assert posted(client, "withdraw_authorisation", row.ref).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_by == cast.tian()


def test_a_rule_is_asked_for_and_ended_on_its_page(client: Any) -> None:
    source = build.tables()
    cast.counties()
    client.force_login(cast.ma())
    day = build.today().isoformat()
    given = {
        "connection": str(source.pk), "speaks": "against", "test": "at_least", "least": "30000",
        "column": "", "words": "", "document": "x", "article": "y", "since": day,
    }  # fmt: skip
    bad = posted(client, "check_rules", **given | {"least": ""})
    assert bad.status_code == 422
    assert posted(client, "check_rules", **given).status_code == 302
    assert Approval.objects.get().payload["least_fen"] == 3_000_000
    row = build.rule(test="any", least_fen=None)
    page = client.get(reverse("aid:check_rules")).content.decode()
    assert str(row.ref) in page
    end = reverse("aid:end_check_rule", args=[row.ref])
    assert client.get(end).status_code == 200
    assert client.post(end, {"day": day}).status_code == 422
    client.force_login(cast.zheng())
    assert client.get(reverse("aid:check_rules")).status_code == 200
    assert posted(client, "check_rules", **given).status_code == 404


def test_a_check_is_asked_for_and_its_receipt_is_read(client: Any) -> None:
    client.force_login(cast.ma())
    build.signed(build.home())
    assert posted(client, "check_start", county="990299").status_code == 404
    assert posted(client, "check_start", county=cast.COUNTY).status_code == 302
    assert Job.objects.count() == 0, "there is no rule yet"
    build.rule()
    build.delivered({})
    posted(client, "check_start", county=cast.COUNTY)
    job = Job.objects.get()
    assert job.kind == "aid.cross_check"
    run = Run.objects.get(ref=job.args["run"])
    url = reverse("aid:check_run", args=[run.ref])
    assert client.get(url).status_code == 200
    cross_checking.execute(run, lambda _done, _total: None)
    assert "Department of vehicle" in client.get(url).content.decode()
    client.force_login(cast.person("lan", Role.AID_OFFICER, cast.bureau(cast.NEXT_COUNTY)))
    assert client.get(url).status_code == 404


def test_somebody_left_out_is_visited_and_settled(client: Any) -> None:
    row = left_out()
    client.force_login(cast.ma())
    page = client.get(reverse("aid:left_out_one", args=[row.pk])).content.decode()
    assert "程*兰" in page
    assert "程玉兰" not in page
    assert posted(client, "left_out_ask", row.pk).status_code == 302
    client.force_login(cast.tian())
    wrong = posted(client, "left_out_settle", row.pk, number="H-404", words="x")
    assert wrong.status_code == 422
    given = {"number": "H-1", "words": "Visited."}
    assert posted(client, "left_out_settle", row.pk, **given).status_code == 302
    row.refresh_from_db()
    assert row.state == settling_left_out.State.IDENTIFIED

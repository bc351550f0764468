"""Filled quota seats in public: what is told, what is not, and the file that anybody compares."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256

import pytest
from django.test import Client

from junheng.accounts.models import User
from junheng.accounts.tests.conftest import browser
from junheng.admissions.models import QuotaPlacement
from junheng.admissions.selectors.quota_filled import filled_seats, public_receipt
from junheng.admissions.tests.quota import builders
from junheng.commons.web import kept
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
AT = "/r/quota-seats/990100/2026/"


@pytest.fixture
def client() -> Client:
    """Somebody without an account who reads English."""
    return browser()


def test_seats_are_told_after_two_people_agreed_and_not_before(
    client: Client, li: User, wu: User
) -> None:
    _shares, filling = builders.both_stages(li, wu)
    before = client.get(AT).content.decode()
    assert "How the seats were filled" not in before
    builders.published(filling, li, wu)
    kept.forget()
    after = client.get(AT).content.decode()
    for said in ("How the seats were filled", "Lowest score", "630", "**01"):
        assert said in after
    for number, score in QuotaPlacement.objects.values_list("number", "score"):
        assert f">{number}" not in after
        assert score is None or score == Decimal(630) or str(score) not in after
    kept.forget()
    with same_queries("admissions", "quota seats, public and filled"):
        client.get(AT)


def test_every_seat_is_accounted_for(li: User, wu: User) -> None:
    _shares, filling = builders.both_stages(li, wu)
    first, second = filled_seats(builders.published(filling, li, wu))
    for senior in (first, second):
        assert senior.seats == senior.own + senior.others + senior.returned
        assert len(senior.pupils) == senior.own + senior.others
    xin = next(row for row in first.rows if row.code == "x")
    assert (xin.seats, xin.own, xin.left, xin.lowest) == (3, 3, 0, Decimal(630))
    assert all(row.lowest is None for one in (first, second) for row in one.rows if row.own < 3)


def test_the_file_has_the_fingerprint_that_stands_on_the_page(
    client: Client, li: User, wu: User
) -> None:
    shares, filling = builders.both_stages(li, wu)
    builders.published(filling, li, wu)
    page = client.get(AT).content.decode()
    file = client.get(f"{AT}receipt.json")
    assert sha256(file.content).hexdigest() in page
    told = json.loads(file.content)
    assert told["filling"]["result_sha256"] == filling.run.result_sha256
    assert sum(row["unfilled"] for row in told["seats"]) == sum(
        row["to_other_schools"] + row["to_open_admission"] for row in told["unfilled"]
    )
    numbers = {row["number"] for row in told["pupils"]}
    assert not numbers & set(QuotaPlacement.objects.values_list("number", flat=True))
    assert public_receipt(shares, None)["filling"] is None
    assert client.get("/r/quota-seats/990100/2031/receipt.json").status_code == 404


def test_what_a_later_publication_replaced_is_not_shown(client: Client, li: User, wu: User) -> None:
    _shares, filling = builders.both_stages(li, wu)
    builders.published(filling, li, wu)
    builders.published(builders.ran(filling.plan, "shares", li), li, wu)
    assert "How the seats were filled" not in client.get(AT).content.decode()

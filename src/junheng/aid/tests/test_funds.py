"""Funds: never more out than in, a gift for its purpose, sums for everybody and nobody's name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, client, english, signed_in
from junheng.aid.engine.small_sums import Cell, told
from junheng.aid.models import Donation, EducationFund, Grant
from junheng.aid.services import funds
from junheng.aid.services.batches import NotTheirPost
from junheng.aid.services.funds import Entered, NotSoMuch
from junheng.commons.tests.roles import as_the_site

__all__ = ["client", "english", "signed_in"]
DAY = date(2017, 3, 1)
ENTRY, BOOKS = "On entering higher education", "Books"


def a_fund() -> EducationFund:
    return funds.found_fund(cast.counties(), "Yunhuai Education Fund", DAY, "F-1", by=cast.ma())


def gift(fund: EducationFund, fen: int, **given: Any) -> Donation:
    facts = {"donor": "Yunhuai Mill", "on": DAY, "paper": f"G-{Donation.objects.count()}"}
    return funds.receive(fund, fen=fen, by=cast.ma(), **facts | given)


def grant(fund: EducationFund, heads: int, fen: int, **given: Any) -> Grant:
    facts = {"donation": None, "purpose": ENTRY, "on": DAY, "paper": f"R-{Grant.objects.count()}"}
    return funds.grant(fund, heads=heads, fen=fen, by=cast.ma(), **facts | given)


@pytest.mark.django_db
def test_what_the_sources_tell_comes_out_in_public(client: Client) -> None:
    """330,000 yuan to 84 students, and what went to fewer than five is not told."""
    fund = a_fund()
    gift(fund, 40_000_000)
    gift(fund, 5_000_000, donor="王敏", anonymous=True)
    books = gift(fund, 1_000_000, purpose=BOOKS)
    grant(fund, 80, 31_000_000)
    grant(fund, 4, 2_000_000)
    grant(fund, 4, 400_000, donation=books)
    page = client.get("/aid/funds/").content.decode()
    assert "330,000.00" in page
    assert "to 84 students" in page
    assert "4,000.00" not in page
    assert "fewer than five" in page
    assert "Yunhuai Mill: 410,000.00" in page
    assert "王敏" not in page
    assert "460,000.00" in page


@pytest.mark.django_db
def test_never_more_than_there_is_and_a_gift_for_its_purpose_only() -> None:
    fund = a_fund()
    gift(fund, 100_000)
    books = gift(fund, 50_000, purpose=BOOKS)
    with pytest.raises(NotSoMuch, match=r"1,000\.00 yuan can be granted"):
        grant(fund, 9, 100_001)
    with pytest.raises(NotSoMuch, match=r"500\.00 yuan"):
        grant(fund, 9, 50_001, donation=books)
    assert grant(fund, 9, 50_000, donation=books).purpose == BOOKS
    grant(fund, 9, 100_000)
    more = {"fund": fund, "purpose": ENTRY, "heads": 1, "fen": 1, "on": DAY, "by": cast.ma()}
    free = gift(fund, 10, purpose="Sport")
    with as_the_site():
        for wrong in ({"paper": "x"}, {"paper": "y", "donation": free}):
            with pytest.raises(DatabaseError, match="what there is"), transaction.atomic():
                Grant.objects.create(**more | wrong)
        for table, change in (
            (Grant, {"fen": 1}),
            (Donation, {"fen": 1}),
            (EducationFund, {"name": "x"}),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                table._default_manager.update(**change)


@pytest.mark.django_db
def test_each_paper_once_and_only_the_aid_officer_keeps_them(signed_in: SignedIn) -> None:
    fund = a_fund()
    with pytest.raises(Entered, match="of this name"):
        a_fund()
    given = gift(fund, 100, paper="G")
    with pytest.raises(Entered, match="entered already"):
        gift(fund, 100, paper="G")
    grant(fund, 1, 10, paper="R")
    with pytest.raises(Entered):
        grant(fund, 1, 10, paper="R")
    with pytest.raises(Entered, match="after the gift"):
        funds.thank(given, date(2000, 1, 1), by=cast.ma())
    with pytest.raises(NotTheirPost):
        funds.thank(given, DAY, by=cast.xu())
    ma = signed_in(cast.ma())
    for _time in range(2):
        ma.post(f"/aid/funds/donations/{given.pk}/thank/")
    given.refresh_from_db()
    assert given.thanked_on is not None
    url = f"/aid/funds/{fund.pk}/"
    much = {"what": "grant", "purpose": "x", "heads": "1", "fen": "9", "on": DAY, "paper": "z"}
    assert "are wanted" in ma.post(url, much).content.decode()
    assert ma.post(url, much | {"fen": "0.5"}).status_code == 302
    assert "Yunhuai Mill" in signed_in(cast.xu()).get(url).content.decode()
    assert ma.post("/aid/funds/kept/", {"name": ""}).status_code == 422


@pytest.mark.django_db
def test_a_loan_is_a_record_with_a_sealed_name_once_a_year(
    signed_in: SignedIn, client: Client
) -> None:
    ma = signed_in(cast.ma())
    loan = {
        "name": "王小涵", "resident_id": "990100201705010029", "year": "2026", "fen": "8000",
        "bank": "Yunhuai Bank", "on": "2026-09-01",
    }  # fmt: skip
    assert ma.post("/aid/funds/loans/enter/", loan).status_code == 302
    assert "loan of this year" in ma.post("/aid/funds/loans/enter/", loan).content.decode()
    wrong = ma.post("/aid/funds/loans/enter/", loan | {"resident_id": "1", "year": "2027"})
    assert "not valid" in wrong.content.decode()
    page = ma.get("/aid/funds/loans/").content.decode()
    assert "王小涵" not in page
    assert "8,000.00" in page
    assert "8,000.00" not in client.get("/aid/funds/").content.decode(), "one student is too few"


def test_what_is_withheld_is_in_no_sum() -> None:
    found = told([Cell("a", 3, 10), Cell("a", 3, 10), Cell("b", 4, 7)])
    assert found.cells == (Cell("a", 6, 20),)
    assert (found.heads, found.fen, found.withheld) == (6, 20, 1)

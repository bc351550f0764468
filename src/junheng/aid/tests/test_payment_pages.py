"""Pages of payments: three people's buttons, masks everywhere, and the budget's figures."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from junheng.accounts.models import ReadLog
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, english, signed_in
from junheng.aid.models import AidPolicy, BudgetLine, FormerTotal, PaymentBatch
from junheng.aid.selectors.headings import public_headings
from junheng.aid.services import answers, auditing, budgeting, checking, paying_out
from junheng.aid.services.budgeting import LeftAlready
from junheng.aid.tests import builders as term_of
from junheng.aid.tests import payment_builders as build
from junheng.aid.web.batches import BatchTable, LineTable
from junheng.aid.web.budgets import BudgetTable
from junheng.commons import imports
from junheng.commons.tables import unindexed_sorts
from tests.query_baselines import same_queries

__all__ = ["english", "signed_in"]
pytestmark = pytest.mark.django_db


def test_three_people_and_their_buttons(signed_in: SignedIn) -> None:
    build.budget()
    batch = build.drafted(map(build.due, build.pupils(2)))
    url = f"/aid/payments/{batch.pk}/"
    ma, gao, xu = (signed_in(who) for who in (cast.ma(), build.second(), cast.xu()))
    assert "/check/" not in ma.get(url).content.decode()
    assert "/check/" in gao.get(url).content.decode()
    assert "take no other part" not in gao.post(f"{url}check/", follow=True).content.decode()
    assert "/pay-out/" not in gao.get(url).content.decode()
    assert "/pay-out/" in xu.get(url).content.decode()
    xu.post(f"{url}pay-out/")
    page = xu.get(url).content.decode()
    assert "Take the bank&#x27;s answer in" in page or "Take the bank's answer in" in page
    assert "balances to the fen" in page
    first, second = (xu.get(f"{url}file/").content for _time in range(2))
    assert first == second
    assert ReadLog.objects.filter(reader=cast.xu()).count() == 2


def test_a_term_is_decided_drafted_paid_and_the_audit_finds_nothing_more(
    signed_in: SignedIn,
) -> None:
    """From the register to the bank and back: due, unpaid, paid, and no difference left."""
    term, ma = term_of.a_term(), cast.ma()
    boards, stays_home = term_of.pupils(["boarder"], [])
    term_of.told()
    term_of.approved("boarder", fen=build.FEN)
    build.budget("boarders", half_year="2025-2")
    page = signed_in(ma)
    nothing = page.post(
        "/aid/payments/draft/", {"term": term.pk, "source": "county"}, follow=True
    ).content.decode()
    assert "There is nothing to pay" in nothing
    term_of.decided(term)
    assert auditing.compare(term).total == 1
    told = page.post(
        "/aid/payments/draft/", {"term": term.pk, "source": "county"}, follow=True
    ).content.decode()
    assert "1 without an account" in told
    for pupil in (boards, stays_home):
        build.account(pupil)
    made = page.post("/aid/payments/draft/", {"term": term.pk, "source": "county"}, follow=True)
    assert "Drafted. Somebody else checks it." in made.content.decode()
    batch = PaymentBatch.objects.get()
    assert [line.subject for line in batch.lines.all()] == [str(boards.pk)]
    assert "Boarders" in page.get(f"/aid/payments/{batch.pk}/").content.decode()
    wrong = page.post("/aid/payments/draft/", {"term": 0, "source": "county"}, follow=True)
    assert "Choose a term" in wrong.content.decode()
    checking.check(batch.pk, by=build.second())
    paying_out.pay_out(batch.pk, by=cast.xu())
    assert "Allowance" in signed_in(cast.xu()).get(f"/aid/payments/{batch.pk}/").content.decode()
    build.answered(batch)
    assert auditing.compare(term).total == 0


def test_what_gives_poverty_away_has_a_neutral_heading() -> None:
    term_of.approved("boarder", code="boarders")
    term_of.approved(term_of.POOR, code="poor")
    assert public_headings(cast.counties().path)["poor"] == "Allowance"
    AidPolicy.objects.update(plain_zh="", plain_en="")
    assert public_headings(cast.counties().path) == {"boarders": "Boarders"}


def test_names_and_account_numbers_leave_the_server_in_masks_only(signed_in: SignedIn) -> None:
    build.budget()
    batch = build.answered(build.sent(map(build.due, build.pupils(2))), "1001")
    line = batch.lines.order_by("number")[0]
    ma = signed_in(cast.ma())
    pages = [
        ma.get(f"/aid/payments/{batch.pk}/").content.decode(),
        ma.get(f"/aid/payments/account/{line.pk}/").content.decode(),
    ]
    book = load_workbook(io.BytesIO(ma.post(f"/aid/payments/{batch.pk}/").getvalue()))
    pages.append(str([[cell.value for cell in row] for row in book.active]))
    for page in pages:
        for secret in (str(line.name), str(line.account), str(line.holder_id)):
            assert secret not in page
    assert "王*" in pages[0]
    assert "the account is closed" in pages[0]


def test_the_banks_answer_is_looked_through_and_then_taken_in(signed_in: SignedIn) -> None:
    build.budget()
    batch = build.sent(map(build.due, build.pupils(2)))
    target = {"batch": str(batch.pk)}
    importer = answers.BankAnswerImporter()
    assert not importer.may(cast.ma(), target)
    assert not importer.may(cast.xu(), {"batch": "no"})
    assert importer.where(target) == batch.number
    data = build.result(batch, ("0000", "1001"))
    wrong = imports.receive(
        importer, data.replace(b"0000", b"7777", 1), name="a.csv", target=target, by=cast.xu()
    )
    assert (wrong.state, wrong.faults) == ("refused", 1)
    looked = imports.receive(importer, data, name="a.csv", target=target, by=cast.xu())
    batch.refresh_from_db()
    assert (looked.state, batch.state) == ("previewed", "paid_out")
    imports.take_over(looked, cast.xu())
    batch.refresh_from_db()
    assert batch.state == "partly_returned"
    again = imports.receive(importer, data, name="a.csv", target=target, by=cast.xu())
    imports.take_over(again, cast.xu())
    assert batch.answers.count() == 1
    with pytest.raises(imports.CannotUndo, match="stays"):
        imports.undo(again, cast.xu())
    page = signed_in(cast.ma()).get(f"/aid/payments/{batch.pk}/").content.decode()
    assert "Pay again what came back" in page


GOLDEN = (
    ("per_pupil_funds", "central", 4122, 351_300_000, 80_000_000),
    ("nutrition_meal", "central", 0, 313_270_000, 75_000_000),
    ("boarders", "provincial", 3136, 533_120_000, 265_000_000),
)
"""Heads, planned and disbursed in fen, as the sources tell them of half a year."""


def test_the_budget_of_the_sources_comes_out_of_its_rows(signed_in: SignedIn) -> None:
    for policy, source, heads, planned, disbursed in GOLDEN:
        line = build.budget(policy, planned, source=source, planned_heads=heads, half_year="2016-1")
        FormerTotal.objects.create(
            budget=line, heads=heads, fen=disbursed, paper="S2", on="2016-06-30", by=cast.ma()
        )
    ma = signed_in(cast.ma())
    page = ma.get("/aid/budget/").content.decode()
    for shown in ("3,513,000.00", "800,000.00", "3,132,700.00", "750,000.00", "4122", "3136"):
        assert shown in page.replace("4,122", "4122").replace("3,136", "3136")
    for shown in ("5,331,200.00", "2,650,000.00", "49.7 %", "11,976,900.00", "4,200,000.00"):
        assert shown in page
    book = load_workbook(io.BytesIO(ma.post("/aid/budget/").getvalue()))
    rows = [[cell.value for cell in row] for row in book.active]
    assert "2650000.00" in str(rows)


def test_a_line_is_never_allocated_less_than_has_left_it(signed_in: SignedIn) -> None:
    line = build.budget(allocated_fen=3 * build.FEN)
    build.sent(map(build.due, build.pupils(2)))
    ma = signed_in(cast.ma())
    url = f"/aid/budget/{line.pk}/"
    told = ma.post(url, {"what": "allocate", "fen": "1249.99", "paper": "YH-9"})
    assert told.status_code == 422
    assert "1,250.00 yuan have left this line already" in told.content.decode()
    assert ma.post(url, {"what": "allocate", "fen": "x", "paper": ""}).status_code == 422
    assert ma.post(url, {"what": "allocate", "fen": "1250", "paper": "YH-9"}).status_code == 302
    former = {"what": "former", "heads": "1", "fen": "0.01", "on": "2026-08-01", "paper": "old"}
    assert "0.01 more are too much" in ma.post(url, former).content.decode()
    budgeting.allocate(line.pk, 2 * build.FEN + 1, "YH-10", by=cast.ma())
    assert ma.post(url, former).status_code == 302
    line.refresh_from_db()
    with pytest.raises(LeftAlready):
        budgeting.add_former(line.pk, by=cast.ma(), heads=1, fen=1, paper="old", on=build.DAY)


def test_a_second_line_for_the_same_is_refused(signed_in: SignedIn) -> None:
    build.budget("heating")
    term_of.a_policy("heating")
    given = {
        "policy": "heating", "source": "county", "half_year": "2026-2", "pays_to": "school",
        "planned_heads": "3", "planned_fen": "100", "allocated_fen": "50.00", "paper": "YH-1",
    }  # fmt: skip
    ma = signed_in(cast.ma())
    assert "Change that one" in ma.post("/aid/budget/line/", given).content.decode()
    assert ma.post("/aid/budget/line/", given | {"half_year": "2027-1"}).status_code == 302
    assert BudgetLine.objects.count() == 2


@pytest.mark.parametrize("half_year", ["", "2026-3", "1926-1", "first half of 2026"])
def test_a_half_year_is_chosen_and_nothing_else_is_taken(
    half_year: str, signed_in: SignedIn
) -> None:
    term_of.a_policy("heating")
    ma = signed_in(cast.ma())
    assert "second half of 2026" in ma.get("/aid/budget/").content.decode()
    given = {
        "policy": "heating", "source": "county", "half_year": half_year, "pays_to": "school",
        "planned_heads": "3", "planned_fen": "100", "allocated_fen": "50.00", "paper": "YH-1",
    }  # fmt: skip
    refused = ma.post("/aid/budget/line/", given)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["half_year"]
    assert not BudgetLine.objects.exists()


def test_pages_ask_the_database_as_often_as_is_written_down(signed_in: SignedIn) -> None:
    build.budget()
    batch = build.answered(build.sent(map(build.due, build.pupils(3))), "1001", "0000")
    ma = signed_in(cast.ma())
    for name, url in (
        ("batches, aid officer", "/aid/payments/"),
        ("batch, aid officer", f"/aid/payments/{batch.pk}/"),
        ("budget, aid officer", "/aid/budget/"),
    ):
        ma.get(url)
        with same_queries("aid", name):
            assert ma.get(url).status_code == 200
    for table, model in ((BatchTable, PaymentBatch), (LineTable, PaymentBatch)):
        assert unindexed_sorts(table, model) == []
    assert unindexed_sorts(BudgetTable, BudgetLine) == []

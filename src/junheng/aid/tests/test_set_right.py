"""Too little is completed, too much comes back: only so can due and paid ever agree."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, client, english, signed_in
from junheng.aid.engine.dues import Due
from junheng.aid.models import (
    AidTerm,
    Difference,
    FormerPayment,
    PaymentBatch,
    PaymentLine,
    Posting,
    Recovery,
)
from junheng.aid.selectors.reached import given_before, paid_to
from junheng.aid.services import auditing, checking, drafting, paying_out
from junheng.aid.services.drafting import NothingToPay
from junheng.aid.services.recoveries import CameBack, MoreThanArrived, NotInThisTerm, ask_recovery
from junheng.aid.tests import builders as term_of
from junheng.aid.tests import payment_builders as build
from junheng.commons import approvals
from junheng.commons.approvals import NotTheirs
from junheng.commons.models import Approval
from junheng.commons.tests.roles import as_the_site
from junheng.registry.models import Pupil

__all__ = ["client", "english", "signed_in"]
pytestmark = pytest.mark.django_db
DAY = term_of.FIRST


@pytest.fixture
def due(settings: Settings, tmp_path: Path) -> tuple[AidTerm, Pupil]:
    """A boarder who is due 625 yuan for the term, money for it, and an account."""
    settings.STORAGE_ROOT = tmp_path
    term = term_of.a_term()
    (pupil,) = term_of.pupils(["boarder"])
    term_of.told()
    term_of.approved("boarder", fen=build.FEN)
    term_of.decided(term)
    build.budget("boarders", half_year="2025-2")
    build.account(pupil)
    return term, pupil


def former(pupil: Pupil, fen: int, row: int = 1) -> None:
    """What another system paid."""
    FormerPayment.objects.create(
        path=pupil.organisation.path, subject=str(pupil.pk), policy="boarders", for_day=DAY,
        fen=fen, paper="old list", row=row, turn=row, by=cast.ma(),
    )  # fmt: skip


def drafted(term: AidTerm) -> PaymentBatch:
    return drafting.draft_term(term, source="county", by=cast.ma()).batch


def paid(batch: PaymentBatch) -> PaymentBatch:
    """The batch, at its end."""
    checking.check(batch.pk, by=build.second())
    paying_out.pay_out(batch.pk, by=cast.xu())
    batch.refresh_from_db()
    return build.answered(batch)


def back(pupil: Pupil, fen: int, paper: str = "Receipt 1", **given: Any) -> CameBack:
    told: dict[str, Any] = {
        "on": timezone.localdate(),
        "for_day": DAY,
        "policy": "boarders",
    } | given
    return CameBack(str(pupil.pk), path=pupil.organisation.path, fen=fen, paper=paper, **told)


def kinds(term: AidTerm) -> dict[str, int]:
    return auditing.compare(term).rows


def test_what_a_former_system_paid_too_little_is_completed_once(
    due: tuple[AidTerm, Pupil],
) -> None:
    term, pupil = due
    former(pupil, 60_000)
    assert kinds(term) == {"wrong_amount": 1}
    batch = drafted(term)
    line = batch.lines.get()
    assert (line.fen, line.supplements) == (2_500, True)
    with pytest.raises(NothingToPay, match="1 on a line already"):
        drafted(term)
    paid(batch)
    assert kinds(term) == {}
    assert list(Posting.objects.order_by("pk").values_list("leaves", "enters", "fen")) == [
        ("allocated", "in_transit", 2_500),
        ("in_transit", "paid", 2_500),
    ]


def test_when_more_became_due_the_rest_is_paid_beside_the_first_line(
    due: tuple[AidTerm, Pupil],
) -> None:
    term, pupil = due
    first = paid(drafted(term))
    assert kinds(term) == {}
    term_of.approved("boarder", fen=80_000, valid_from=date(2025, 9, 1))
    term_of.decided(term)
    assert kinds(term) == {"wrong_amount": 1}
    second = drafted(term)
    assert second.lines.get().fen == 80_000 - build.FEN
    assert first.lines.get().fen == build.FEN
    paid(second)
    assert kinds(term) == {}
    assert paid_to(pupil.pk, term) == {("boarders", DAY): 80_000}


def test_a_supplement_is_given_up_with_its_draft_and_drafted_anew(
    due: tuple[AidTerm, Pupil],
) -> None:
    term, pupil = due
    former(pupil, 60_000)
    drafting.give_up(drafted(term).pk, by=cast.ma())
    assert drafted(term).lines.get().fen == 2_500


def test_the_database_pays_no_fen_more_than_is_due(due: tuple[AidTerm, Pupil]) -> None:
    term, pupil = due
    former(pupil, 60_000)
    line = drafted(term).lines.get()

    def again(**change: Any) -> None:
        copy: Any = PaymentLine.objects.get(pk=line.pk)
        copy.pk, copy.number = uuid4(), 9
        copy.name = copy.holder = copy.account = copy.holder_id = "x"
        for name, value in change.items():
            setattr(copy, name, value)
        with transaction.atomic():
            copy.save(force_insert=True)

    with as_the_site():
        for change in ({"fen": 1}, {"fen": 1, "policy": "other"}, {"fen": 1, "subject": uuid4()}):
            with pytest.raises(DatabaseError):
                again(**change)
        with pytest.raises(DatabaseError, match="former system"):
            again(supplements=False)
        with pytest.raises(DatabaseError), transaction.atomic():
            PaymentLine.objects.filter(pk=line.pk).update(supplements=False)
    other_batch: dict[str, Any] = {
        "place": cast.counties(),
        "period": build.PERIOD,
        "source": "county",
    }
    more = Due(str(pupil.pk), "boarders", DAY, 99_999, pupil.organisation.path)
    with pytest.raises(NothingToPay, match="1 on a line already"):
        drafting.draft(**other_batch, by=cast.ma(), dues=[more])


def test_too_much_comes_back_by_two_people_and_the_payment_stays(
    due: tuple[AidTerm, Pupil], signed_in: SignedIn
) -> None:
    term, pupil = due
    former(pupil, build.FEN)
    former(pupil, build.FEN, row=2)
    assert kinds(term) == {"twice": 1}
    ma, wu = signed_in(cast.ma()), signed_in(cast.wu())
    page = f"/aid/terms/{term.code}/differences/"
    row = Difference.objects.get()
    assert f"{page}{row.pk}/" in ma.get(page).content.decode()
    assert f"{page}{row.pk}/" not in wu.get(page).content.decode()
    form = ma.get(f"{page}{row.pk}/").content.decode()
    assert 'value="625.00"' in form
    assert pupil.name not in form
    told = {"fen": "625.00", "on": "2026-01-10", "paper": "Receipt 1"}
    for wrong, why in (
        ({"fen": "1250.01"}, "From 0.01 to 1,250.00 yuan can come back"),
        ({"fen": "much"}, "Write an amount in yuan"),
        ({"on": "2999-01-01"}, "has not come yet"),
        ({"paper": ""}, "required"),
    ):
        answer = ma.post(f"{page}{row.pk}/", told | wrong)
        assert answer.status_code == 422
        assert why in answer.content.decode()
    assert not Approval.objects.filter(state="pending").exists()
    assert ma.post(f"{page}{row.pk}/", told).status_code == 302
    assert kinds(term) == {"twice": 1}
    asked = Approval.objects.get(state="pending")
    with pytest.raises(approvals.NeedsSomebodyElse):
        approvals.agree(asked, cast.ma())
    shown = wu.get(f"/approvals/{asked.pk}/").content.decode()
    assert "625.00" in shown
    assert pupil.name not in shown
    assert wu.post(f"/approvals/{asked.pk}/agree/").status_code == 302
    assert kinds(term) == {}
    assert FormerPayment.objects.count() == 2
    listed = ma.get(f"/aid/terms/{term.code}/recoveries/").content.decode()
    assert "Receipt 1" in listed
    assert pupil.name not in listed
    auditing.close(term, by=cast.ma())
    assert ma.get(f"{page}{row.pk}/").status_code == 404


def test_who_gave_back_everything_is_unpaid_again_and_gets_it_once_more(
    due: tuple[AidTerm, Pupil],
) -> None:
    term, pupil = due
    paid(drafted(term))
    approvals.agree(ask_recovery(term, back(pupil, build.FEN), by=cast.ma()), cast.wu())
    assert kinds(term) == {"unpaid": 1}
    again = drafted(term)
    assert again.lines.get().fen == build.FEN
    paid(again)
    assert kinds(term) == {}


def test_money_for_nothing_that_came_back_was_not_given_before(
    due: tuple[AidTerm, Pupil],
) -> None:
    term, pupil = due
    later = AidTerm(place=term.place, code="2025-2026-2", starts_on=date(2026, 2, 20))
    former(pupil, 10_000)
    assert given_before(later) == {(str(pupil.pk), "boarders")}
    approvals.agree(ask_recovery(term, back(pupil, 10_000), by=cast.ma()), cast.wu())
    assert given_before(later) == set()


def test_no_more_comes_back_than_arrived_whoever_writes_it(due: tuple[AidTerm, Pupil]) -> None:
    term, pupil = due
    former(pupil, 10_000)
    first = ask_recovery(term, back(pupil, 6_000), by=cast.ma())
    with pytest.raises(approvals.AlreadyAsked):
        ask_recovery(term, back(pupil, 6_000, "Receipt 2"), by=cast.ma())
    approvals.agree(first, cast.wu())
    with pytest.raises(MoreThanArrived, match=r"40\.00 yuan"):
        ask_recovery(term, back(pupil, 6_000, "Receipt 2"), by=cast.ma())
    with pytest.raises(MoreThanArrived, match="written down for this already"):
        ask_recovery(term, back(pupil, 1), by=cast.ma())
    with pytest.raises(NotInThisTerm):
        ask_recovery(term, back(pupil, 1, "Receipt 3", on=date(2999, 1, 1)), by=cast.ma())
    for somebody in (cast.xu(), cast.sun(), cast.tian()):
        with pytest.raises(NotTheirs):
            ask_recovery(term, back(pupil, 1, "Receipt 4"), by=somebody)
    row = Recovery.objects.get()
    with as_the_site():
        for deed in (
            lambda: Recovery.objects.filter(pk=row.pk).update(fen=1),
            lambda: Recovery.objects.all()._raw_delete("default"),
            lambda: Recovery.objects.create(
                term=term, path=row.path, subject=row.subject, policy="boarders", for_day=DAY,
                fen=1, on=DAY, paper="z", asked_by=cast.ma(), agreed_by=cast.wu(),
            ),
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic():
                deed()

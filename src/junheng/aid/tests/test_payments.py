"""From due to paid: every line at most once, by three people, and the ledger balances."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import english
from junheng.aid.engine.dues import Due
from junheng.aid.models import (
    BankAnswer,
    BudgetLine,
    FormerPayment,
    PayAccount,
    PaymentBatch,
    PaymentLine,
    PaymentOutcome,
    Posting,
)
from junheng.aid.selectors.paid import paid
from junheng.aid.services import answers, checking, drafting, following_up, paying_out
from junheng.aid.services.batches import NotTheirPost, OutOfStep, ThreePeople
from junheng.aid.services.drafting import NothingToPay
from junheng.aid.services.paying_out import BeyondBudget
from junheng.aid.tests import payment_builders as build
from junheng.commons.tests.roles import as_the_site
from junheng.kernel.faults import Refused

__all__ = ["english"]
pytestmark = pytest.mark.django_db
TERM = (date(2026, 9, 1), date(2027, 1, 31))


def balance(account: str) -> int:
    """What lies in an account of the ledger, in fen."""
    came = Posting.objects.filter(enters=account).aggregate(sum=Sum("fen"))["sum"] or 0
    went = Posting.objects.filter(leaves=account).aggregate(sum=Sum("fen"))["sum"] or 0
    return int(came - went)


def deferred() -> None:
    """Ask the deferred triggers now, as the end of a transaction does."""
    with transaction.atomic(), transaction.get_connection().cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_from_due_to_the_account_and_every_fen_is_where_it_should_be() -> None:
    build.budget()
    two = build.pupils(2)
    batch = build.sent(map(build.due, two))
    assert (batch.state, batch.lines_count, batch.total_fen) == ("paid_out", 2, 2 * build.FEN)
    assert (balance("in_transit"), balance("allocated")) == (2 * build.FEN, -2 * build.FEN)
    deferred()
    batch = build.answered(batch)
    deferred()
    assert batch.state == "reconciled"
    assert (balance("in_transit"), balance("paid")) == (0, 2 * build.FEN)
    rows = list(paid(cast.counties().path, *TERM))
    assert sorted(row.subject for row in rows) == sorted(str(pupil.pk) for pupil in two)
    assert {row.fen for row in rows} == {build.FEN}


def test_what_is_drafted_twice_is_on_one_line() -> None:
    build.budget()
    (pupil,) = build.pupils(1)
    build.drafted([build.due(pupil), build.due(pupil)])
    with pytest.raises(NothingToPay, match="1 on a line already"):
        build.drafted([build.due(pupil)])
    assert PaymentLine.objects.count() == 1
    assert PaymentBatch.objects.count() == 1


def test_what_cannot_be_paid_is_told_and_left_out() -> None:
    build.budget()
    one, two = build.pupils(2)
    bare = build.pupils(1)[0]

    PayAccount.objects.filter(subject=str(bare.pk)).update(replaced_at=timezone.now())
    FormerPayment.objects.create(
        path=cast.school().path, subject=str(two.pk), policy=build.POLICY, for_day=build.DAY,
        fen=1, paper="old", row=1, by=cast.ma(),
    )  # fmt: skip
    nobody = Due(build.some_id(), build.POLICY, build.DAY, 1, one.organisation.path)
    made = drafting.draft(
        cast.counties(),
        period=build.PERIOD,
        source="county",
        dues=[build.due(one), build.due(two), build.due(bare), nobody, build.due(one, policy="x")],
        by=cast.ma(),
    )
    assert made.batch.lines.count() == 1
    left = made.left_out
    assert (left.settled, left.no_account, left.no_budget, left.unknown) == (1, 1, 1, 1)


class TestThreePeople:
    def test_nobody_takes_two_parts(self) -> None:
        build.budget()
        batch = build.drafted(map(build.due, build.pupils(1)))
        with pytest.raises(ThreePeople):
            checking.check(batch.pk, by=cast.ma())
        with pytest.raises(NotTheirPost):
            checking.check(batch.pk, by=cast.xu())
        checking.check(batch.pk, by=build.second())
        for somebody in (cast.ma(), build.second(), cast.wu()):
            with pytest.raises(NotTheirPost):
                paying_out.pay_out(batch.pk, by=somebody)
        assert not Posting.objects.exists()

    def test_the_database_refuses_it_whoever_asks(self) -> None:
        build.budget()
        batch = build.drafted(map(build.due, build.pupils(1)))
        with as_the_site():
            for by in ({"checked_by": cast.ma()}, {"paid_by": cast.ma()}):
                with pytest.raises(IntegrityError), transaction.atomic():
                    PaymentBatch.objects.filter(pk=batch.pk).update(**by)
            with pytest.raises(DatabaseError, match="no way"), transaction.atomic():
                PaymentBatch.objects.filter(pk=batch.pk).update(state="paid_out")

    def test_what_goes_back_is_a_draft_again(self) -> None:
        build.budget()
        batch = build.drafted(map(build.due, build.pupils(1)))
        checking.check(batch.pk, by=build.second())
        with pytest.raises(OutOfStep, match="why"):
            checking.send_back(batch.pk, " ", by=build.second())
        back = checking.send_back(batch.pk, "one account is wrong", by=build.second())
        assert (back.state, back.checked_by, back.total_fen) == ("draft", None, None)
        drafting.give_up(batch.pk, by=cast.ma())
        assert not PaymentLine.objects.exists()


class TestOnce:
    def test_sent_twice_it_is_the_same_file(self) -> None:
        build.budget()
        batch = build.sent(map(build.due, build.pupils(2)))
        again = paying_out.pay_out(batch.pk, by=cast.xu())
        assert again.sha256 == batch.file.sha256
        text = paying_out.bytes_of(again).decode("gb18030")
        assert text.splitlines()[0] == "序号,户名,账号,证件号码,金额,附言"
        assert f"\t{build.CARD}000" in text
        assert text.splitlines()[-1] == "合计,2,,,1250.00,"
        assert Posting.objects.count() == 2

    def test_an_answer_that_comes_twice_changes_nothing(self) -> None:
        build.budget()
        batch = build.sent(map(build.due, build.pupils(2)))
        data = build.result(batch, ("0000", "1001"))
        first = answers.take_in(batch.pk, data, name="a.csv", by=cast.xu())
        second = answers.take_in(batch.pk, data, name="a.csv", by=cast.xu())
        third = answers.take_in(batch.pk, data + b"\r\n", name="b.csv", by=cast.xu())
        assert [one.fresh for one in (first, second, third)] == [2, 0, 0]
        assert (BankAnswer.objects.count(), PaymentOutcome.objects.count()) == (1, 2)
        assert Posting.objects.count() == 4
        with pytest.raises(Refused, match="answered line 1 otherwise"):
            answers.take_in(
                batch.pk, build.result(batch, ("1001", "1001")), name="c.csv", by=cast.xu()
            )

    def test_the_database_knows_no_second_line_and_no_change(self) -> None:
        build.budget()
        batch = build.answered(build.sent(map(build.due, build.pupils(1))))
        line = batch.lines.get()
        draft = build.drafted([build.due(build.pupils(1)[0])])
        with as_the_site():
            copy: Any = PaymentLine.objects.get(pk=line.pk)
            copy.pk, copy.batch, copy.number = uuid4(), draft, 9
            copy.name = copy.holder = copy.account = copy.holder_id = "x"
            with pytest.raises(IntegrityError, match="paid_once"), transaction.atomic():
                copy.save(force_insert=True)
            copy.follows = line
            with pytest.raises(DatabaseError, match="exactly what came back"), transaction.atomic():
                copy.save(force_insert=True)
            for table, change in (
                (PaymentLine, {"fen": 1}), (PaymentLine, {"account_key": ""}),
                (PaymentOutcome, {"paid_fen": 1}), (Posting, {"fen": 1}),
                (PaymentBatch, {"state": "draft"}), (BankAnswer, {"sha256": "x"}),
            ):  # fmt: skip
                with pytest.raises(DatabaseError), transaction.atomic():
                    table._default_manager.filter(
                        **({"batch": batch} if table is PaymentLine else {})
                    ).update(**change)
            for table in (PaymentOutcome, Posting, BankAnswer):
                with pytest.raises(DatabaseError), transaction.atomic():
                    table._default_manager.all()._raw_delete(using="default")


class TestComesBack:
    def test_what_came_back_waits_for_another_account_and_is_paid_once_more(self) -> None:
        build.budget()
        one, two = build.pupils(2)
        batch = build.answered(build.sent(map(build.due, (one, two))), "1001", "0000")
        assert batch.state == "partly_returned"
        assert balance("returned") == build.FEN
        with pytest.raises(NothingToPay, match="1 lines wait"):
            following_up.follow_up(batch.pk, by=cast.ma())
        back = batch.lines.get(outcome__paid_fen=0)
        pupil = one if str(one.pk) == back.subject else two
        build.account(pupil, "6217000000000999")
        again = following_up.follow_up(batch.pk, by=cast.ma())
        with pytest.raises(NothingToPay, match="0 lines wait"):
            following_up.follow_up(batch.pk, by=cast.ma())
        checking.check(again.pk, by=build.second())
        paying_out.pay_out(again.pk, by=cast.xu())
        again.refresh_from_db()
        build.answered(again)
        deferred()
        assert balance("returned") == balance("in_transit") == 0
        assert balance("paid") == -balance("allocated") == 2 * build.FEN
        assert sum(row.fen for row in paid(cast.counties().path, *TERM)) == 2 * build.FEN

    def test_a_part_that_arrived_is_not_paid_again(self) -> None:
        build.budget()
        (pupil,) = build.pupils(1)
        batch = build.sent([build.due(pupil)])
        answers.take_in(
            batch.pk, build.result(batch, ("0001",), (10_000,)), name="a.csv", by=cast.xu()
        )
        again = following_up.follow_up(batch.pk, by=cast.ma())
        assert again.lines.get().fen == build.FEN - 10_000


class TestBudget:
    def test_no_more_leaves_than_was_allocated(self) -> None:
        line = build.budget(allocated_fen=build.FEN)
        batch = build.drafted(map(build.due, build.pupils(2)))
        checking.check(batch.pk, by=build.second())
        with pytest.raises(BeyondBudget, match=r"625\.00 yuan allocated, 0\.00 have left"):
            paying_out.pay_out(batch.pk, by=cast.xu())
        line.allocated_fen = 2 * build.FEN
        line.save()
        paying_out.pay_out(batch.pk, by=cast.xu())
        with (
            as_the_site(),
            pytest.raises(DatabaseError, match="125000 fen have left"),
            transaction.atomic(),
        ):
            BudgetLine.objects.update(allocated_fen=2 * build.FEN - 1)


class TestFaults:
    @pytest.mark.parametrize(
        ("old", "new", "what"),
        [
            pytest.param("625.00", "625.01", "over 625.00 yuan", id="another amount"),
            pytest.param("0000", "7777", "is not known", id="an unknown code"),
            pytest.param("0000", "0001", "does not go with", id="a part without an amount"),
            pytest.param("000,625", "009,625", "not the account", id="another account"),
            pytest.param("\r\n1,", "\r\n8,", "has no line 8", id="another line"),
            pytest.param("合计,,625", "合计,,626", "add up to 625.00", id="another total"),
        ],
    )
    def test_a_faulty_file_changes_nothing_and_says_where(
        self, old: str, new: str, what: str
    ) -> None:
        build.budget()
        batch = build.sent(map(build.due, build.pupils(1)))
        text = build.result(batch, ("0000",)).decode("gb18030")
        assert old in text
        with pytest.raises(Refused, match=what) as refused:
            answers.take_in(
                batch.pk, text.replace(old, new).encode("gb18030"), name="a.csv", by=cast.xu()
            )
        assert refused.value.faults[0].row in (2, 3)
        assert not PaymentOutcome.objects.exists()

    def test_only_a_batch_that_was_sent_is_answered(self) -> None:
        build.budget()
        batch = build.drafted(map(build.due, build.pupils(1)))
        with pytest.raises(Refused, match="not sent to the bank yet"):
            answers.take_in(batch.pk, build.result(batch, ("0000",)), name="a.csv", by=cast.xu())

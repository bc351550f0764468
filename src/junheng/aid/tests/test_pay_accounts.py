"""Accounts come in by one person and count by another; nobody is paid into any other account."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, english, signed_in
from junheng.aid.models import PayAccount, PaymentBatch, PaymentLine
from junheng.aid.services import (
    account_approvals,
    checking,
    drafting,
    following_up,
    pay_accounts,
    paying_out,
)
from junheng.aid.services.account_approvals import NotApproved, NothingWaits, TwoPeople
from junheng.aid.services.batches import NotTheirPost
from junheng.aid.services.drafting import NothingToPay
from junheng.aid.services.pay_accounts import BadAccount
from junheng.aid.tests import payment_builders as build
from junheng.commons.models import Attempt
from junheng.commons.sealing import Sealed
from junheng.commons.tests.roles import as_the_site

__all__ = ["english", "signed_in"]
pytestmark = pytest.mark.django_db
OTHER = "6217000000000999"


def everything() -> Any:
    return PayAccount.objects.all()


class TestTwoPeople:
    def test_an_account_counts_when_a_second_person_has_approved_it(self) -> None:
        build.budget()
        (pupil,) = build.pupils(1)
        build.waiting(pupil, OTHER)
        assert [str(line.account) for line in build.drafted([build.due(pupil)]).lines.all()] == [
            f"{build.CARD}000"
        ]
        PaymentBatch.objects.get().delete()
        assert account_approvals.approve(everything(), by=build.second()) == 1
        assert build.drafted([build.due(pupil)]).lines.get().account == OTHER
        assert PayAccount.objects.standing().count() == 1

    def test_nobody_approves_what_they_entered_and_it_is_written_down(self) -> None:
        build.waiting(build.pupils(1)[0], OTHER)
        with pytest.raises(TwoPeople, match="another person"):
            account_approvals.approve(everything(), by=cast.ma())
        with pytest.raises(TwoPeople, match="another person"):
            account_approvals.refuse(everything(), "No.", by=cast.ma())
        for somebody in (cast.xu(), cast.li(), cast.tian()):
            with pytest.raises(NotTheirPost):
                account_approvals.approve(everything(), by=somebody)
        assert PayAccount.objects.waiting().count() == 1
        assert Attempt.objects.filter(deed="aid.approve_accounts").count() == 5

    def test_what_is_refused_is_over_and_says_why(self) -> None:
        row = build.waiting(build.pupils(1)[0], OTHER)
        with pytest.raises(NothingWaits, match="why"):
            account_approvals.refuse(everything(), " ", by=build.second())
        account_approvals.refuse(everything(), "The name is another.", by=build.second())
        row.refresh_from_db()
        assert (row.state, row.refused_because) == ("refused", "The name is another.")
        with pytest.raises(NothingWaits, match="None of these"):
            account_approvals.approve(everything(), by=build.second())
        assert PayAccount.objects.standing().count() == 1  # the one before

    def test_what_is_entered_anew_takes_the_place_of_what_waits(self) -> None:
        (pupil,) = build.pupils(1)
        first = build.waiting(pupil, OTHER)
        second = build.waiting(pupil, f"{build.CARD}777")
        first.refresh_from_db()
        assert (first.state, second.state) == ("past", "waiting")
        with pytest.raises(BadAccount, match="known already"):
            build.waiting(pupil, f"{build.CARD}777")

    def test_the_holders_number_is_kept_whole(self) -> None:
        """A mask in the bank's file would come back as another person's."""
        row = build.account(build.pupils(1)[0], OTHER)
        assert str(row.holder_id) == build.HOLDER_ID


class TestTheDatabase:
    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"number": Sealed(b"x")}, id="another number"),
            pytest.param({"holder": Sealed(b"x")}, id="another holder"),
            pytest.param({"subject": "x"}, id="another person"),
            pytest.param({"entered_by": 0}, id="entered by another"),
            pytest.param({"batch": build.a_key()}, id="another import"),
            pytest.param({"decided_at": timezone.now()}, id="approved by nobody"),
            pytest.param({"refused_because": "x"}, id="refused by nobody"),
        ],
    )
    @pytest.mark.parametrize("approved", [True, False])
    def test_no_account_changes(self, change: dict[str, Any], approved: bool) -> None:
        (pupil,) = build.pupils(1)
        row = build.account(pupil, OTHER) if approved else build.waiting(pupil, OTHER)
        given = {"entered_by": build.second()} if "entered_by" in change else change
        with as_the_site(), pytest.raises(DatabaseError), transaction.atomic():
            PayAccount.objects.filter(pk=row.pk).update(**given)

    def test_one_person_is_never_two(self) -> None:
        row = build.waiting(build.pupils(1)[0], OTHER)
        own = {"decided_by": cast.ma(), "decided_at": timezone.now()}
        with as_the_site():
            with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
                PayAccount.objects.filter(pk=row.pk).update(**own)
            for given in (own | {"decided_by": build.second()}, {"replaced_at": timezone.now()}):
                copy = PayAccount.objects.get(pk=row.pk)
                copy.pk = build.a_key()
                copy.holder = copy.number = copy.holder_id = "x"
                for name, value in given.items():
                    setattr(copy, name, value)
                with pytest.raises(DatabaseError, match="begins by waiting"), transaction.atomic():
                    copy.save(force_insert=True)

    def test_a_decision_stays(self) -> None:
        row = build.account(build.pupils(1)[0], OTHER)
        with as_the_site():
            for given in (
                {"decided_by": None, "decided_at": None},
                {"decided_by": cast.wu()},
                {"refused_because": "x", "replaced_at": timezone.now()},
            ):
                with pytest.raises(DatabaseError), transaction.atomic():
                    PayAccount.objects.filter(pk=row.pk).update(**given)
            with pytest.raises(DatabaseError), transaction.atomic():
                PayAccount.objects.filter(pk=row.pk)._raw_delete(using="default")

    def test_it_checks_and_sends_no_batch_into_an_account_that_does_not_count(self) -> None:
        """Not even when a line was written past the services."""
        build.budget()
        one, two = build.pupils(2)
        batch = build.drafted([build.due(one)])
        waits = build.waiting(two, OTHER)
        line = PaymentLine.objects.get()
        steps: dict[str, Any] = {
            "state": "checked", "checked_by": build.second(), "lines_count": 2,
            "total_fen": 2 * build.FEN,
        }  # fmt: skip
        with as_the_site():
            PaymentLine.objects.create(
                batch=batch, number=2, subject=str(two.pk), policy=build.POLICY,
                for_day=build.DAY, fen=build.FEN, budget=line.budget, path=line.path,
                organisation=line.organisation, name="x", holder="x", account=OTHER,
                account_kind="pupil_card", account_key=waits.number_key,
            )  # fmt: skip
            with pytest.raises(DatabaseError, match="no second person"), transaction.atomic():
                PaymentBatch.objects.filter(pk=batch.pk).update(**steps)
        with pytest.raises(NotApproved, match=r"line 2 \(x\*+, \*+0999\)"):
            checking.check(batch.pk, by=build.second())


class TestBatches:
    def test_what_waits_is_left_out_of_a_draft_and_told(self) -> None:
        build.budget()
        (pupil,) = build.pupils(1)
        PayAccount.objects.update(replaced_at=timezone.now())
        build.waiting(pupil, OTHER)
        with pytest.raises(NothingToPay, match="1 with an account that nobody approved yet"):
            build.drafted([build.due(pupil)])

    def test_an_account_that_was_replaced_since_is_not_sent_to_the_bank(self) -> None:
        build.budget()
        (pupil,) = build.pupils(1)
        batch = build.drafted([build.due(pupil)])
        checking.check(batch.pk, by=build.second())
        build.account(pupil, OTHER)
        with pytest.raises(NotApproved, match=r"line 1 \(王.+\*0000\)"):
            paying_out.pay_out(batch.pk, by=cast.xu())
        checking.send_back(batch.pk, "another account", by=build.second())
        drafting.give_up(batch.pk, by=cast.ma())
        anew = build.drafted([build.due(pupil)])
        checking.check(anew.pk, by=build.second())
        assert "\t6217000000000999" in paying_out.bytes_of(
            paying_out.pay_out(anew.pk, by=cast.xu())
        ).decode("gb18030")

    def test_what_came_back_goes_out_again_to_an_approved_account_only(self) -> None:
        build.budget()
        (pupil,) = build.pupils(1)
        batch = build.answered(build.sent([build.due(pupil)]), "1001")
        build.waiting(pupil, OTHER)
        with pytest.raises(NothingToPay, match="wait for another account"):
            following_up.follow_up(batch.pk, by=cast.ma())
        account_approvals.approve(everything(), by=build.second())
        assert following_up.follow_up(batch.pk, by=cast.ma()).lines.count() == 1

    def test_a_school_has_one_account_that_counts(self) -> None:
        school = cast.school("school-aid")
        given: dict[str, Any] = {
            "path": school.path,
            "kind": "school",
            "holder": school.name,
            "by": cast.ma(),
        }
        for number in ("43000000001", "43000000002"):
            pay_accounts.keep("", number=number, **given)
            account_approvals.approve(everything(), by=build.second())
        assert str(PayAccount.objects.standing().get().number) == "43000000002"


class TestPages:
    def test_the_second_person_sees_what_differs_in_masks(self, signed_in: SignedIn) -> None:
        (pupil,) = build.pupils(1)
        row = build.waiting(pupil, OTHER)
        url = f"/aid/payments/accounts/{row.pk}/"
        ma, gao = signed_in(cast.ma()), signed_in(build.second())
        page = gao.get(url).content.decode()
        assert "differs" in page
        assert "6217********0999" in page or "0999" in page
        assert "Approve the account" in page
        for secret in (OTHER, str(pupil.name), build.HOLDER_ID):
            assert secret not in page
        own = ma.get(url).content.decode()
        assert "Approve the account" not in own
        assert (
            "yourself"
            in ma.post(f"{url}decide/", {"what": "approve"}, follow=True).content.decode()
        )
        told = gao.post(f"{url}decide/", {"what": "approve"}, follow=True).content.decode()
        assert "1 account counts now." in told

    def test_all_that_one_brought_is_approved_as_far_as_it_was_seen(
        self, signed_in: SignedIn
    ) -> None:
        one, two, late = build.pupils(3)
        for number, pupil in enumerate((one, two)):
            build.waiting(pupil, f"{OTHER}{number}")
        gao = signed_in(build.second())
        page = gao.get("/aid/payments/accounts/").content.decode()
        assert "2 accounts wait for a second person" in page
        group = f":{cast.ma().pk}"
        seen = PayAccount.objects.waiting().latest("entered_at").entered_at.isoformat()
        assert seen in page
        build.waiting(late, f"{OTHER}7")
        url = "/aid/payments/accounts/decide/"
        told = gao.post(url, {"group": group, "seen": seen, "what": "approve"}, follow=True)
        assert "2 accounts count now." in told.content.decode()
        assert PayAccount.objects.waiting().get().subject == str(late.pk)
        narrowed = gao.get(f"/aid/payments/accounts/?group={group}").content.decode()
        assert narrowed.count("data-label=") // 8 == 1
        rest = {"group": group, "seen": timezone.now().isoformat(), "words": "Another name."}
        assert "1 account is refused." in gao.post(url, rest, follow=True).content.decode()
        assert gao.post(url, {"group": "x:y", "seen": seen}).status_code == 302
        assert gao.post(url, {"group": group, "seen": "never"}).status_code == 404
        for state, n in (("refused", 1), ("standing", 3), ("past", 2), ("waiting", 0)):
            listed = gao.get(f"/aid/payments/accounts/?state={state}").content.decode()
            assert listed.count("data-label=") // 8 == n, state

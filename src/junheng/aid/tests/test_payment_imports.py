"""Accounts and former payments come in as tables: told by row, once, and back as they came."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import english
from junheng.aid.models import AidTerm, Difference, FormerPayment, PayAccount
from junheng.aid.services import account_approvals, auditing, checking, drafting, paying_out
from junheng.aid.services.drafting import NothingToPay
from junheng.aid.tests import builders as aid
from junheng.aid.tests import payment_builders as build
from junheng.aid.tests.beneficiaries.builders import NUMBER, at_university, somebody
from junheng.aid.tests.tables import received
from junheng.commons import import_reports, imports
from junheng.commons.models import ImportBatch
from junheng.commons.tests.roles import as_the_site
from junheng.evidence.facade import number_index
from junheng.kernel.faults import Refused
from junheng.registry.models import Pupil, SchoolClass
from junheng.registry.tests.builders import a_class, a_pupil

__all__ = ["english"]
pytestmark = pytest.mark.django_db
ACCOUNTS = "school_code,name,resident_id,pupil_number,institution,kind,holder,number,holder_id"
FORMER = "name,resident_id,pupil_number,institution,policy,term,for_day,yuan,paid_on,source,paper"
CARD, PARENT = "6217000000000001", "990100198001010018"
AT_SCHOOL = "stage IN ('primary', 'lower_secondary')"


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Any) -> None:
    settings.STORAGE_ROOT = tmp_path


def accounts(*rows: str) -> ImportBatch:
    return received("aid.pay_accounts", ACCOUNTS, *rows)


def former(*rows: str) -> ImportBatch:
    return received("aid.former_payments", FORMER, *rows)


def told(batch: ImportBatch) -> str:
    """What is said of every row, one a line."""
    faults = import_reports.report_of(batch).faults
    return "\n".join(f"{one.row or 0} {one.message} {one.fix}" for one in faults)


def taken(batch: ImportBatch) -> ImportBatch:
    assert batch.state == "previewed", told(batch)
    imports.write(batch)
    return batch


def a_boarder(name: str = "王小涵") -> Pupil:
    return in_class(name=name)


def in_class(**given: Any) -> Pupil:
    row: Pupil = a_pupil(SchoolClass.objects.first() or a_class(size=0), **given)
    return row


class TestAccounts:
    def test_pupils_beneficiaries_and_schools_come_in_and_wait(self) -> None:
        pupil, child, nameless = (
            a_boarder(),
            somebody(resident_id=NUMBER),
            at_university(name="王敏"),
        )
        school = cast.school()
        taken(
            accounts(
                f",王小涵,,{pupil.number},,,王小涵,{CARD},{PARENT}",
                f",田小禾,{NUMBER},,,,田大山,{CARD}2,{PARENT}",
                f",王敏,,,Yunhuai University,pupil_card,王敏,{CARD}3,990100200705010024",
                f"{school.code},,,,,,{school.name},43000000001,",
            )
        )
        rows = {row.subject: row for row in PayAccount.objects.all()}
        assert {row.state for row in rows.values()} == {"waiting"}
        kinds = {subject: row.kind for subject, row in rows.items()}
        assert kinds == {
            str(pupil.pk): "pupil_card", str(child.pk): "guardian_card",
            str(nameless.pk): "pupil_card", "": "school",
        }  # fmt: skip
        card = rows[str(pupil.pk)]
        assert (str(card.number), str(card.holder_id), card.path) == (
            CARD, PARENT, pupil.organisation.path,
        )  # fmt: skip
        assert rows[""].organisation == school

    def test_the_same_table_changes_nothing_the_second_time(self) -> None:
        pupil = a_boarder()
        row = f",王小涵,,{pupil.number},,,王小涵,{CARD},{PARENT}"
        first, second = accounts(row), accounts(row)
        taken(first)
        with pytest.raises(Refused, match="known already"):
            imports.write(second)
        assert "0 Every account of this table is known already" in told(accounts(row))
        account_approvals.approve(PayAccount.objects.all(), by=build.second())
        other = a_boarder("王雨")
        taken(accounts(row, f",王雨,,{other.number},,,王雨,{CARD}5,{PARENT}"))
        assert sorted(one.state for one in PayAccount.objects.all()) == ["standing", "waiting"]

    def test_a_table_goes_as_it_came_until_somebody_approved_of_it(self) -> None:
        pupil = a_boarder()
        first = taken(accounts(f",,,{pupil.number},,,王小涵,{CARD},{PARENT}"))
        imports.undo(first, cast.ma())
        assert [row.state for row in PayAccount.objects.all()] == ["past"]
        again = taken(accounts(f",,,{pupil.number},,,王小涵,{CARD},{PARENT}"))
        account_approvals.approve(PayAccount.objects.all(), by=build.second())
        with pytest.raises(imports.CannotUndo, match="second person approved"):
            imports.undo(again, cast.ma())

    def test_mistakes_are_told_by_row_and_nothing_comes_in(self) -> None:
        pupil = a_boarder()
        in_class(resident_id=PARENT, resident_id_key=number_index(PARENT))
        at_university(name="王敏")
        at_university(name="王敏")
        batch = accounts(
            f",王小涵,,{pupil.number},,,王小涵,{CARD},{PARENT}",
            f",王小涵,,{pupil.number},,,王小涵,{CARD}9,{PARENT}",
            f",赵一,,{pupil.number},,,赵一,{CARD},{PARENT}",
            f",王小涵,,G-none,,,王小涵,{CARD},{PARENT}",
            f",王小涵,,,,,王小涵,{CARD},{PARENT}",
            f",王敏,,,Yunhuai University,,王敏,{CARD},{PARENT}",
            f",王小涵,,{pupil.number},,,王小涵,{CARD},",
            f"nowhere,,,,,,School,{CARD},",
            f",王小涵,,{pupil.number},,school,王小涵,{CARD},{PARENT}",
            f"{cast.school().code},王小涵,,,,,School,{CARD},",
        )
        said = told(batch)
        for words in (
            "3 Row 2 has an account for the same person",
            "4 Under this number another name is known. Compare name and number",
            "5 Nobody is known by this in this county. Compare it with the document",
            "6 The row does not say whom it is about. Write the resident ID number",
            "7 More than one person is known by this. Write the pupil number",
            "8 A card has a holder with an ID number. Copy it",
            "9 There is no school with this code",
            "10 The account of a school needs the code of the school. Write the code",
            "11 An account is of a school or of a person",
        ):
            assert words in said, said
        assert batch.state == "refused"
        assert "An account number has 8 to 32 digits. Copy it again" in told(
            accounts(f",,,{pupil.number},,,王小涵,62-17,{PARENT}")
        )
        assert not PayAccount.objects.exists()

    def test_nobody_else_brings_accounts(self) -> None:
        importer = imports.importer_of("aid.pay_accounts")
        assert importer is not None
        target = {"place": cast.counties().code}
        others = (cast.wu(), cast.xu(), cast.li())
        assert importer.may(cast.ma(), target)
        assert not any(importer.may(who, target) for who in others)


class TestFormerPayments:
    def test_they_are_compared_with_what_is_due(self) -> None:
        """Right, twice, too little and not entitled come out as they were planted."""
        term = aid.a_term()
        right, twice, short, unpaid, other = aid.pupils(
            ["boarder"], ["boarder"], ["boarder"], ["boarder"], []
        )
        aid.told()
        aid.approved(AT_SCHOOL, "boarder", fen=build.FEN)
        child = somebody(orphan=True)
        aid.approved("stage = 'kindergarten'", "orphan", code="nursery", fen=build.FEN)
        aid.decided(term)
        rows = [
            f",,{one.number},,{policy},2025-2026-1,,{yuan},2025-10-10,county,{paper}"
            for one, policy, yuan, paper in (
                (right, "boarders", "625", "L-1"),
                (twice, "Boarders", "625.00", "L-1"),
                (twice, "boarders", "625.00", "L-1"),
                (short, "boarders", "600", "L-1"),
                (other, "boarders", "625", "L-1"),
            )
        ]
        rows.append("田小禾,,,Yunhuai Kindergarten,nursery,2025-2026-1,,625,2025-10-11,,L-2")
        taken(former(*rows))
        auditing.compare(term)
        found = set(Difference.objects.values_list("subject", "kind", "due_fen", "paid_fen"))
        assert found == {
            (twice.pk, "twice", build.FEN, 2 * build.FEN),
            (short.pk, "wrong_amount", build.FEN, 60_000),
            (unpaid.pk, "unpaid", build.FEN, 0),
            (other.pk, "not_entitled", None, build.FEN),
        }
        assert FormerPayment.objects.get(subject=str(child.pk)).for_day == aid.FIRST

    def test_the_same_rows_are_counted_once_however_often_they_come(self) -> None:
        pupil = a_boarder()
        aid.a_term()
        aid.approved("boarder")
        row = f",,{pupil.number},,boarders,2025-2026-1,,625,2025-10-10,county,L-1"
        first, second = former(row, row), former(row, row)
        taken(first)
        with pytest.raises(Refused, match="taken in already"):
            imports.write(second)
        taken(former(row, row, row, row.replace("L-1", "L-2")))
        assert sorted(FormerPayment.objects.values_list("paper", "turn")) == [
            ("L-1", 1), ("L-1", 2), ("L-1", 3), ("L-2", 1),
        ]  # fmt: skip
        one = FormerPayment.objects.get(paper="L-2")
        one.pk, one.row = None, 9
        with (
            as_the_site(),
            pytest.raises(DatabaseError, match="counted_once"),
            transaction.atomic(),
        ):
            one.save(force_insert=True)

    def test_what_is_unknown_is_told_by_row(self) -> None:
        pupil = a_boarder()
        aid.a_term()
        aid.approved("boarder")
        aid.approved("boarder", code="meals", counted_on="each_month")
        start = f",,{pupil.number},"
        batch = former(
            f"{start},nothing,2025-2026-1,,625,2025-10-10,,L-1",
            f"{start},boarders,2024-2025-1,,625,2025-10-10,,L-1",
            f"{start},meals,2025-2026-1,,625,2025-10-10,,L-1",
            f"{start},meals,2025-2026-1,2025-10-02,625,2025-10-10,,L-1",
            f"{start},boarders,2025-2026-1,2024-09-01,625,2025-10-10,,L-1",
            ",,G-none,,boarders,2025-2026-1,,625,2025-10-10,,L-1",
            f"{start},meals,2025-2026-1,2025-10-01,625,2025-10-10,,L-1",
        )
        said = told(batch)
        for words in (
            "2 There is no such policy of aid here. Write its code or title",
            "3 There is no such term of aid here. Open the term first",
            "4 This policy is counted on several days of the term, or on none. Write one row",
            "5 This policy is not counted on this day. Leave the cell blank",
            "6 This policy is not counted on this day.",
            "7 Nobody is known by this in this county.",
        ):
            assert words in said, said
        assert "8 " not in said
        said = told(
            former(
                f"{start},boarders,2025-2026-1,,-5,2025-10-10,,L-1",
                f"{start},boarders,2025-2026-1,,0.001,2999-10-10,bank,L-1",
            )
        )
        for words in (
            "2 “-5” is not an amount in yuan that was paid.",
            "3 “0.001” is not",
            "3 That day has not come yet.",
            "3 “bank” is not one of the choices.",
        ):
            assert words in said, said
        assert not FormerPayment.objects.exists()

    def test_what_was_paid_before_is_drafted_no_more_and_the_other_way_round(self) -> None:
        aid.a_term(code="2025-2026-1")
        term = AidTerm.objects.get()
        (pupil,) = aid.pupils(["boarder"])
        aid.told()
        aid.approved("boarder", fen=build.FEN)
        build.budget("boarders", half_year="2025-2")
        build.account(pupil)
        aid.decided(term)
        row = f",,{pupil.number},,boarders,2025-2026-1,,625,2025-10-10,county,L-1"
        batch = taken(former(row))
        with pytest.raises(NothingToPay, match="1 on a line already, or paid before"):
            drafting.draft_term(term, source="county", by=cast.ma())
        imports.undo(batch, cast.ma())
        assert not FormerPayment.objects.exists()
        drafting.draft_term(term, source="county", by=cast.ma())
        assert "2 A payment batch of this system pays this already." in told(former(row))

    def test_a_closed_term_takes_nothing_and_loses_nothing(self) -> None:
        term = aid.a_term()
        pupil = a_boarder()
        aid.approved("boarder")
        row = f",,{pupil.number},,boarders,2025-2026-1,,625,2025-10-10,county,L-1"
        batch = taken(former(row))
        AidTerm.objects.filter(pk=term.pk).update(closed_at=batch.at, closed_by=cast.ma())
        assert "2 This term is closed" in told(former(row.replace("L-1", "L-2")))
        with pytest.raises(imports.CannotUndo, match="is closed"):
            imports.undo(batch, cast.ma())
        one = FormerPayment.objects.get()
        with as_the_site():
            with pytest.raises(DatabaseError, match="the term is closed"), transaction.atomic():
                FormerPayment.objects.all()._raw_delete(using="default")
            one.pk, one.turn = None, 2
            with pytest.raises(DatabaseError, match="the term is closed"), transaction.atomic():
                one.save(force_insert=True)

    def test_what_nobody_imported_stays(self) -> None:
        FormerPayment.objects.create(
            path=cast.school().path, subject="s", policy="p", for_day=date(2025, 9, 1), fen=1,
            paper="x", row=1, by=cast.ma(),
        )  # fmt: skip
        with as_the_site():
            with pytest.raises(DatabaseError, match="goes with it"), transaction.atomic():
                FormerPayment.objects.all()._raw_delete(using="default")
            with pytest.raises(DatabaseError, match="as it was entered"), transaction.atomic():
                FormerPayment.objects.update(fen=2)


def test_a_first_term_is_paid_to_pupils_and_to_others_from_tables_alone() -> None:
    """Tables come in, accounts are approved, a batch is drafted, checked, sent and answered."""
    term = aid.a_term()
    boards, paid_before = aid.pupils(["boarder"], ["boarder"])
    child = somebody(orphan=True)
    aid.told()
    aid.approved(AT_SCHOOL, "boarder", fen=build.FEN)
    aid.approved("stage = 'kindergarten'", "orphan", code="nursery", fen=build.FEN)
    for policy in ("boarders", "nursery"):
        build.budget(policy, half_year="2025-2")
    aid.decided(term)
    taken(former(f",,{paid_before.number},,boarders,2025-2026-1,,625,2025-10-10,county,L-1"))
    taken(
        accounts(
            f",,,{boards.number},,,{boards.name},{CARD},{PARENT}",
            f",,,{paid_before.number},,,{paid_before.name},{CARD}1,{PARENT}",
            f",田小禾,,,Yunhuai Kindergarten,,田大山,{CARD}2,{PARENT}",
        )
    )
    with pytest.raises(NothingToPay, match="2 with an account that nobody approved yet"):
        drafting.draft_term(term, source="county", by=cast.ma())
    account_approvals.approve(PayAccount.objects.all(), by=cast.wu())
    batch = drafting.draft_term(term, source="county", by=cast.ma()).batch
    assert {line.subject for line in batch.lines.all()} == {str(boards.pk), str(child.pk)}
    checking.check(batch.pk, by=cast.wu())
    paying_out.pay_out(batch.pk, by=cast.xu())
    batch.refresh_from_db()
    text = paying_out.bytes_of(batch.file).decode("gb18030")
    assert f"田大山,\t{CARD}2,\t{PARENT},625.00" in text
    assert build.answered(batch).state == "reconciled"
    assert auditing.compare(term).total == 0

"""Payments for tests: money in a budget, accounts, what is due, and a batch as far as wanted."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.aid.engine.dues import Due
from junheng.aid.models import BudgetLine, PayAccount, PaymentBatch
from junheng.aid.services import (
    account_approvals,
    answers,
    checking,
    drafting,
    pay_accounts,
    paying_out,
)
from junheng.places.facade import Role
from junheng.registry.models import Pupil, SchoolClass
from junheng.registry.tests.builders import a_class, a_pupil

DAY = date(2026, 9, 1)
PERIOD = "2026-2027-1"
POLICY = "boarders"
FEN = 62_500
CARD = "6217000000000000"
HOLDER_ID = "990100201705010029"


def second() -> User:
    """Another aid officer, who checks."""
    return cast.person("gao", Role.AID_OFFICER, cast.bureau())


def budget(policy: str = POLICY, allocated_fen: int = 100_000_000, **given: Any) -> BudgetLine:
    """Money for a policy in the second half of 2026."""
    county = cast.counties()
    defaults: dict[str, Any] = {
        "place": county, "path": county.path, "policy": policy, "source": "county",
        "half_year": "2026-2", "planned_heads": 10, "planned_fen": allocated_fen,
        "allocated_fen": allocated_fen, "paper": "YH-2026-7",
    }  # fmt: skip
    row: BudgetLine = BudgetLine.objects.create(**defaults | given)
    return row


def pupils(count: int) -> list[Pupil]:
    """Pupils of a school with a card each."""
    school = cast.school("school-aid")
    row = SchoolClass.objects.filter(organisation=school).first() or a_class(school, size=0)
    found = [a_pupil(row, name=f"王小{'涵雨晨阳林'[n % 5]}") for n in range(count)]
    for number, pupil in enumerate(found):
        account(pupil, f"{CARD}{number:03}")
    return found


def account(pupil: Pupil, number: str = CARD) -> PayAccount:
    """A card for a pupil that counts, in place of the one before."""
    row = waiting(pupil, number)
    account_approvals.approve(PayAccount.objects.filter(pk=row.pk), by=second())
    row.refresh_from_db()
    return row


def waiting(pupil: Pupil, number: str = CARD) -> PayAccount:
    """A card that Ma entered for a pupil and nobody approved yet."""
    return pay_accounts.keep(
        str(pupil.pk), path=pupil.organisation.path, kind="pupil_card", holder=str(pupil.name),
        number=number, holder_id=HOLDER_ID, by=cast.ma(),
    )  # fmt: skip


def due(pupil: Pupil, fen: int = FEN, policy: str = POLICY, day: date = DAY) -> Due:
    """What a pupil is to be paid."""
    return Due(str(pupil.pk), policy, day, fen, pupil.organisation.path)


def drafted(dues: Iterable[Due]) -> PaymentBatch:
    """A draft by Ma."""
    return drafting.draft(
        cast.counties(), period=PERIOD, source="county", dues=dues, by=cast.ma()
    ).batch


def sent(dues: Iterable[Due]) -> PaymentBatch:
    """A batch that is at the bank: made by Ma, checked by Gao, sent by Xu."""
    batch = drafted(dues)
    checking.check(batch.pk, by=second())
    paying_out.pay_out(batch.pk, by=cast.xu())
    batch.refresh_from_db()
    return batch


def result(batch: PaymentBatch, codes: Sequence[str], paid: Sequence[int] = ()) -> bytes:
    """The bank's answer to a batch, a code for each line in turn."""
    rows = ["序号,账号,金额,处理结果,实发金额"]
    for place, line in enumerate(batch.lines.order_by("number")):
        code = codes[place % len(codes)]
        arrived = f"{paid[place] / 100:.2f}" if paid else ""
        rows.append(f"{line.number},\t{line.account},{line.fen / 100:.2f},{code},{arrived}")
    rows.append(f"合计,,{sum(line.fen for line in batch.lines.all()) / 100:.2f},,")
    return "\r\n".join(rows).encode("gb18030")


def answered(batch: PaymentBatch, *codes: str) -> PaymentBatch:
    """The same, taken in."""
    answers.take_in(batch.pk, result(batch, codes or ("0000",)), name="answer.csv", by=cast.xu())
    batch.refresh_from_db()
    return batch


def some_id() -> str:
    """A subject nobody knows."""
    return str(uuid.uuid4())


def a_key() -> uuid.UUID:
    """A key that no row has."""
    return uuid.uuid4()

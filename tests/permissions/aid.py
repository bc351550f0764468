"""Aid: few see anything, and nobody sees a household but those in charge of it."""

from __future__ import annotations

from typing import Any

from junheng.aid.services import checking
from junheng.aid.tests import payment_builders as payments
from tests.permissions.table import Row, World

MONEY = "bureau_leader auditor aid_officer finance_officer"
"""Those in charge, and who pays."""
APPROVERS = "bureau_leader aid_officer"


def furnish(world: World) -> None:
    """A budget line, a draft, a checked batch, and one that came back in part."""
    line = payments.budget()
    pupils = payments.pupils(3)
    draft = payments.drafted([payments.due(pupils[0])])
    ready = payments.drafted([payments.due(pupils[1])])
    checking.check(ready.pk, by=payments.second())
    back = payments.answered(payments.sent([payments.due(pupils[2])]), "1005")
    world.things |= {
        "aid_budget": line.pk, "aid_draft": draft.pk, "aid_ready": ready.pk, "aid_back": back.pk,
        "aid_returned": back.lines.get().pk,
    }  # fmt: skip


def of(name: str) -> Any:
    return lambda world: {"pk": world.things[f"aid_{name}"]}


def words(_: World) -> dict[str, Any]:
    return {"words": "one account is wrong"}


def a_line(_: World) -> dict[str, Any]:
    return {
        "policy": "heating", "source": "county", "half_year": "2026-2", "pays_to": "school",
        "planned_heads": "3", "planned_fen": "100", "allocated_fen": "50.00", "paper": "YH-1",
    }  # fmt: skip


def allocated(_: World) -> dict[str, Any]:
    return {"what": "allocate", "fen": "1,000,000", "paper": "YH-2"}


def card(_: World) -> dict[str, Any]:
    return {
        "kind": "guardian_card", "holder": "王敏", "number": "6217000000000777",
        "holder_id": "990100201705010029",
    }  # fmt: skip


PAYMENTS = [
    Row("aid:batches", MONEY),
    Row("aid:batch", MONEY, args=of("back")),
    Row("aid:batch", MONEY, method="POST", args=of("back"), note="export"),
    Row("aid:batches", MONEY, method="POST", note="export"),
    Row("aid:check_batch", APPROVERS, 302, "POST", args=of("draft")),
    Row("aid:send_back_batch", APPROVERS, 302, "POST", args=of("ready"), data=words),
    Row("aid:pay_out_batch", "finance_officer", 302, "POST", args=of("ready")),
    Row("aid:batch_file", "finance_officer", args=of("back")),
    Row("aid:follow_up_batch", "aid_officer", 302, "POST", args=of("back")),
    Row("aid:give_up_batch", "aid_officer", 302, "POST", args=of("draft")),
    Row("aid:pay_account", "aid_officer", args=of("returned")),
    Row("aid:pay_account", "aid_officer", 302, "POST", args=of("returned"), data=card),
    Row("aid:budget", MONEY),
    Row("aid:budget", MONEY, method="POST", note="export"),
    Row("aid:budget_line", "aid_officer", 302, "POST", data=a_line),
    Row("aid:budget_one", MONEY, args=of("budget")),
    Row("aid:budget_one", "aid_officer", 302, "POST", args=of("budget"), data=allocated),
]

ROWS: list[Row] = [*PAYMENTS]

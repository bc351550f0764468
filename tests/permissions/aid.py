"""Aid: few see anything, and nobody sees a household but those in charge of it."""

from __future__ import annotations

from typing import Any

from junheng.accounts.tests import cast
from junheng.aid.models import PublicNotice
from junheng.aid.services import checking, funds, notice_objections, notices
from junheng.aid.tests import payment_builders as payments
from junheng.aid.tests.beneficiaries.builders import somebody as somebody_at_kindergarten
from junheng.aid.tests.builders import a_term as a_term_of_aid
from tests.permissions.table import EVERYONE, FAMILY, Row, World

MONEY = "bureau_leader auditor aid_officer finance_officer"
"""Those in charge, and who pays."""
IN_CHARGE = "bureau_leader auditor aid_officer"
APPROVERS = "bureau_leader aid_officer"


def furnish(world: World) -> None:
    """A budget line, a draft, a checked batch, and one that came back in part."""
    line = payments.budget()
    pupils = payments.pupils(4)
    draft = payments.drafted([payments.due(pupils[0])])
    ready = payments.drafted([payments.due(pupils[1])])
    checking.check(ready.pk, by=payments.second())
    notices.post(payments.answered(payments.sent([payments.due(pupils[3])])).pk, by=cast.ma())
    notice = PublicNotice.objects.get()
    said = notice_objections.raise_objection(
        notice, "Not right", by=world.cast.family, contact="13800000001"
    )
    back = payments.answered(payments.sent([payments.due(pupils[2])]), "1005")
    fund = funds.found_fund(cast.counties(), "Fund", payments.DAY, "F-1", by=cast.ma())
    gift = funds.receive(
        fund, donor="Yunhuai Mill", fen=1, on=payments.DAY, paper="G-1", by=cast.ma()
    )
    world.things |= {
        "aid_account": payments.waiting(pupils[3], f"{payments.CARD}99").pk,
        "aid_fund": fund.pk, "aid_beneficiary": somebody_at_kindergarten().pk, "aid_gift": gift.pk,
        "aid_payment_term": a_term_of_aid().pk,
        "aid_budget": line.pk, "aid_draft": draft.pk, "aid_ready": ready.pk, "aid_back": back.pk,
        "aid_notice": notice.pk, "aid_said": said.number, "aid_returned": back.lines.get().pk,
    }  # fmt: skip


def of(name: str) -> Any:
    return lambda world: {"pk": world.things[f"aid_{name}"]}


def words(_: World) -> dict[str, Any]:
    return {"words": "one account is wrong"}


def a_line(_: World) -> dict[str, Any]:
    return {
        "policy": "boarders", "source": "county", "half_year": "2027-1", "pays_to": "school",
        "planned_heads": "3", "planned_fen": "100", "allocated_fen": "50.00", "paper": "YH-1",
    }  # fmt: skip


def allocated(_: World) -> dict[str, Any]:
    return {"what": "allocate", "fen": "1,000,000", "paper": "YH-2"}


def approving(_: World) -> dict[str, Any]:
    return {"what": "approve"}


def approving_many(_: World) -> dict[str, Any]:
    return {"what": "approve", "group": ":0", "seen": "2026-09-01T08:00:00+08:00"}


def card(_: World) -> dict[str, Any]:
    return {
        "kind": "guardian_card", "holder": "王敏", "number": "6217000000000777",
        "holder_id": "990100201705010029",
    }  # fmt: skip


def a_term(world: World) -> dict[str, Any]:
    return {"term": world.things["aid_payment_term"], "source": "county"}


def said(world: World) -> dict[str, Any]:
    return {"number": world.things["aid_said"]}


def objecting(_: World) -> dict[str, Any]:
    return {"words": "Not right", "contact": "13800000002"}


def answering(_: World) -> dict[str, Any]:
    return {"words": "It is right.", "upheld": ""}


def a_gift(_: World) -> dict[str, Any]:
    return {"what": "gift", "donor": "Yunhuai Mill", "fen": "500", "on": "2026-09-01",
            "purpose": "", "paper": "G-9"}  # fmt: skip


def a_fund(_: World) -> dict[str, Any]:
    return {"name": "Second fund", "on": "2026-09-01", "paper": "F-2"}


def a_loan(_: World) -> dict[str, Any]:
    return {"name": "王敏", "resident_id": "990100201705010029", "year": "2026", "fen": "8000",
            "bank": "Yunhuai Bank", "on": "2026-09-01"}  # fmt: skip


def somebody(_: World) -> dict[str, Any]:
    return {"name": "田小禾", "stage": "kindergarten", "institution": "Sunflower",
            "valid_from": "2026-09-01"}  # fmt: skip


def a_day(_: World) -> dict[str, Any]:
    return {"on": "2027-01-01"}


def a_fee(_: World) -> dict[str, Any]:
    return {"fee_fen": "900.00", "paper": "List of the kindergarten"}


BENEFICIARIES = [
    Row("aid:beneficiaries", IN_CHARGE),
    Row("aid:beneficiaries", IN_CHARGE, method="POST", note="export"),
    Row("aid:enter_beneficiary", "aid_officer"),
    Row("aid:enter_beneficiary", "aid_officer", 302, "POST", data=somebody),
    Row("aid:beneficiary", IN_CHARGE, args=of("beneficiary")),
    Row("aid:beneficiary_letter", IN_CHARGE, args=of("beneficiary")),
    Row("aid:tell_of_beneficiary", "aid_officer", 302, "POST", args=of("beneficiary"), data=a_fee),
    Row("aid:end_beneficiary", "aid_officer", 302, "POST", args=of("beneficiary"), data=a_day),
]

FUNDS = [
    Row("aid:funds", EVERYONE),
    Row("aid:funds_kept", MONEY),
    Row("aid:funds_kept", "aid_officer", 302, "POST", data=a_fund),
    Row("aid:fund", MONEY, args=of("fund")),
    Row("aid:fund", "aid_officer", 302, "POST", args=of("fund"), data=a_gift),
    Row("aid:thank_donor", "aid_officer", 302, "POST", args=of("gift")),
    Row("aid:loans", MONEY),
    Row("aid:loans", MONEY, method="POST", note="export"),
    Row("aid:lend", "aid_officer", 302, "POST", data=a_loan),
]

NOTICES = [
    Row("aid:notices", EVERYONE),
    Row("aid:notice", EVERYONE, args=of("notice")),
    Row("aid:object", FAMILY, args=of("notice")),
    Row("aid:object", FAMILY, 422, "POST", args=of("notice"), data=objecting, note="no phone"),
    Row("aid:my_objection", FAMILY, args=said),
    Row("aid:post_notice", "aid_officer", 302, "POST", args=of("back")),
    Row("aid:notice_list", MONEY),
    Row("aid:notice_list", MONEY, method="POST", note="export"),
    Row("aid:notice_proof", MONEY, args=of("notice")),
    Row("aid:notice_proof", "aid_officer", 302, "POST", args=of("notice"), data=objecting),
    Row("aid:take_down_notice", "aid_officer", 302, "POST", args=of("notice")),
    Row("aid:notice_objection", "aid_officer", args=said),
    Row("aid:notice_objection", "aid_officer", 302, "POST", args=said, data=answering),
]

PAYMENTS = [
    Row("aid:batches", MONEY),
    Row("aid:batch", MONEY, args=of("back")),
    Row("aid:batch", MONEY, method="POST", args=of("back"), note="export"),
    Row("aid:batches", MONEY, method="POST", note="export"),
    Row("aid:draft_batch", "aid_officer", 302, "POST", data=a_term, note="nothing to pay"),
    Row("aid:check_batch", APPROVERS, 302, "POST", args=of("draft")),
    Row("aid:send_back_batch", APPROVERS, 302, "POST", args=of("ready"), data=words),
    Row("aid:pay_out_batch", "finance_officer", 302, "POST", args=of("ready")),
    Row("aid:batch_file", "finance_officer", args=of("back")),
    Row("aid:follow_up_batch", "aid_officer", 302, "POST", args=of("back")),
    Row("aid:give_up_batch", "aid_officer", 302, "POST", args=of("draft")),
    Row("aid:accounts", MONEY),
    Row("aid:accounts", MONEY, 405, "POST"),
    Row("aid:account", MONEY, args=of("account")),
    Row("aid:decide_account", APPROVERS, 302, "POST", args=of("account"), data=approving),
    Row("aid:decide_accounts", APPROVERS, 302, "POST", data=approving_many),
    Row("aid:pay_account", "aid_officer", args=of("returned")),
    Row("aid:pay_account", "aid_officer", 302, "POST", args=of("returned"), data=card),
    Row("aid:budget", MONEY),
    Row("aid:budget", MONEY, method="POST", note="export"),
    Row("aid:budget_line", "aid_officer", 302, "POST", data=a_line),
    Row("aid:budget_one", MONEY, args=of("budget")),
    Row("aid:budget_one", "aid_officer", 302, "POST", args=of("budget"), data=allocated),
]

ROWS: list[Row] = [*BENEFICIARIES, *FUNDS, *NOTICES, *PAYMENTS]

"""The demo county's payments: budgets, a batch of last term with returned lines, a fund, a notice.

Also what a former system paid for the term under way, with faults planted for the audit to find:
unpaid, paid twice, a wrong amount, and paid for a policy that holds for nobody there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from junheng.accounts.facade import User
from junheng.aid.engine.dues import Due
from junheng.aid.files.bank import layout, yuan
from junheng.aid.models import (
    AidTerm,
    Beneficiary,
    BudgetLine,
    EducationFund,
    FormerPayment,
    PayAccount,
    PaymentBatch,
)
from junheng.aid.services import (
    account_approvals,
    answers,
    budgeting,
    checking,
    drafting,
    funds,
    notices,
    pay_accounts,
    paying_out,
)
from junheng.places.facade import Organisation, OrganisationKind, Place
from junheng.registry.models import Pupil

LAST_TERM, LAST_DAY, THIS_DAY = "2025-2026-2", date(2026, 3, 1), date(2026, 9, 1)
POLICY, FEN, RUNNING_FEN = "boarder_allowance", 62_500, 32_500
VOCATIONAL, UNAPPROVED = "vocational", 6
"""The policy of which people outside grades 1 to 9 are paid, and how many wait for approval."""
PAID, RETURNED = 24, {3: "1001", 11: "1002"}
"""Lines of last term's batch, and which of them came back, with the bank's codes."""
CARD, SCHOOL_ACCOUNT, HOLDER_ID = "621700099010", "4300099010", "990100201705010029"
READY, OTHERS = 20, 5_000
"""Lines of the batch that waits for the finance officer; where cards of beneficiaries begin."""
PAPER = "原资助系统发放清单"
DECREE, FORMER = "云槐财教[2026] 7 号（演示）", "原资助系统累计（演示）"
BUDGETS = (
    ("running_funds", "central", "school", 4122, 351_300_000, 80_000_000),
    ("nutrition_meal", "central", "school", 4122, 313_270_000, 75_000_000),
    (POLICY, "provincial", "person", 3136, 533_120_000, 265_000_000),
    (VOCATIONAL, "county", "person", 90, 9_000_000, 4_500_000),
)
"""Policy, source, into whose account, planned heads, planned and formerly disbursed fen."""


@dataclass(frozen=True, slots=True)
class Payers:
    """Who makes, checks and sends."""

    officer: User
    leader: User
    finance: User


def load_payments(term: AidTerm, *, crew: Payers) -> PaymentBatch | None:
    """Give a county budgets, payments, a fund and a notice; once.

    Args:
        term: The term under way.
        crew: Three people of the bureau.

    Returns:
        Last term's batch; None where it was there already.
    """
    place = term.place
    if BudgetLine.objects.filter(path=place.path).exists():
        return None
    first, second = schools_with_pupils(place)[:2]
    with transaction.atomic():
        _budgets(place, crew.officer)
        _fund(place, crew.officer)
        batch = _last_term(place, first, crew)
        notices.post(batch.pk, by=crew.officer)
        _paid_before(second, crew.officer)
        _accounts_of_schools(place, crew)
        _ready(place, second, crew)
        _accounts_of_others(place, crew)
    return batch


def _budgets(place: Place, by: User) -> None:
    for policy, source, pays_to, heads, planned, former in BUDGETS:
        for half_year in ("2026-1", "2026-2"):
            line = budgeting.keep_line(
                place, by=by, policy=policy, source=source, half_year=half_year, pays_to=pays_to,
                planned_heads=heads, planned_fen=planned, allocated_fen=planned, paper=DECREE,
            )  # fmt: skip
            if half_year == "2026-1":
                budgeting.add_former(
                    line.pk, by=by, heads=heads, fen=former, paper=FORMER, on=date(2026, 6, 30)
                )


def _last_term(place: Place, school: Organisation, crew: Payers) -> PaymentBatch:
    """A batch that was made, checked, sent and answered, two lines of it returned."""
    made = _checked(place, school, crew, most=PAID, from_card=0)
    paying_out.pay_out(made.pk, by=crew.finance)
    data = "\r\n".join(_answer(made)).encode(layout().encoding)
    answers.take_in(made.pk, data, name="回盘.csv", by=crew.finance)
    made.refresh_from_db()
    return made


def _ready(place: Place, school: Organisation, crew: Payers) -> None:
    """A batch of last term that was checked: the finance officer can send it on the first day."""
    _checked(place, school, crew, most=READY, from_card=PAID)


def _checked(
    place: Place, school: Organisation, crew: Payers, *, most: int, from_card: int
) -> PaymentBatch:
    dues = []
    for number, (pupil, name) in enumerate(pupils_at(school, most=most), start=from_card):
        _card(pupil, school.path, name, number, crew.officer)
        dues.append(Due(pupil, POLICY, LAST_DAY, FEN, school.path))
    account_approvals.approve(PayAccount.objects.filter(path=school.path), by=crew.leader)
    made = drafting.draft(
        place, period=LAST_TERM, source="provincial", dues=dues, by=crew.officer
    ).batch
    return checking.check(made.pk, by=crew.leader)


def _card(subject: str, path: str, name: str, number: int, by: User) -> None:
    pay_accounts.keep(
        subject, path=path, kind="guardian_card", holder=name, number=f"{CARD}{number:04}",
        holder_id=HOLDER_ID, by=by,
    )  # fmt: skip


def _accounts_of_others(place: Place, crew: Payers) -> None:
    """Cards of people at vocational schools, all approved but for the last few."""
    rows = Beneficiary.objects.filter(path__startswith=place.path, stage="vocational")
    people = list(rows.order_by("resident_id_key")[: READY * 4])
    for part, approved in ((people[UNAPPROVED:], True), (people[:UNAPPROVED], False)):
        for one in part:
            _card(str(one.pk), one.path, str(one.name), OTHERS + people.index(one), crew.officer)
        if approved and part:
            account_approvals.approve(PayAccount.objects.all(), by=crew.leader)


def schools_with_pupils(place: Place) -> QuerySet[Organisation]:
    """Primary schools of a place that have somebody to pay; a small county fills only some."""
    taught = Pupil.objects.filter(organisation=OuterRef("pk"), left_on=None)
    rows = Organisation.objects.filter(
        Exists(taught), path__startswith=place.path, kind=OrganisationKind.PRIMARY
    )
    return rows.order_by("code")


def pupils_at(school: Organisation, *, most: int) -> list[tuple[str, str]]:
    """Keys and names of the first pupils on the roll of a school."""
    rows = Pupil.objects.filter(organisation=school, left_on=None).order_by("number")[:most]
    return [(str(row.pk), str(row.name)) for row in rows]


def _answer(batch: PaymentBatch) -> Iterator[str]:
    """The bank's answer to a batch."""
    yield ",".join(heading.title for heading in layout().result)
    for line in batch.lines.order_by("number"):
        code = RETURNED.get(line.number, "0000")
        yield f"{line.number},\t{line.account},{yuan(line.fen)},{code},"


def _paid_before(school: Organisation, by: User) -> None:
    """A former system's payments of running funds: right ones and planted faults."""
    pupils = [pupil for pupil, _name in pupils_at(school, most=60)]
    rows = [(pupil, "running_funds", RUNNING_FEN) for pupil in pupils[3:]]
    rows += [(pupil, "running_funds", RUNNING_FEN) for pupil in pupils[3:5]]
    rows[4:6] = [(pupil, policy, fen - 2_500) for pupil, policy, fen in rows[4:6]]
    rows += [(pupil, "degree_course", 800_000) for pupil in pupils[-1:]]
    FormerPayment.objects.bulk_create(
        FormerPayment(
            path=school.path, subject=subject, policy=policy, for_day=THIS_DAY, fen=fen,
            paper=PAPER, row=number, turn=number, by=by,
        )
        for number, (subject, policy, fen) in enumerate(rows, start=2)
    )  # fmt: skip


def _accounts_of_schools(place: Place, crew: Payers) -> None:
    """Accounts of the schools in which running funds are drafted on the demo's first day."""
    rows = Organisation.objects.filter(
        path__startswith=place.path, kind=OrganisationKind.PRIMARY
    ).order_by("code")[:6]
    for number, school in enumerate(rows):
        pay_accounts.keep(
            "", path=school.path, kind="school", holder=school.name,
            number=f"{SCHOOL_ACCOUNT}{number:04}", by=crew.officer,
        )  # fmt: skip
    account_approvals.approve(PayAccount.objects.filter(subject=""), by=crew.leader)


def _fund(place: Place, by: User) -> None:
    """A county fund with donors: 330,000 yuan went to 84 students."""
    fund: EducationFund = funds.found_fund(
        place, "云槐县教育基金", date(2015, 9, 10), DECREE, by=by
    )
    gifts: tuple[dict[str, Any], ...] = (
        {"donor": "云槐纺织厂", "fen": 30_000_000, "paper": "捐1", "on": date(2026, 3, 2)},
        {"donor": "云淮商会", "fen": 10_000_000, "paper": "捐2", "on": date(2026, 4, 8)},
        {"donor": "一位乡亲", "fen": 2_000_000, "paper": "捐3", "on": date(2026, 5, 6),
         "anonymous": True, "purpose": "乡村学校图书"},
    )  # fmt: skip
    for gift in gifts:
        given = funds.receive(fund, by=by, **gift)
        if gift["paper"] == "捐1":
            funds.thank(given, date(2026, 3, 20), by=by)
    funds.grant(
        fund, donation=None, purpose="大学新生入学资助", heads=84, fen=33_000_000,
        on=date(2026, 8, 20), paper="助1", by=by,
    )  # fmt: skip

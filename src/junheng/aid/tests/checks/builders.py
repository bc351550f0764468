"""A county that checks: a register of vehicles, a household that signed, a rule that holds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.aid.engine.hits import Test
from junheng.aid.models import (
    HEAD,
    CheckAuthorisation,
    CheckHit,
    CheckRule,
    Household,
    HouseholdMember,
    HouseholdVisit,
    Speaks,
)
from junheng.aid.services import authorising, check_rules, cross_checking
from junheng.aid.tests.households import builders as households
from junheng.commons import approvals
from junheng.commons.models import Run
from junheng.evidence.facade import Connection, Register, number_index
from junheng.evidence.tests import builders as evidence

NUMBER = "990100198001010018"
SECOND, THIRD = "990100198001010026", "990100198001010034"
VEHICLE, CAR = Register.VEHICLE, {"plate": "云Z00001", "price": "98000"}


def today() -> date:
    return timezone.localdate()


def home(number: str = "H-1", resident_id: str = NUMBER, **given: Any) -> Household:
    """A registered poor household whose head has a number."""
    made = households.poor(number, **given)
    one = head(made)
    one.resident_id, one.resident_id_key = resident_id, number_index(resident_id)
    one.save()
    return made


def head(of: Household) -> HouseholdMember:
    found: HouseholdMember = of.members.get(relation=HEAD)
    return found


def signed(of: Household, **given: Any) -> CheckAuthorisation:
    """The head signed for cars and deposits a month ago, for a year."""
    defaults: dict[str, Any] = {
        "signed_by": head(of),
        "signed_on": today() - timedelta(days=30),
        "paper": "A-1",
        "registers": ["vehicle", "deposit"],
        "valid_to": today() + timedelta(days=300),
        "by": cast.tian(),
    }
    return authorising.authorise(of, **defaults | given)


def tables(register: Register = VEHICLE) -> Connection:
    """A register that is delivered to the county."""
    known = Connection.objects.filter(register=register).first()
    return known or evidence.tables(register)


def delivered(*rows: dict[str, Any], register: Register = VEHICLE, **more: Any) -> Connection:
    """A delivery of these rows, each by what differs from a car of the head's."""
    made = tables(register)
    blank = {"resident_id": NUMBER, "name": "田大山", "address": None, "born_on": None}
    defaults = blank | (CAR if register == VEHICLE else {})
    evidence.delivered(made, *(evidence.row(register, **defaults | one) for one in rows), **more)
    return made


def rule(register: Register = VEHICLE, **given: Any) -> CheckRule:
    """Cars of 30,000 yuan and more count; asked by Ma, agreed to by Wu."""
    car = register == VEHICLE
    defaults: dict[str, Any] = {
        "speaks": Speaks.AGAINST,
        "test": Test.AT_LEAST if car else Test.ANY,
        "least_fen": 3_000_000 if car else None,
    }
    wanted = check_rules.wanted(tables(register), **defaults | given)
    approvals.agree(check_rules.ask_for_rule(cast.counties(), wanted, by=cast.ma()), cast.wu())
    made: CheckRule = CheckRule.objects.order_by("-pk")[0]
    return made


def asked() -> Run:
    """A check that waits for the worker."""
    return cross_checking.request_check(cast.counties(), by=cast.ma(), enqueue=lambda _run: None)


def checked() -> Run:
    """A check, carried out."""
    run = asked()
    cross_checking.execute(run, lambda _done, _total: None)
    return run


def flagged(number: str = "H-1", resident_id: str = NUMBER, **given: Any) -> HouseholdVisit:
    """A household that a register of cars flagged."""
    made = home(number, resident_id, **given)
    signed(made)
    if not CheckRule.objects.exists():
        rule()
    delivered({"resident_id": resident_id}, as_of=today())
    checked()
    visit: HouseholdVisit = made.visits.get()
    return visit


def only_hit(visit: HouseholdVisit) -> CheckHit:
    found: CheckHit = visit.hits.get()
    return found

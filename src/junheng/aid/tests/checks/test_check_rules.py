"""Rules of checks: two people, a basis, a delivered register; never changed, only ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from junheng.accounts.tests import cast
from junheng.aid.engine.hits import Test
from junheng.aid.models import CheckRule, Speaks
from junheng.aid.selectors.check_words import condition_words
from junheng.aid.services import check_rules
from junheng.aid.tests.checks import builders as build
from junheng.commons import approvals
from junheng.commons.refusals import Refusal
from junheng.evidence.facade import Register
from junheng.evidence.tests.builders import undescribed

pytestmark = pytest.mark.django_db


def test_a_rule_counts_when_a_second_person_agreed() -> None:
    wanted = check_rules.wanted(build.tables(), speaks=Speaks.AGAINST, test=Test.ANY)
    asked = check_rules.ask_for_rule(cast.counties(), wanted, by=cast.ma())
    assert CheckRule.objects.count() == 0
    with pytest.raises(Refusal):
        approvals.agree(asked, cast.ma())
    approvals.agree(asked, cast.wu())
    row = CheckRule.objects.get()
    assert (row.asked_by, row.agreed_by, row.register) == (cast.ma(), cast.wu(), "vehicle")
    assert ("649" in row.document, row.article) == (True, "第五十八条")


@pytest.mark.parametrize(
    ("register", "given"),
    [
        pytest.param(Register.REAL_ESTATE, {"test": Test.AT_LEAST, "least_fen": 1}, id="no amount"),
        pytest.param(Register.VEHICLE, {"test": Test.AT_LEAST}, id="none given"),
        pytest.param(Register.VEHICLE, {"test": Test.TOGETHER, "least_fen": 0}, id="nothing"),
        pytest.param(Register.VEHICLE, {"test": Test.IS, "words": ("x",)}, id="no column"),
        pytest.param(Register.VEHICLE, {"test": Test.IS, "column": "model"}, id="no words"),
    ],
)
def test_a_condition_that_the_register_cannot_tell(
    register: Register, given: dict[str, Any]
) -> None:
    with pytest.raises(check_rules.RuleDoesNotFit):
        check_rules.wanted(build.tables(register), speaks=Speaks.AGAINST, **given)


def test_what_is_not_asked_for() -> None:
    county, source = cast.counties(), build.tables()
    for wanted in (
        check_rules.wanted(source, speaks=Speaks.AGAINST, test=Test.ANY, document=" "),
        check_rules.wanted(source, speaks="perhaps", test=Test.ANY),
        check_rules.wanted(undescribed(), speaks=Speaks.FOR, test=Test.ANY),
    ):
        with pytest.raises(check_rules.RuleDoesNotFit):
            check_rules.ask_for_rule(county, wanted, by=cast.ma())
    fine = check_rules.wanted(source, speaks=Speaks.AGAINST, test=Test.ANY)
    for by in (cast.tian(), cast.sun(), cast.qian()):
        with pytest.raises(Refusal):
            check_rules.ask_for_rule(county, fine, by=by)


def test_a_rule_ends_by_two_people_once() -> None:
    row = build.rule()
    with pytest.raises(check_rules.RuleDoesNotFit):
        check_rules.ask_to_end(row, row.valid_from, by=cast.ma())
    day = build.today() + timedelta(days=1)
    approvals.agree(check_rules.ask_to_end(row, day, by=cast.ma()), cast.wu())
    row.refresh_from_db()
    assert row.valid_to == day
    with pytest.raises(check_rules.RuleDoesNotFit):
        check_rules.ask_to_end(row, day, by=cast.ma())


def test_conditions_are_told_in_words() -> None:
    words = {
        condition_words(build.rule(Register.DEPOSIT, test=test, least_fen=fen))
        for test, fen in ((Test.ANY, None), (Test.TOGETHER, 10_000_000), (Test.AT_LEAST, 100))
    }
    assert len(words) == 3
    assert any("100,000.00" in one for one in words)
    model = build.rule(Register.VEHICLE, test=Test.IS, column="model", words=("轿车", "客车"))
    assert condition_words(model).endswith("轿车 / 客车")


@pytest.mark.parametrize(
    "change",
    [
        {"document": ""},
        {"article": ""},
        {"register": "deposit"},
        {"least_fen": None},
        {"column": ""},
        {"test": "perhaps"},
        {"same": True},
    ],
)
def test_a_rule_written_past_the_services_is_refused(change: dict[str, Any]) -> None:
    row = build.rule()
    if change.pop("same", False):
        row.agreed_by = row.asked_by
    row.pk, row.ref = None, "8b1b9ac0-6d3f-4a55-9a43-0e2cb0d7a6a1"
    for name, value in change.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)

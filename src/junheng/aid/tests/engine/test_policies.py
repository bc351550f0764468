"""Versions, counting days, and who gives way to whom."""

from __future__ import annotations

from datetime import date

import pytest

from junheng.aid.engine.conditions import read_condition
from junheng.aid.engine.outcomes import Ground, Outcome, Reason, reason_of
from junheng.aid.engine.policies import (
    CountedOn,
    GivesWayWrongly,
    Overlapping,
    Period,
    Policy,
    Rate,
    counts_of,
)
from junheng.aid.engine.shares import NotAShare, Share

TERM = Period("2023-2024-2", date(2024, 2, 29), date(2024, 6, 30))
FIRST, LAST, MONTHLY = CountedOn


def policy(
    code: str,
    *ways: str,
    on: CountedOn = FIRST,
    version: int = 1,
    start: date = date(2020, 1, 1),
    end: date | None = None,
) -> Policy:
    return Policy(code, version, start, end, on, (), (Rate(None, 100),), ways)


def told(*policies: Policy, period: Period = TERM) -> list[tuple[str, str]]:
    return [
        (count.day.isoformat(), " ".join(f"{one.code}{one.version}" for one in count.policies))
        for count in counts_of(policies, period)
    ]


def test_each_way_of_counting_has_its_days() -> None:
    assert told(policy("a"), policy("b", on=LAST), policy("c", on=MONTHLY)) == [
        ("2024-02-29", "a1 c1"),
        ("2024-03-01", "c1"),
        ("2024-04-01", "c1"),
        ("2024-05-01", "c1"),
        ("2024-06-01", "c1"),
        ("2024-06-30", "b1"),
    ]


def test_a_period_of_one_day_is_counted_once() -> None:
    day = Period("x", date(2024, 12, 31), date(2024, 12, 31))
    assert told(policy("a", on=MONTHLY), policy("b", on=LAST), period=day) == [
        ("2024-12-31", "a1 b1")
    ]


def test_a_version_follows_another_in_the_middle_of_a_term() -> None:
    until, since = date(2024, 4, 1), date(2024, 4, 2)
    versions = (
        policy("a", on=MONTHLY, end=until),
        policy("a", on=MONTHLY, version=2, start=since),
    )
    assert told(*versions) == [
        ("2024-02-29", "a1"),
        ("2024-03-01", "a1"),  # on 1 April neither holds
        ("2024-05-01", "a2"),
        ("2024-06-01", "a2"),
    ]


def test_two_versions_on_one_day_are_refused() -> None:
    with pytest.raises(Overlapping) as refused:
        counts_of([policy("a", version=2), policy("a")], TERM)
    assert (refused.value.code, refused.value.versions) == ("a", (1, 2))
    assert refused.value.day == TERM.starts_on


def test_a_policy_comes_after_those_it_gives_way_to() -> None:
    chain = (policy("a", "b"), policy("b", "c"), policy("c"), policy("d"), policy("e", "gone"))
    assert told(*chain) == [("2024-02-29", "c1 d1 e1 b1 a1")]
    assert told(*reversed(chain)) == told(*chain)


def test_a_circle_is_refused_by_name() -> None:
    with pytest.raises(GivesWayWrongly) as refused:
        counts_of([policy("a", "b"), policy("b", "a")], TERM)
    assert {refused.value.code, refused.value.other} == {"a", "b"}
    with pytest.raises(GivesWayWrongly):
        counts_of([policy("a", "a")], TERM)


def test_a_policy_gives_way_only_to_what_is_counted_on_the_same_days() -> None:
    with pytest.raises(GivesWayWrongly, match="a cannot give way to b"):
        counts_of([policy("a", "b"), policy("b", on=MONTHLY)], TERM)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: Period("x", date(2024, 2, 1), date(2024, 1, 31)), "ends before it starts"),
        (lambda: Rate(None, 0), "from 1 fen"),
        (lambda: Rate(None, 10**9 + 1), "from 1 fen"),
        (lambda: Share(0, "fee"), "from 0.1 % to 100 %"),
        (lambda: Share(1001, "fee"), "from 0.1 % to 100 %"),
        (lambda: Share(500, "grade"), "no fact that is an amount"),
        (lambda: policy("it's"), "no code"),
        (lambda: policy("a", end=date(2020, 1, 1)), "ends before it begins"),
        (lambda: Policy("a", 1, date(2020, 1, 1), None, FIRST, (), ()), "has no rate"),
    ],
)
def test_what_cannot_be_is_refused(make: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        make()  # type: ignore[operator]  # each is a function


@pytest.mark.parametrize(
    ("written", "permille", "again"),
    [
        ("50 %", 500, "50 %"),
        ("50%", 500, "50 %"),
        ("12.5 %", 125, "12.5 %"),
        ("0.1%", 1, "0.1 %"),
        ("１００％", 1000, "100 %"),  # noqa: RUF001 -- full-width, as a Chinese keyboard gives it
    ],
)
def test_a_share_is_read_and_written_in_percent(written: str, permille: int, again: str) -> None:
    share = Share.parse(written, "fee")
    assert (share, share.percent) == (Share(permille, "fee"), again)
    assert Share.parse(share.percent, "fee") == share


@pytest.mark.parametrize("text", ["", "50", "%", "-5 %", "12.55 %", "100.1 %", "0 %", "half"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(NotAShare):
        Share.parse(text, "fee")


def test_a_policy_says_which_facts_it_asks_for() -> None:
    when, asked = read_condition("boarder"), (read_condition("orphan AND age > 3"),)
    rates = (Rate(when, 5), Rate(None, Share(500, "fee")))
    one = Policy("p", 1, date(2020, 1, 1), None, FIRST, asked, rates)
    assert one.facts == {"orphan", "age", "boarder", "fee"}
    assert policy("p").facts == set()


def test_a_number_says_what_an_answer_rests_on() -> None:
    asked = (read_condition("boarder"), read_condition("orphan"))
    one = Policy(
        *("p", 1, date(2020, 1, 1), None, FIRST, asked, (Rate(None, 1),), ("x", "y")), once=True
    )
    no, open_ = Outcome.NOT_ENTITLED, Outcome.UNDECIDED
    assert [reason_of(one, code) for code in (0, 2, -1, 3, -3, 4, 5, -6)] == [
        Reason(Outcome.ENTITLED),
        Reason(no, Ground.CONDITION, 2),
        Reason(open_, Ground.CONDITION, 1),
        Reason(no, Ground.RATES),
        Reason(open_, Ground.RATES),
        Reason(no, Ground.GIVEN_BEFORE),
        Reason(no, Ground.OTHER_POLICY, 1),
        Reason(open_, Ground.OTHER_POLICY, 2),
    ]
    for impossible in (-4, 7):
        with pytest.raises(ValueError, match="cannot come to"):
            reason_of(one, impossible)

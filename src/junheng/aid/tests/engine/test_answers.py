"""The same answers from DuckDB, PostgreSQL and plain Python, whatever the policies and people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.aid.engine.conditions import read_condition
from junheng.aid.engine.entitlement import answers, claims, doubled
from junheng.aid.engine.facts import STORED
from junheng.aid.engine.policies import Count, CountedOn, Policy, Rate, counts_of
from junheng.aid.engine.shares import Share
from junheng.aid.engine.totals import sums, totals
from junheng.aid.tests.engine.worlds import (
    DAYS,
    PERIOD,
    Answers,
    Row,
    World,
    by_reference,
    by_sql,
    tables,
    worlds,
)
from junheng.aid.verify.entitlement import full_years, rate_for, truth
from tests.examples import examples

Engine = duckdb.DuckDBPyConnection
KEYS: Row = {"county": "990101", "township": "990101001", "school": "S1"}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with duckdb.connect(":memory:", config={"threads": 1}) as connected:
        yield connected


def by_duckdb(engine: Engine, world: World) -> Answers:
    for statement in tables(world, ""):
        engine.execute(statement)
    return by_sql(world, "duckdb", lambda asked: engine.execute(asked).fetchall())


@examples(20)
@given(world=worlds())
def test_duckdb_and_plain_python_agree_row_by_row(engine: Engine, world: World) -> None:
    found = by_duckdb(engine, world)
    assert found == by_reference(world)
    _claims_and_totals_are_the_answers_once_more(engine, world, found)


def _claims_and_totals_are_the_answers_once_more(
    engine: Engine, world: World, found: Answers
) -> None:
    """Nobody is left out, and the money sums to the fen."""
    for count in world.counts:
        engine.execute(f"CREATE OR REPLACE TABLE answers AS {answers(count, 'duckdb')}")
        engine.execute(f"CREATE OR REPLACE TABLE sums AS {sums(count, 'duckdb')}")
        of_day = {key: told for key, told in found.items() if key[0] == count.day}
        listed = engine.execute(claims(count, "duckdb")).fetchall()
        assert len({row[:3] for row in listed}) == len(listed)
        assert {(row[2], row[0], row[1]): (row[3], row[4]) for row in listed} == {
            key: told for key, told in of_day.items() if told[0] <= 0
        }
        rows = engine.execute(totals(count, "duckdb")).fetchall()
        assert sorted(rows) == sorted(_totals(count, of_day))


def _totals(count: Count, of_day: Answers) -> list[tuple[Any, ...]]:
    people = len({subject for _day, subject, _policy in of_day})
    rows = []
    for policy in count.policies if people else ():
        told = [answer for key, answer in of_day.items() if key[2] == policy.code]
        entitled = sum(answer == 0 for answer, _fen in told)
        unclear = sum(answer < 0 for answer, _fen in told)
        fen = sum(each or 0 for _answer, each in told)
        day = (policy.code, policy.version, count.day)
        rows.append((*day, *KEYS.values(), people, entitled, unclear, fen))
    return rows


@examples(15)
@given(world=worlds(people=6), data=st.data())
def test_what_cannot_be_told_includes_and_excludes_nobody(
    engine: Engine, world: World, data: st.DataObject
) -> None:
    """A gap that is filled, with whatever, turns no yes and no no; only the undecided move."""
    before = by_duckdb(engine, world)
    chance = data.draw(st.randoms(use_true_random=False))
    known = [{name: row[name] for name in STORED if row[name] is not None} for row in world.rows]
    filled = tuple(
        {**row, **chance.choice(known), **{n: v for n, v in row.items() if v is not None}}
        for row in world.rows
    )
    after = by_duckdb(engine, replace(world, rows=filled))
    for key, (answer, fen) in before.items():
        if answer == 0:
            assert after[key] == (0, fen)
        elif answer > 0:
            assert after[key][0] > 0
        else:
            assert fen is None


def test_a_condition_nobody_can_evaluate_leaves_everybody_undecided(engine: Engine) -> None:
    asked = (read_condition("orphan"), read_condition("boarder"))
    one = Policy("a", 1, date(2020, 1, 1), None, CountedOn.FIRST_DAY, asked, (Rate(None, 5),))
    rows = tuple(
        {**dict.fromkeys(STORED), **KEYS, "subject": str(boarder), "boarder": boarder}
        | {"valid_from": date(2020, 1, 1), "valid_to": None}
        for boarder in (True, False, None)
    )
    found = by_duckdb(engine, World(counts_of([one], PERIOD), rows, frozenset()))
    # The second condition is false for one of them: that no is certain, whatever is missing.
    assert {key[1]: told for key, told in found.items()} == {
        "True": (-1, None),
        "False": (2, None),
        "None": (-1, None),
    }


def test_a_case_by_hand(engine: Engine) -> None:
    """Aid on entering (once), 8,000 beside which it stands back, and 4,000 beside both.

    kept: first time, all three conditions hold: 5,000 yuan; the two others give way.
    again: was given the first once before, so the second is due: 8,000; the third gives way.
    unclear: whether poor is missing. The first cannot be told, so neither can the others.
    no: not poor: ruled out by condition 1 of each; only what asks nothing is due.
    """

    def one(code: str, yuan: int, *ways: str, once: bool = False) -> Policy:
        conditions = (read_condition("registered_poor"),)
        rates = (
            Rate(read_condition("degree = 'bachelor_key'"), yuan * 100),
            Rate(read_condition("degree IN ('college', 'bachelor_first')"), yuan * 50),
        )
        day = CountedOn.FIRST_DAY
        return Policy(code, 1, date(2016, 9, 1), None, day, conditions, rates, ways, once)

    chain = (
        one("entering", 5_000, once=True),
        one("degree", 8_000, "entering"),
        one("yearly", 4_000, "degree", "entering"),
        replace(one("top", 10, "entering"), conditions=(), rates=(Rate(None, 1_000),)),
    )
    people = {"kept": True, "again": True, "unclear": None, "no": False}
    rows = tuple(
        {**dict.fromkeys(STORED), **KEYS, "subject": subject, "registered_poor": poor}
        | {"degree": "bachelor_key", "valid_from": date(2024, 1, 1), "valid_to": None}
        for subject, poor in people.items()
    )
    world = World(counts_of(chain, PERIOD), rows, frozenset({("again", "entering")}))
    found = by_duckdb(engine, world)
    assert found == by_reference(world)
    assert {
        subject: [found[PERIOD.starts_on, subject, one.code] for one in chain] for subject in people
    } == {
        "kept": [(0, 500_000), (4, None), (5, None), (3, None)],  # 4 = 1 + 3: its first way
        "again": [(3, None), (0, 800_000), (4, None), (0, 1_000)],  # 3 = 1 + 2: given before
        "unclear": [(-1, None), (-1, None), (-1, None), (-3, None)],
        "no": [(1, None), (1, None), (1, None), (0, 1_000)],
    }


def test_the_first_rate_that_holds_counts_and_a_gap_before_it_leaves_it_open(
    engine: Engine,
) -> None:
    """1st rate: orphans 9 fen; 2nd: boarders 5 fen. Nobody else."""
    rates = (Rate(read_condition("orphan"), 9), Rate(read_condition("boarder"), 5))
    once = Policy(
        *("a", 1, date(2020, 1, 1), None, CountedOn.FIRST_DAY, (read_condition("sex = '1'"),)),
        rates,
        once=True,
    )
    people: dict[str, Row] = {
        "orphan": {"sex": "1", "orphan": True, "boarder": None},
        "boarder": {"sex": "1", "orphan": False, "boarder": True},
        "neither": {"sex": None, "orphan": False, "boarder": False},
        "unclear": {"sex": "1", "orphan": None, "boarder": True},
        "unclear and given": {"sex": None, "orphan": None, "boarder": True},
        "nothing": {"sex": None, "orphan": True, "boarder": True},
    }
    rows = tuple(
        {**dict.fromkeys(STORED), **KEYS, "subject": who, **facts}
        | {"valid_from": date(2020, 1, 1), "valid_to": None}
        for who, facts in people.items()
    )
    given_before = frozenset({("unclear and given", "a")})
    world = World(counts_of([once], PERIOD), rows, given_before)
    found = by_duckdb(engine, world)
    assert found == by_reference(world)
    assert {key[1]: told for key, told in found.items()} == {
        "orphan": (0, 9),
        "boarder": (0, 5),
        "neither": (2, None),  # no rate is theirs, whatever their sex
        "unclear": (-2, None),
        "unclear and given": (3, None),  # given before: that is certain
        "nothing": (-1, None),
    }


@pytest.mark.parametrize(
    ("fee", "boarder", "told"),
    [
        pytest.param(123_457, False, (0, 15_432), id="an eighth, and what is left is nobody's"),
        pytest.param(10**9, False, (0, 125_000_000), id="the largest amount"),
        pytest.param(8, False, (0, 1), id="a fen at least"),
        pytest.param(7, False, (1, None), id="less than a fen is no rate"),
        pytest.param(7, True, (0, 500), id="so the next rate counts"),
        pytest.param(0, False, (1, None), id="no fee"),
        pytest.param(None, True, (-1, None), id="a fee that nobody told leaves it open"),
        pytest.param(7, None, (-1, None), id="and so does a gap of the next rate"),
        pytest.param(8, None, (0, 1), id="which nobody looks at when the share holds"),
    ],
)
def test_a_rate_may_be_a_share_of_an_amount(
    engine: Engine, fee: int | None, boarder: bool | None, told: tuple[int, int | None]
) -> None:
    """1st rate: 12.5 % of the fee; 2nd: boarders 5 yuan."""
    rates = (Rate(None, Share(125, "fee")), Rate(read_condition("boarder"), 500))
    one = Policy("a", 1, date(2020, 1, 1), None, CountedOn.FIRST_DAY, (), rates)
    other = replace(one, code="b", gives_way_to=("a",), rates=(Rate(None, 5),))
    row = {**dict.fromkeys(STORED), **KEYS, "subject": "a", "fee": fee, "boarder": boarder}
    rows = ({**row, "valid_from": date(2020, 1, 1), "valid_to": None},)
    world = World(counts_of([one, other], PERIOD), rows, frozenset())
    found = by_duckdb(engine, world)
    assert found == by_reference(world)
    assert found[PERIOD.starts_on, "a", "a"] == told


def test_a_share_for_some_waits_for_both_and_a_no_is_certain() -> None:
    rates = (Rate(read_condition("orphan"), Share(500, "fee")), Rate(None, 5))
    orphan, fee = {"orphan": True}, {"fee": 90_000}
    assert rate_for(rates, orphan | fee) == (1, True)
    assert [rate_for(rates, one) for one in (orphan, fee, {})] == [(1, None)] * 3
    assert rate_for(rates, {"orphan": False}) == (2, True)
    assert rate_for(rates, {"fee": 1}) == (2, True)
    assert rate_for(rates[:1], {"fee": 1}) == (0, False)


def test_an_amount_goes_through_the_layers_only_where_somebody_has_a_share_of_it() -> None:
    one = Policy("a", 1, date(2020, 1, 1), None, CountedOn.FIRST_DAY, (), (Rate(None, 5),))
    [fixed], [shared] = (
        counts_of([replace(one, rates=rates)], PERIOD)
        for rates in (one.rates, (Rate(None, Share(500, "fee")),))
    )
    assert answers(fixed, "duckdb").count("fee") == 1  # read with the other facts
    assert answers(shared, "duckdb").count("fee") > 1


def test_a_fact_holds_from_its_first_day_until_before_its_last(engine: Engine) -> None:
    each = {**dict.fromkeys(STORED), **KEYS, "subject": "a"}
    cut = date(2024, 4, 1)
    rows = (
        {**each, "boarder": True, "valid_from": date(2024, 2, 29), "valid_to": cut},
        {**each, "boarder": False, "valid_from": cut, "valid_to": None},
    )
    asked = (read_condition("boarder"),)
    months = CountedOn.EACH_MONTH
    one = Policy("a", 1, date(2020, 1, 1), None, months, asked, (Rate(None, 5),))
    world = World(counts_of([one], PERIOD), rows, frozenset())
    assert [answer for answer, _fen in by_duckdb(engine, world).values()] == [0, 0, 1]


def test_two_rows_for_one_day_are_found_and_two_in_a_row_are_not(engine: Engine) -> None:
    each = {**dict.fromkeys(STORED), **KEYS}
    days = [date(2024, 1, 1), date(2024, 2, 1), None]
    after = [
        {**each, "subject": "a", "valid_from": start, "valid_to": end}
        for start, end in pairwise(days)
    ]
    both = [{**one, "subject": "b", "valid_to": None} for one in after]
    asked = (read_condition("TRUE"),)
    one = Policy("a", 1, date(2020, 1, 1), None, CountedOn.FIRST_DAY, asked, (Rate(None, 5),))
    world = World(counts_of([one], PERIOD), (*after, *both), frozenset())
    for statement in tables(world, ""):
        engine.execute(statement)
    assert engine.execute(doubled(world.counts[0], "duckdb")).fetchall() == [("b", 2)]


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2008, 2, 29), date(2023, 2, 28), 14),
        (date(2008, 2, 29), date(2023, 3, 1), 15),
        (date(2008, 2, 29), date(2024, 2, 29), 16),
        (date(2008, 3, 1), date(2024, 2, 29), 15),
        (None, date(2024, 2, 29), None),
    ],
)
def test_full_years(born: date | None, day: date, years: int | None) -> None:
    assert full_years(born, day) == years


def test_ages_agree_on_every_edge(engine: Engine) -> None:
    asked = (read_condition("age >= 12"), read_condition("age < 16"))
    one = Policy("a", 1, date(2020, 1, 1), None, CountedOn.LAST_DAY, asked, (Rate(None, 5),))
    first = replace(one, code="b", counted_on=CountedOn.FIRST_DAY)
    rows = tuple(
        {**dict.fromkeys(STORED), **KEYS, "subject": str(born), "born_on": born}
        | {"valid_from": date(2020, 1, 1), "valid_to": None}
        for born in (*DAYS, None)
    )
    world = World(counts_of([one, first], PERIOD), rows, frozenset())
    assert by_duckdb(engine, world) == by_reference(world)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("boarder AND grade + 1 = 6", True),
        ("NOT boarder AND orphan", False),
        ("boarder AND orphan", None),
        ("NOT orphan", None),
        ("-age > 1 OR age + 1 = 2", None),
        ("orphan OR - grade < (0 - 4)", True),
        ("(boarder OR orphan) = TRUE", True),
        ("stage IN ('primary', 'higher')", True),
        ("grade IN (age, 6)", None),
        ("grade BETWEEN age AND 4", False),
        ("born_on NOT BETWEEN DATE '2008-01-01' AND DATE '2008-12-31'", False),
        ("NOT (orphan AND boarder)", None),
        ("orphan = boarder", None),
        ("FALSE OR born_on <> DATE '2008-02-29'", False),
    ],
)
def test_truth_has_three_values(text: str, holds: bool | None) -> None:
    facts = {"boarder": True, "grade": 5, "stage": "primary", "born_on": date(2008, 2, 29)}
    read_condition(text)
    assert truth(text, facts) is holds

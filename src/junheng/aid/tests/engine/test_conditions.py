"""What a condition may say, and where each of the others goes wrong."""

from __future__ import annotations

import re
from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.aid.engine.conditions import (
    DEEPEST,
    LONGEST,
    NotAllowed,
    Problem,
    read_condition,
)
from junheng.aid.engine.facts import FACTS, STORED
from junheng.aid.tests.engine.worlds import World, by_reference, by_sql, counted, tables
from tests.examples import examples

READ = (
    "boarder",
    "NOT boarder AND (disabled OR orphan)",
    "boarder = disabled AND (boarder AND orphan) <> TRUE",
    "stage IN ('primary', 'lower_secondary') AND sex <> '2'",
    "(stage) = ('primary')",
    "grade BETWEEN 1 AND 3 OR grade NOT IN (7, 8 + 1) OR age - -3 > - grade",
    "born_on >= DATE '2008-02-29' AND entered_on NOT BETWEEN born_on AND DATE '2024-01-01'",
    "boarder\n  AND TRUE",
)


@pytest.mark.parametrize("text", READ)
def test_a_condition_reads_facts_and_says_which(text: str) -> None:
    told = read_condition(text)
    assert told.text == text
    outside_quotes = " ".join(text.split("'")[::2])
    assert set(told.facts) == set(FACTS) & set(re.findall(r"[a-z_]+", outside_quotes))


REFUSED = (
    # Other columns, and whatever is no fact.
    ("boarder AND subject = 'x'", Problem.NO_SUCH_FACT, 12, "subject"),
    ("valid_from > DATE '2020-01-01'", Problem.NO_SUCH_FACT, 0, "valid_from"),
    ("facts.boarder", Problem.NO_SUCH_FACT, 0, "facts"),
    ("BOARDER", Problem.NO_SUCH_FACT, 0, "BOARDER"),
    ('"boarder"', Problem.NOT_ALLOWED, 0, '"boarder"'),
    ("date > born_on", Problem.NOT_ALLOWED, 0, "date"),
    # Functions, subqueries, casts, and what would make a yes of a gap.
    ("upper(stage) = 'x'", Problem.NO_SUCH_FACT, 0, "upper"),
    ("coalesce(boarder, TRUE)", Problem.NO_SUCH_FACT, 0, "coalesce"),
    ("DATE('2016-01-01') > born_on", Problem.NOT_ALLOWED, 5, "'2016-01-01'"),
    ("stage IN (SELECT 'primary')", Problem.NOT_ALLOWED, 10, "SELECT"),
    ("EXISTS (SELECT 1)", Problem.NOT_ALLOWED, 0, "EXISTS"),
    ("grade::text = '1'", Problem.NOT_ALLOWED, 5, "::"),
    ("boarder IS NULL", Problem.NOT_ALLOWED, 8, "IS"),
    ("boarder IS NOT TRUE", Problem.NOT_ALLOWED, 8, "IS"),
    ("boarder = NULL", Problem.NOT_ALLOWED, 10, "NULL"),
    ("CASE WHEN boarder THEN TRUE END", Problem.NOT_ALLOWED, 0, "CASE"),
    ("(grade, age) = (1, 2)", Problem.NOT_ALLOWED, 1, "grade"),
    ("grade * 2 > 1", Problem.NOT_ALLOWED, 6, "*"),
    ("stage || sex = 'x'", Problem.NOT_ALLOWED, 6, "||"),
    # Comments, further statements, other kinds of quotes.
    ("boarder -- AND poor", Problem.NOT_ALLOWED, 0, "boarder"),
    ("boarder /* or not */ AND orphan", Problem.NOT_ALLOWED, 0, "boarder"),
    ("boarder; DROP TABLE facts", Problem.NOT_ALLOWED, 7, ";"),
    ("stage = $$primary$$", Problem.NOT_ALLOWED, 8, "$$primary$$"),
    ("stage = E'primary'", Problem.NOT_ALLOWED, 8, "E'primary'"),
    ("stage = 'primary' 'x'", Problem.NOT_ALLOWED, 8, "'primary'"),
    # What databases read in ways of their own.
    ("boarder = disabled = orphan", Problem.NOT_ALLOWED, 0, "boarder"),
    ("boarder = NOT disabled", Problem.NOT_ALLOWED, 14, "disabled"),
    ("TRUE = TRUE = FALSE", Problem.NOT_ALLOWED, 0, "TRUE = TRUE = FALSE"),
    ("grade IN (1, 2) = TRUE", Problem.NOT_ALLOWED, 0, "grade"),
    ("grade IN ()", Problem.NOT_ALLOWED, 0, "grade"),
    ("grade BETWEEN SYMMETRIC 3 AND 1", Problem.NO_SUCH_FACT, 14, "SYMMETRIC"),
    # Unlike things.
    ("boarder AND boarder = 'x'", Problem.UNLIKE, 12, "boarder"),
    ("born_on > '2016-09-01'", Problem.UNLIKE, 0, "born_on"),
    ("born_on - entered_on > 5", Problem.UNLIKE, 0, "born_on"),
    ("grade + boarder > 1", Problem.UNLIKE, 8, "boarder"),
    ("-boarder > 1", Problem.UNLIKE, 1, "boarder"),
    ("stage < 'primary'", Problem.UNLIKE, 0, "stage"),
    ("stage BETWEEN 'primary' AND 'vocational'", Problem.UNLIKE, 0, "stage"),
    ("boarder > disabled", Problem.UNLIKE, 0, "boarder"),
    ("stage = sex", Problem.UNLIKE, 0, "stage"),
    ("'primary' = 'primary'", Problem.UNLIKE, 0, "'primary'"),
    ("grade", Problem.NOT_YES_OR_NO, 0, "grade"),
    ("boarder AND grade", Problem.NOT_YES_OR_NO, 12, "grade"),
    ("NOT 'x'", Problem.NOT_YES_OR_NO, 4, "'x'"),
    # Amounts are shared, never compared.
    ("boarder AND fee > 100", Problem.AN_AMOUNT, 12, "fee"),
    ("fee", Problem.AN_AMOUNT, 0, "fee"),
    # Codes, days and numbers.
    ("boarder AND stage IN ('primary', 'primry')", Problem.NO_SUCH_CODE, 33, "'primry'"),
    ("stage = ('bogus')", Problem.NO_SUCH_CODE, 9, "'bogus'"),
    ("stage = 'x\\'", Problem.NO_SUCH_CODE, 8, "'x\\'"),
    ("born_on > DATE '2023-02-29'", Problem.NOT_A_DAY, 15, "'2023-02-29'"),
    ("born_on > DATE '20160901'", Problem.NOT_A_DAY, 15, "'20160901'"),
    ("grade > 1.5", Problem.NOT_WHOLE, 8, "1.5"),
    ("grade > 1e3", Problem.NOT_WHOLE, 8, "1e3"),
    ("grade > 10000001", Problem.NOT_WHOLE, 8, "10000001"),
    ("grade > 99999999999999999999999", Problem.NOT_WHOLE, 8, "99999999999999999999999"),
    ("grade > 0x10", Problem.NOT_ALLOWED, 8, "0x10"),
    # Form.
    ("", Problem.EMPTY, 0, ""),
    (" -- nothing", Problem.EMPTY, 0, ""),
    ("boarder AND", Problem.UNREADABLE, 10, "boarder AND"),
    ("(boarder", Problem.UNREADABLE, 7, "(boarder"),
    (",", Problem.UNREADABLE, 0, ","),
    ("+", Problem.UNREADABLE, 0, "+"),
    ("stage = 'primary", Problem.UNREADABLE, 0, "stage = 'primary"),
    ("boarder AND " * 80, Problem.TOO_LONG, LONGEST, "AND boarder AND boar"),
    ("(" * 21 + "boarder" + ")" * 21, Problem.TOO_DEEP, DEEPEST, "("),
    ("NOT " * 21 + "boarder", Problem.TOO_DEEP, 4 * DEEPEST, "NOT"),
    ("1=1" + " OR 1=1" * 50, Problem.TOO_LONG, 3 + 7 * 37 - 1, "1"),
)


@pytest.mark.parametrize(("text", "problem", "start", "what"), REFUSED)
def test_what_is_not_allowed_is_refused_with_its_place(
    text: str, problem: str, start: int, what: str
) -> None:
    with pytest.raises(NotAllowed) as refused:
        read_condition(text)
    told = refused.value
    assert (told.problem, told.start, told.what) == (problem, start, what)


def test_every_problem_has_an_example() -> None:
    named = {value for name, value in vars(Problem).items() if name.isupper()}
    assert {problem for _text, problem, _start, _what in REFUSED} == named


WORDS = st.sampled_from(
    [
        *("boarder", "stage", "grade", "born_on", "'primary'", "'1'", "DATE '2024-02-29'", "7"),
        *("AND", "OR", "NOT", "IN", "BETWEEN", "=", "<>", "<", ">=", "+", "-", "(", ")", ","),
        *("TRUE", "FALSE", "NULL", "IS", "--", "/*", ";", '"', "'", "::", "sex", "SELECT", "."),
        *("fee", "*"),
    ]
)


@examples(60)
@given(words=st.lists(WORDS, max_size=12))
def test_what_is_read_runs_and_means_the_same_and_the_rest_is_refused(words: list[str]) -> None:
    text = " ".join(words)
    try:
        condition = read_condition(text)
    except NotAllowed:
        return
    facts = {"boarder": True, "stage": "primary", "born_on": date(2010, 1, 1)}
    keys = {"subject": "a", "county": "c", "township": "t", "school": "s"}
    row = {
        **dict.fromkeys(STORED),
        **keys,
        **facts,
        "valid_from": date(2020, 1, 1),
        "valid_to": None,
    }
    world = World(counted(condition), (row,), frozenset())
    with duckdb.connect(":memory:") as engine:
        for statement in tables(world, ""):
            engine.execute(statement)
        found = by_sql(world, "duckdb", lambda asked: engine.execute(asked).fetchall())
    assert found == by_reference(world)

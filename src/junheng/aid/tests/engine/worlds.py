"""Invented policies and people for properties: every kind of condition, every kind of gap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from junheng.aid.engine.conditions import Condition, read_condition
from junheng.aid.engine.entitlement import answers
from junheng.aid.engine.facts import FACTS, KEYS, SQL_TYPE, STORED, Kind
from junheng.aid.engine.policies import Count, CountedOn, Period, Policy, Rate, counts_of
from junheng.aid.engine.shares import Share
from junheng.aid.verify.entitlement import decide

PERIOD = Period("2023-2024-2", date(2024, 2, 29), date(2024, 4, 30))
"""Begins on a leap day."""

MISSING = 0.2
"""How much nobody told."""

DAYS = (
    *(PERIOD.starts_on, PERIOD.ends_on, date(2024, 3, 1), date(2008, 2, 29), date(2008, 3, 1)),
    *(date(2008, 2, 28), date(2012, 12, 31), date(2015, 6, 30)),
)
YES_NO, CODES = (
    tuple(name for name, fact in FACTS.items() if fact.kind is kind)
    for kind in (Kind.YES_NO, Kind.CODE)
)
NUMBERS = ("grade", "age")
DATES = ("born_on", "entered_on")

Row = dict[str, Any]


@dataclass(frozen=True)
class World:
    """Policies, rows of facts, and what was given before."""

    counts: tuple[Count, ...]
    rows: tuple[Row, ...]
    given: frozenset[tuple[str, str]]


# ------------------------------------------------------------------------------ conditions

_number = st.one_of(
    st.sampled_from(NUMBERS),
    st.integers(0, 20).map(str),
    st.builds(
        "{} {} {}".format, st.sampled_from(NUMBERS), st.sampled_from("+-"), st.integers(0, 9)
    ),
    st.builds("-({})".format, st.sampled_from(NUMBERS)),
)
_day = st.one_of(st.sampled_from(DATES), st.sampled_from(DAYS).map("DATE '{}'".format))
_ordered = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


@st.composite
def _codes(draw: st.DrawFn) -> str:
    fact = FACTS[draw(st.sampled_from(CODES))]
    codes = [
        f"'{code}'" for code in draw(st.lists(st.sampled_from(fact.codes), min_size=1, max_size=3))
    ]
    if draw(st.booleans()):
        return f"{fact.name} {draw(st.sampled_from(['=', '<>']))} {codes[0]}"
    return f"{fact.name} {draw(st.sampled_from(['', 'NOT ']))}IN ({', '.join(codes)})"


_atom = st.one_of(
    st.sampled_from(YES_NO),
    st.sampled_from(["TRUE", "FALSE"]),
    st.builds("{} = {}".format, st.sampled_from(YES_NO), st.sampled_from([*YES_NO, "TRUE"])),
    _codes(),
    st.builds("{} {} {}".format, _number, _ordered, _number),
    st.builds("{} BETWEEN {} AND {}".format, _number, _number, _number),
    st.builds("{} IN ({}, {})".format, _number, _number, _number),
    st.builds("{} {} {}".format, _day, _ordered, _day),
    st.builds("{} NOT BETWEEN {} AND {}".format, _day, _day, _day),
)
texts = st.recursive(
    _atom,
    lambda inner: st.one_of(
        st.builds("NOT ({})".format, inner),
        st.builds("({} AND {})".format, inner, inner),
        st.builds("{} OR {}".format, inner, inner).map("({})".format),
        st.builds("({}) = {}".format, inner, st.sampled_from(YES_NO)),
    ),
    max_leaves=4,
)
conditions = texts.filter(lambda text: len(text) <= 400).map(read_condition)


# -------------------------------------------------------------------------------- policies

_pays = st.one_of(st.integers(1, 10**9), st.builds(Share, st.integers(1, 1000), st.just("fee")))


@st.composite
def policies(draw: st.DrawFn, most: int = 4) -> tuple[Policy, ...]:
    """Versions that never overlap; each gives way only to what is called before it."""
    counted_on = draw(st.sampled_from(CountedOn))
    made: list[Policy] = []
    for code in "abcd"[: draw(st.integers(1, most))]:
        cut = draw(st.sampled_from([date(2020, 1, 1), date(2024, 4, 1), date(2024, 4, 30)]))
        ways = draw(st.lists(st.sampled_from("abcd"), unique=True, max_size=2))
        shared = {
            "gives_way_to": tuple(way for way in ways if way < code),
            "once": draw(st.booleans()),
        }
        spans = ((1, date(2016, 9, 1), cut), (2, cut, None))
        for version, start, end in spans[draw(st.integers(0, 1)) :]:
            made.append(draw(_version(code, version, start, end, counted_on, shared)))
    return tuple(made)


@st.composite
def _version(
    draw: st.DrawFn,
    code: str,
    version: int,
    start: date,
    end: date | None,
    on: CountedOn,
    more: Any,
) -> Policy:
    asked = draw(st.lists(conditions, max_size=3))
    whens: list[Condition | None] = list(draw(st.lists(conditions, max_size=2)))
    if not whens or draw(st.booleans()):
        whens.append(None)
    rates = tuple(Rate(when, draw(_pays)) for when in whens)
    return Policy(code, version, start, end, on, tuple(asked), rates, **more)


def counted(*asked: Condition) -> tuple[Count, ...]:
    """One policy with these conditions, counted on the first day."""
    rates = (Rate(None, 100),)
    first = CountedOn.FIRST_DAY
    return counts_of([Policy("a", 1, date(2020, 1, 1), None, first, asked, rates)], PERIOD)


# ---------------------------------------------------------------------------------- people


def _value(chance: Random, name: str) -> Any:
    fact = FACTS[name]
    if chance.random() < MISSING:
        return None
    match fact.kind:
        case Kind.YES_NO:
            return chance.random() < 0.5
        case Kind.NUMBER:
            return chance.randint(-2, 12)
        case Kind.DAY:
            return chance.choice([*DAYS, date(2000, 1, 1) + timedelta(days=chance.randrange(8900))])
        case Kind.CODE:
            return chance.choice(fact.codes)
        case Kind.MONEY:
            return chance.choice([0, 1, 7, 10**9, chance.randrange(500_000)])


def person(chance: Random, subject: str) -> list[Row]:
    """One row of facts after the other, the last one open or not; some leave a gap."""
    days = sorted(date(2024, 1, 1) + timedelta(days=chance.randrange(130)) for _ in range(2))
    begins = [date(2020, 1, 1), *days[: chance.randint(0, 2)]]
    ends: list[date | None] = [*begins[1:], chance.choice([None, date(2024, 5, 20)])]
    if chance.random() < 0.2:
        ends[0] = min(ends[0] or date.max, date(2024, 3, 1))
    keys = {"subject": subject, "county": "990101", "township": "990101001", "school": "S1"}
    return [
        {**keys, "valid_from": start, "valid_to": end, **{n: _value(chance, n) for n in STORED}}
        for start, end in zip(begins, ends, strict=True)
    ]


@st.composite
def worlds(draw: st.DrawFn, people: int = 12) -> World:
    """A few people under a few policies; people by chance from a seed, which is quick."""
    return _peopled(draw(policies()), Random(draw(st.integers(0, 2**32))), people)


TEXTS = (
    *("boarder", "NOT boarder", "registered_poor OR subsistence", "boarder = disabled"),
    *("(boarder AND disabled) = orphan", "stage IN ('primary', 'lower_secondary')"),
    *("NOT (stage = 'primary' AND sex <> '2')", "grade BETWEEN 1 AND 6", "grade + 1 > age - 5"),
    *("age NOT IN (7, 8, grade)", "-grade < 3", "born_on < DATE '2008-02-29'"),
    *("entered_on NOT BETWEEN born_on AND DATE '2020-01-01'", "age >= 16", "TRUE"),
)


def world_of(chance: Random, people: int = 40) -> World:
    """The same without hypothesis, for what is too slow for it."""
    made = []
    for code in "abcd":
        asked = [read_condition(text) for text in chance.sample(TEXTS, 3)]
        rates = (
            Rate(asked.pop(), 31_250),
            Rate(asked[0], Share(chance.randint(1, 1000), "fee")),
            Rate(None, 25_000),
        )[chance.randint(0, 2) :]
        ways = tuple(way for way in "abcd" if way < code and chance.random() < 0.4)
        span = (date(2016, 9, 1), chance.choice([None, date(2024, 4, 1)]))
        once, months = chance.random() < 0.5, CountedOn.EACH_MONTH
        made.append(Policy(code, 1, *span, months, tuple(asked), rates, ways, once))
    return _peopled(tuple(made), chance, people)


def _peopled(chosen: tuple[Policy, ...], chance: Random, people: int) -> World:
    names = [f"person-{number:02}" for number in range(people)]
    rows = [row for name in names for row in person(chance, name)]
    given = {(name, code) for name in names for code in "abcd" if chance.random() < 0.15}
    return World(counts_of(chosen, PERIOD), tuple(rows), frozenset(given))


# ------------------------------------------------------------------------------- both ways

Answer = tuple[int, int | None]
Answers = dict[tuple[date, str, str], Answer]
"""By day, person and policy."""


def by_reference(world: World) -> Answers:
    """In plain Python, one after the other."""
    found: Answers = {}
    for count in world.counts:
        for row in world.rows:
            if row["valid_from"] <= count.day and (row["valid_to"] or date.max) > count.day:
                before = {code for who, code in world.given if who == row["subject"]}
                for code, answer in decide(count.policies, row, count.day, before).items():
                    found[count.day, row["subject"], code] = answer
    return found


def by_sql(world: World, dialect: str, ask: Callable[[str], Sequence[Any]]) -> Answers:
    """By a database in which `facts` and `given` are filled."""
    found: Answers = {}
    for count in world.counts:
        for row in ask(answers(count, dialect)):
            for number, policy in enumerate(count.policies):
                answer, fen = row[4 + 2 * number], row[5 + 2 * number]
                found[count.day, row[0], policy.code] = answer, fen
    return found


def tables(world: World, temporary: str) -> list[str]:
    """Statements that fill `facts` and `given`.

    Args:
        world: With what.
        temporary: "TEMPORARY" or "".
    """
    columns = {**KEYS, **{name: SQL_TYPE[FACTS[name].kind] for name in STORED}}
    made = [
        "DROP TABLE IF EXISTS facts",
        "DROP TABLE IF EXISTS given",
        f"CREATE {temporary} TABLE facts ({', '.join(f'{n} {k}' for n, k in columns.items())})",
        f"CREATE {temporary} TABLE given (subject VARCHAR, policy VARCHAR)",
    ]
    rows = [[row[name] for name in columns] for row in world.rows]
    made.append(inserted("facts", rows))
    return [*made, inserted("given", sorted(world.given))] if world.given else made


def inserted(table: str, rows: Sequence[Sequence[Any]]) -> str:
    """The statement that puts rows into a table."""
    told = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
    return f"INSERT INTO {table} VALUES {told}"  # noqa: S608 -- own values


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, bool | int) else f"'{value}'"

"""Entitlement as SQL: every person of a day times every policy, with the first reason against.

The statements are written once, in the words that DuckDB, PostgreSQL and Spark share, and put
into each one's spelling by sqlglot. For each policy the table of answers has a number (see
`outcomes`) and an amount in fen, missing unless the person is entitled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import transpile

from junheng.aid.engine.facts import FACTS, MONEY, STORED, Kind
from junheng.aid.engine.outcomes import given_code, rates_code, way_code
from junheng.aid.engine.policies import Count, Policy, Rate
from junheng.aid.engine.shares import WHOLE, Share

PLACES = ("county", "township", "school")


def answers(count: Count, dialect: str) -> str:
    """The answers for one counting day, one row per person.

    Args:
        count: The day and its policies.
        dialect: "duckdb", "postgres" or "spark".

    Returns:
        A SELECT from the tables `facts` (`facts.KEYS` and `facts.STORED`) and `given` (subject,
        policy: what was given once in a lifetime). Columns: subject, county, township, school,
        then `answer_0`, `fen_0`, `answer_1` … in the order of the policies of the day. At most
        one row of `facts` may hold for a person on the day, which is `doubled`'s to find out.
    """
    inner = _judged(count)
    for depth in _depths(count.policies):
        inner = _given_way(count.policies, depth, inner)
    return spelled(_with_amounts(count.policies, inner), dialect)


def claims(count: Count, dialect: str, *, table: str = "answers") -> str:
    """Who is entitled, and who is undecided, as rows: subject, policy, for_day, answer, fen.

    Args:
        count: As for the answers.
        dialect: As above.
        table: Where the answers of that day lie.
    """
    parts = [
        f"SELECT subject, '{policy.code}' AS policy, {_day(count)} AS for_day,"
        f" answer_{number} AS answer, fen_{number} AS fen FROM {table}"
        f" WHERE answer_{number} <= 0"
        for number, policy in enumerate(count.policies)
    ]
    return spelled(" UNION ALL ".join(parts), dialect)


def doubled(count: Count, dialect: str) -> str:
    """Persons of whom the facts tell two things for the same day; that has to be mended first.

    Columns: subject, times.
    """
    return spelled(
        f"SELECT subject, COUNT(*) AS times FROM facts WHERE {_holds(count)}"
        " GROUP BY subject HAVING COUNT(*) > 1",
        dialect,
    )


def spelled(sql: str, dialect: str) -> str:
    """A statement in the words of another database."""
    return transpile(sql, read="postgres", write=dialect)[0]


def _day(count: Count) -> str:
    return f"DATE '{count.day.isoformat()}'"


def _holds(count: Count) -> str:
    day = _day(count)
    return f"valid_from <= {day} AND (valid_to IS NULL OR valid_to > {day})"


def _people(count: Count) -> str:
    """The facts of the day, with the full years that a person has on it.

    Numbers are widened, so that no sum of a condition can overflow in any of the three.
    """
    columns = [
        f"CAST({name} AS BIGINT) AS {name}" if FACTS[name].kind is Kind.NUMBER else name
        for name in STORED
    ]
    told = ", ".join(["subject", *PLACES, *columns])
    day = count.day
    month_day = day.month * 100 + day.day
    age = (
        f"CAST({day.year} - EXTRACT(YEAR FROM born_on) - CASE WHEN {month_day} <"
        " EXTRACT(MONTH FROM born_on) * 100 + EXTRACT(DAY FROM born_on)"
        " THEN 1 ELSE 0 END AS BIGINT) AS age"
    )
    return f"SELECT {told}, {age} FROM facts WHERE {_holds(count)}"


def _judged(count: Count) -> str:
    """Conditions, rates, and what was given before; not yet who gives way to whom."""
    columns = [f"rated.{name}" for name in _carried(count.policies)]
    joins = []
    asked = _asked(count)
    for number, policy in enumerate(count.policies):
        columns += [f"{_answer(policy, number, asked)} AS answer_{number}", f"rate_{number}"]
        if policy.once:
            joins.append(
                f" LEFT JOIN (SELECT DISTINCT subject FROM given WHERE policy = '{policy.code}')"
                f" AS given_{number} ON given_{number}.subject = rated.subject"
            )
    return f"SELECT {', '.join(columns)} FROM ({_rated(count)}) AS rated{''.join(joins)}"


def _rated(count: Count) -> str:
    """Which rate is a person's: its place from 1, 0 if none is, -1 if that cannot be told."""
    asked = _asked(count)
    rates = [f"{_rate(one, asked)} AS rate_{number}" for number, one in enumerate(count.policies)]
    columns = [*_carried(count.policies), *asked.values(), *rates]
    return f"SELECT {', '.join(columns)} FROM ({_told(count)}) AS told"


def _told(count: Count) -> str:
    """Whether each condition holds: asked once, however many policies have it."""
    truths = [f"({asked}) AS {name}" for asked, name in _asked(count).items()]
    columns = [*_carried(count.policies), *truths]
    return f"SELECT {', '.join(columns)} FROM ({_people(count)}) AS people"


def _carried(policies: Sequence[Policy]) -> list[str]:
    """What goes through all layers: who it is, where, and amounts that somebody has a share of."""
    shared = frozenset[str]().union(*(policy.facts for policy in policies)) & set(MONEY)
    return ["subject", *PLACES, *sorted(shared)]


def _asked(count: Count) -> dict[str, str]:
    """The conditions of a day, each once, with the names of their columns."""
    every = [
        asked
        for policy in count.policies
        for asked in (
            *(condition.tree.sql("postgres") for condition in policy.conditions),
            *(needed for rate in policy.rates for needed in _needed(rate)),
        )
    ]
    return {asked: f"asked_{number}" for number, asked in enumerate(dict.fromkeys(every))}


def _needed(rate: Rate) -> list[str]:
    """What is asked of those whose rate it is; of a share also that it comes to a fen at least."""
    when = [rate.when.tree.sql("postgres")] if rate.when else []
    enough = [f"{_times(rate.pays)} >= {WHOLE}"] if isinstance(rate.pays, Share) else []
    return [*when, *enough]


def _rate(policy: Policy, asked: Mapping[str, str]) -> str:
    whens, rest = [], "0"
    for place, rate in enumerate(policy.rates, 1):
        holds = " AND ".join(asked[needed] for needed in _needed(rate))
        if not holds:
            rest = str(place)
            break
        whens += [f"WHEN {holds} THEN {place}", f"WHEN ({holds}) IS NULL THEN -1"]
    return f"CASE {' '.join(whens)} ELSE {rest} END" if whens else rest


def _answer(policy: Policy, number: int, asked: Mapping[str, str]) -> str:
    """What is false comes before what is unknown: a no is certain whatever is missing beside it."""
    told = [asked[condition.tree.sql("postgres")] for condition in policy.conditions]
    whens = [f"WHEN NOT {each} THEN {place}" for place, each in enumerate(told, 1)]
    whens.append(f"WHEN rate_{number} = 0 THEN {rates_code(policy)}")
    if policy.once:
        whens.append(f"WHEN NOT given_{number}.subject IS NULL THEN {given_code(policy)}")
    whens += [f"WHEN {each} IS NULL THEN -{place}" for place, each in enumerate(told, 1)]
    whens.append(f"WHEN rate_{number} < 0 THEN -{rates_code(policy)}")
    return f"CASE {' '.join(whens)} ELSE 0 END"


def _depths(policies: Sequence[Policy]) -> list[frozenset[int]]:
    """The policies that give way, in the order in which it can be told: by their places."""
    at = {policy.code: number for number, policy in enumerate(policies)}
    depth: dict[int, int] = {}
    for number, policy in enumerate(policies):  # those that are given way to come first
        ways = [depth[at[other]] for other in policy.gives_way_to if other in at]
        depth[number] = 1 + max(ways) if ways else 0
    deepest = max(depth.values(), default=0)
    return [
        frozenset(number for number, found in depth.items() if found == level)
        for level in range(1, deepest + 1)
    ]


def _given_way(policies: Sequence[Policy], now: frozenset[int], inner: str) -> str:
    at = {policy.code: number for number, policy in enumerate(policies)}
    columns = _carried(policies)
    for number, policy in enumerate(policies):
        answer = _way(policy, number, at) if number in now else f"answer_{number}"
        columns += [f"{answer} AS answer_{number}", f"rate_{number}"]
    return f"SELECT {', '.join(columns)} FROM ({inner}) AS judged"


def _way(policy: Policy, number: int, at: dict[str, int]) -> str:
    own = f"answer_{number}"
    others = [
        (f"answer_{at[other]}", way_code(policy, place))
        for place, other in enumerate(policy.gives_way_to)
        if other in at
    ]
    whens = [f"WHEN {own} > 0 THEN {own}"]
    whens += [f"WHEN {other} = 0 THEN {code}" for other, code in others]
    whens.append(f"WHEN {own} < 0 THEN {own}")
    whens += [f"WHEN {other} < 0 THEN -{code}" for other, code in others]
    return f"CASE {' '.join(whens)} ELSE 0 END"


def _with_amounts(policies: Sequence[Policy], inner: str) -> str:
    columns = ["subject", *PLACES]
    for number, policy in enumerate(policies):
        fens = " ".join(
            f"WHEN {place} THEN {_fen(rate)}" for place, rate in enumerate(policy.rates, 1)
        )
        columns.append(f"CAST(answer_{number} AS SMALLINT) AS answer_{number}")
        columns.append(
            f"CASE WHEN answer_{number} = 0 THEN CAST(CASE rate_{number} {fens} END AS BIGINT)"
            f" END AS fen_{number}"
        )
    return f"SELECT {', '.join(columns)} FROM ({inner}) AS decided"


def _fen(rate: Rate) -> str:
    """A share without its rest: what is left comes out even in every database's division."""
    if isinstance(rate.pays, int):
        return str(rate.pays)
    times = _times(rate.pays)
    return f"CAST(({times} - MOD({times}, {WHOLE})) / {WHOLE} AS BIGINT)"


def _times(share: Share) -> str:
    return f"{share.of} * {share.permille}"

"""Three benefits of OpenFisca's country template, by OpenFisca and by our policies on DuckDB.

    python -m benchmarks.country_template [PEOPLE …]

June 2016, households of four. Each program runs in a process of its own, twice; the second counts.

They are the basic income (an adult without a salary), the parenting allowance (household income of
at most 500, and a child under 6, or under 8 with one adult) and the housing allowance (a quarter of
the rent, until November 2016). Sums over a household are facts that are computed before: that
statement is part of our time. Our facts are a closed list, so columns stand in: `studying` has a
salary, `monitored` a low income, `orphan` one adult, `left_behind` a child under 8, `disabled` one
under 6, `fee` is the rent; "primary" is a person, "higher" a household. Rents are whole multiples
of four, so that a quarter is exact in a float as well.

OpenFisca is under the AGPL and is imported here only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from junheng.aid.engine.conditions import read_condition
from junheng.aid.engine.entitlement import answers
from junheng.aid.engine.facts import FACTS, KEYS, SQL_TYPE, STORED
from junheng.aid.engine.policies import CountedOn, Period, Policy, Rate, counts_of
from junheng.aid.engine.shares import Share

SIZES = (100_000, 1_000_000)
JUNE = date(2016, 6, 1)
FIXED = "'c' AS county, 't' AS township, 's' AS school, DATE '2016-01-01' AS valid_from"
_AGE = "(2016 - year(birth) - CASE WHEN month(birth) * 100 + day(birth) > 601 THEN 1 ELSE 0 END)"
_FACTS = f"""
    INSERT INTO facts BY NAME
    SELECT CAST(person AS VARCHAR) AS subject, {FIXED}, 'primary' AS stage, birth AS born_on,
        salary > 0 AS studying FROM people
    UNION ALL BY NAME
    SELECT 'h' || household AS subject, {FIXED}, 'higher' AS stage, sum(salary) <= 500 AS monitored,
        count(*) FILTER (adult) = 1 AS orphan, bool_or({_AGE} < 8) AS left_behind,
        bool_or({_AGE} < 6) AS disabled, any_value(rent) * 100 AS fee FROM people GROUP BY household
"""


def make(people: int, file: Path) -> None:
    """Invented people: 4 in a household, one or two of them adults by their role."""
    with duckdb.connect(":memory:") as engine:
        engine.execute(
            "COPY (SELECT i::INTEGER AS person, (i // 4)::INTEGER AS household,"
            " i % 4 = 0 OR (i % 4 = 1 AND hash(i // 4) % 2 = 0) AS adult,"
            " CASE WHEN hash(i + 7) % 3 = 0 THEN 0 ELSE (hash(i) % 900)::INTEGER END AS salary,"
            " CASE WHEN i % 4 < 2 THEN DATE '1950-01-01' ELSE DATE '1996-01-01' END"
            " + (hash(i + 3) % 7300)::INTEGER AS birth,"
            " CASE WHEN hash(i // 4 + 5) % 5 = 0 THEN 0 ELSE 4 * (hash(i // 4) % 400)::INTEGER END"
            " AS rent"
            f" FROM range({people}) AS t(i)) TO '{file}' (FORMAT parquet)"
        )


def ours(file: Path) -> dict[str, Any]:
    """Facts and answers on DuckDB."""
    engine = duckdb.connect(":memory:")
    engine.execute(f"CREATE TABLE people AS SELECT * FROM read_parquet('{file}')")
    columns = {**KEYS, **{name: SQL_TYPE[FACTS[name].kind] for name in STORED}}
    engine.execute(f"CREATE TABLE facts ({', '.join(f'{n} {k}' for n, k in columns.items())})")
    engine.execute("CREATE TABLE given (subject VARCHAR, policy VARCHAR)")
    (count,) = counts_of(POLICIES, TERM)
    began = time.perf_counter()
    engine.execute(_FACTS)
    engine.execute(f"CREATE TABLE answers AS {answers(count, 'duckdb')}")
    row = engine.execute("SELECT sum(fen_0), sum(fen_1), sum(fen_2) FROM answers").fetchone()
    took = time.perf_counter() - began
    sums = [value // 100 for value in row or ()]
    return {"seconds": took, "sums": sums, "reasons": "one for each"}


TERM = Period("2016-06", JUNE, JUNE)
BASIC = ("stage = 'primary'", "age >= 18", "NOT studying")
PARENTING = ("stage = 'higher'", "monitored", "orphan AND left_behind OR disabled")
HOUSING = ("stage = 'higher'",)


def _policy(code: str, texts: tuple[str, ...], rate: Rate, end: date | None = None) -> Policy:
    conditions = tuple(map(read_condition, texts))
    return Policy(code, 1, date(2015, 12, 1), end, CountedOn.FIRST_DAY, conditions, (rate,))


POLICIES = (  # in the order of their codes, which is that of the answers
    _policy("basic_income", BASIC, Rate(None, 60_000)),
    _policy("housing", HOUSING, Rate(None, Share(250, "fee")), date(2016, 12, 1)),
    _policy("parenting", PARENTING, Rate(None, 60_000)),
)
VARIABLES = ("basic_income", "housing_allowance", "parenting_allowance")


def openfisca(file: Path) -> dict[str, Any]:
    """The same by the peer: arrays of 32-bit floats, summed in 64."""
    import numpy as np
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_country_template import CountryTaxBenefitSystem

    told = duckdb.sql(f"SELECT * FROM read_parquet('{file}') ORDER BY person").fetchnumpy()
    builder = SimulationBuilder()
    system = CountryTaxBenefitSystem()
    builder.create_entities(system)
    builder.declare_person_entity("person", told["person"])
    households = builder.declare_entity("household", np.unique(told["household"]))
    roles = np.where(told["adult"], "adult", "child")
    builder.join_with_persons(households, told["household"], roles)
    simulation = builder.build(system)
    simulation.set_input("salary", "2016-06", told["salary"].astype(np.float32))
    simulation.set_input("birth", "eternity", told["birth"].astype("datetime64[D]"))
    rents = told["rent"][np.unique(told["household"], return_index=True)[1]]
    simulation.set_input("rent", "2016-06", rents.astype(np.float32))
    began = time.perf_counter()
    found = [simulation.calculate(name, "2016-06") for name in VARIABLES]
    sums = [int(values.sum(dtype=np.float64)) for values in found]
    return {"seconds": time.perf_counter() - began, "sums": sums, "reasons": "none"}


def alone(program: str, file: Path) -> dict[str, Any]:
    """A program in a process of its own, with its peak memory."""
    words = [sys.executable, "-m", "benchmarks.country_template", program, str(file)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        told: dict[str, Any] = json.loads(child.stdout.read())
        _pid, _status, usage = os.wait4(child.pid, 0)
        child.returncode = 0
    return {**told, "peak": usage.ru_maxrss // 1024}


def measure(people: int) -> bool:
    """Print both; whether they agree."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.parquet"
        make(people, file)
        found = {name: [alone(name, file) for _ in range(2)][1] for name in PROGRAMS}
    mine, theirs = found["ours"], found["openfisca"]
    same = mine["sums"] == theirs["sums"]
    for name, told in found.items():
        print(
            f"{people:>9,} {name:9} {told['seconds']:6.3f} s  peak {told['peak']:5,} MB"
            f"  reasons: {told['reasons']}  sums {told['sums']}"
        )
    print(
        f"{'':9} ours / OpenFisca: {mine['seconds'] / theirs['seconds']:.2f} in time,"
        f" {mine['peak'] / theirs['peak']:.2f} in memory; sums {'equal' if same else 'DIFFER'}",
        flush=True,
    )
    return same


PROGRAMS = {"ours": ours, "openfisca": openfisca}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in PROGRAMS:
        print(json.dumps(PROGRAMS[sys.argv[1]](Path(sys.argv[2]))))
    else:
        sizes = [int(word) for word in sys.argv[1:]] or SIZES
        met = [measure(size) for size in sizes]
        sys.exit(0 if all(met) else 1)

"""A draft beside today's policies: heads and sums of groups as plain Python has them."""

from __future__ import annotations

from collections import defaultdict
from random import Random

import duckdb
import pytest

from junheng.aid.engine.replay import beside, sums
from junheng.aid.tests.engine.worlds import inserted

GROUPS = ("school", "sex", "boarder")
Claim = tuple[str, int, int | None]


def claims_by_chance(chance: Random) -> list[Claim]:
    drawn = [(f"p{chance.randrange(60)}", chance.choice([0, 0, 0, 0, -1])) for _ in range(90)]
    return [(who, answer, None if answer else chance.randint(1, 10**9)) for who, answer in drawn]


def test_gains_and_losses_by_crossed_groups() -> None:
    chance = Random(6)
    people = [
        (f"p{n}", f"S{n % 3}", chance.choice(["1", "2"]), chance.choice([True, False, None]))
        for n in range(70)
    ]
    before, draft = claims_by_chance(chance), claims_by_chance(chance)
    with duckdb.connect(":memory:") as engine:
        engine.execute(
            "CREATE TABLE people (subject VARCHAR, school VARCHAR, sex VARCHAR, boarder BOOLEAN)"
        )
        engine.execute(inserted("people", people))
        for name, claims in (("before_1", before[:40]), ("before_2", before[40:]), ("new", draft)):
            engine.execute(f"CREATE TABLE {name} (subject VARCHAR, answer SMALLINT, fen BIGINT)")
            engine.execute(inserted(name, claims))
        engine.execute(f"CREATE TABLE today AS {sums(['before_1', 'before_2'], 'duckdb')}")
        engine.execute(f"CREATE TABLE draft AS {sums(['new'], 'duckdb')}")
        found = {row[:3]: row[3:] for row in engine.execute(beside(GROUPS, "duckdb")).fetchall()}
        whole = engine.execute(beside((), "duckdb")).fetchall()
        engine.execute("DELETE FROM people")
        nobody = engine.execute(beside((), "duckdb")).fetchall()
    assert found == by_hand(people, before, draft)
    assert whole == [tuple(map(sum, zip(*found.values(), strict=True)))]
    assert nobody == [(0, 0, 0, 0, 0, 0)]


def by_hand(
    people: list[tuple[str, str, str, bool | None]], before: list[Claim], draft: list[Claim]
) -> dict[object, object]:
    groups: dict[object, list[int]] = defaultdict(lambda: [0] * 6)
    for who, *group in people:
        told = groups[tuple(group)]
        told[0] += 1
        if any(answer < 0 for one, answer, _fen in before + draft if one == who):
            told[3] += 1
            continue
        now, then = (
            sum(fen or 0 for one, _a, fen in each if one == who) for each in (before, draft)
        )
        told[1] += now < then
        told[2] += now > then
        told[4] += now
        told[5] += then
    return {group: tuple(told) for group, told in groups.items()}


def test_only_facts_of_the_list_group_people() -> None:
    with pytest.raises(ValueError, match=r"nothing is grouped by \['born_on'\]"):
        beside(["school", "born_on"], "duckdb")

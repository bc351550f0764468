"""The audit finds every planted fault, says which it is and with what sums, and finds no other."""

from __future__ import annotations

import duckdb
import pytest

from junheng.aid.engine.audit import Difference, audit
from junheng.aid.tests.engine.planted import Planted, plant
from junheng.aid.tests.engine.worlds import inserted


@pytest.mark.parametrize("seed", [1, 2026, 990101])
def test_every_planted_fault_is_found_and_nothing_else(seed: int) -> None:
    planted = plant(seed)
    assert {told[0] for told in planted.truth.values()} == set(Difference)
    assert _audited(planted) == planted.truth


def test_where_all_is_paid_as_due_nothing_is_found() -> None:
    planted = plant(7, share=1e-9)
    decided = [claim for claim in planted.claims if claim[3] == 0]
    paid = [payment for payment in planted.paid if payment[:3] in {c[:3] for c in decided}]
    assert _audited(Planted(decided, paid, {})) == {}


def _audited(planted: Planted) -> dict[object, object]:
    with duckdb.connect(":memory:", config={"threads": 1}) as engine:
        keys = "subject VARCHAR, policy VARCHAR, for_day DATE"
        engine.execute(f"CREATE TABLE claims ({keys}, answer SMALLINT, fen BIGINT)")
        engine.execute(f"CREATE TABLE paid ({keys}, fen BIGINT)")
        engine.execute(inserted("claims", planted.claims))
        engine.execute(inserted("paid", planted.paid))
        rows = engine.execute(audit("duckdb")).fetchall()
    found = {row[:3]: (Difference(row[3]), *row[4:]) for row in rows}
    assert len(found) == len(rows)
    return dict(found)

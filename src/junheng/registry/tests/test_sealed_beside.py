"""What another process seals is written in its order and opens here."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from junheng.commons import beside
from junheng.registry.models import Guardian
from junheng.registry.services import bulk
from junheng.registry.services.keys import resident_id_key

NUMBERS = [f"99010019800101{n:03d}X" for n in range(5)]


@pytest.mark.parametrize("count", [1, beside.ENOUGH])
def test_rows_sealed_beside_come_in_order_and_open_here(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "AT_ONCE", 2)
    guardians = [
        bulk.NewGuardian(uuid4(), uuid4(), "52", "林小禾", "13800000001", number, date(2026, 9, 1))
        for number in NUMBERS
    ]
    with beside.beside(count) as sealing:
        rows = list(sealing(bulk.guardian_rows, guardians))
    field = Guardian._meta.get_field("resident_id")
    assert [row[0] for row in rows] == [one.id for one in guardians]
    assert [field.opened(row[0], row[5]) for row in rows] == NUMBERS
    assert [row[6] for row in rows] == [resident_id_key(number) for number in NUMBERS]

"""Other departments' registers: the bureau sees how they are, the admissions officer keeps them."""

from __future__ import annotations

from typing import Any

from junheng.accounts.tests import cast
from junheng.evidence.facade import Register
from junheng.evidence.tests import builders
from tests.permissions.table import Row, World

READERS = "bureau_leader admissions_officer auditor"
KEEPER = "admissions_officer"


def furnish(world: World) -> None:
    """A connection of the county, and one of the next county."""
    world.things["evidence.connection"] = builders.tables()
    builders.tables(Register.TAX, path=cast.school("school-9", at=cast.NEXT_COUNTY).place.path)


def connection(world: World) -> dict[str, Any]:
    return {"pk": world.things["evidence.connection"].pk}


def a_day(_: World) -> dict[str, Any]:
    return {"as_of": "2026-06-01"}


def a_register(_: World) -> dict[str, Any]:
    return {"register": "tax", "name": "Tax office", "fresh_days": 30}


ROWS = [
    Row("evidence:connections", may=READERS),
    Row("evidence:connect", may=KEEPER),
    Row("evidence:connect", may=KEEPER, data=a_register, answer=302, method="POST"),
    Row("evidence:connection", may=READERS, args=connection),
    Row("evidence:deliver", may=KEEPER, args=connection, data=a_day, answer=302, method="POST"),
    Row("evidence:end", may=KEEPER, args=connection, answer=302, method="POST"),
]

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
    world.things["evidence.service"] = builders.undescribed()
    builders.tables(Register.TAX, path=cast.school("school-9", at=cast.NEXT_COUNTY).place.path)


def connection(world: World) -> dict[str, Any]:
    return {"pk": world.things["evidence.connection"].pk}


def a_day(_: World) -> dict[str, Any]:
    return {"as_of": "2026-06-01"}


def a_register(_: World) -> dict[str, Any]:
    return {"register": "tax", "name": "Tax office", "fresh_days": 30}


def service(world: World) -> dict[str, Any]:
    return {"pk": world.things["evidence.service"].pk}


def a_question(_: World) -> dict[str, Any]:
    return {"name": "Wang", "resident_id": builders.CHILD, "reason": "A family asked"}


ROWS = [
    Row("evidence:connections", may=READERS),
    Row("evidence:connect", may=KEEPER),
    Row("evidence:connect", may=KEEPER, data=a_register, answer=302, method="POST"),
    Row("evidence:connection", may=READERS, args=connection),
    Row("evidence:deliver", may=KEEPER, args=connection, data=a_day, answer=302, method="POST"),
    Row("evidence:connect_service", may=KEEPER),
    Row("evidence:connect_service", may=KEEPER, data=a_register, answer=422, method="POST"),
    Row("evidence:deliveries", may=READERS),
    Row("evidence:deliveries", may=READERS, method="POST"),
    Row("evidence:troubles", may=READERS),
    Row("evidence:troubles", may=READERS, method="POST"),
    Row("evidence:quality", may=READERS),
    Row("evidence:test", may=KEEPER, args=connection),
    Row("evidence:test", may=KEEPER, args=connection, data=a_question, method="POST"),
    Row("evidence:describe", may=KEEPER, args=service),
    Row("evidence:describe", may=KEEPER, args=service, answer=422, method="POST"),
    Row("evidence:looked_at", may=KEEPER, args=service, answer=302, method="POST"),
    Row("evidence:end", may=KEEPER, args=connection, answer=302, method="POST"),
]

"""The API: rounds are for everybody, applications for the family that is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.permissions.apply import number
from tests.permissions.table import EVERYONE, FAMILY, Row, World


def taking(world: World) -> Mapping[str, Any]:
    return {"county": world.things["taking"].place.code, "ref": world.things["taking"].ref}


ROWS = [
    Row("api-1:openapi-json", may=EVERYONE),
    Row("api-1:api-root", may="", otherwise=404, visitor=404),
    Row("api-1:rounds", may=EVERYONE),
    Row("api-1:round_detail", may=EVERYONE, args=taking),
    Row("api-1:look_up_result", may=EVERYONE, answer=400, method="POST", args=taking),
    Row("api-1:applications", may=FAMILY, otherwise=401, visitor=401),
    Row("api-1:application", may=FAMILY, otherwise=401, visitor=401, args=number),
]

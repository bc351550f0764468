"""The tree is for all of staff, each within their part; the system administrator keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from junheng.accounts.tests import cast
from tests.permissions.table import STAFF, STRANGER, Row, World

OF_THE_COUNTY = " ".join(who for who in STAFF.split() if who not in {STRANGER, "village_officer"})
"""A village's officer sees the village, and not the township that it lies in."""


def township(_: World) -> Mapping[str, Any]:
    return {"code": cast.TOWNSHIP}


def bureau(_: World) -> Mapping[str, Any]:
    return {"code": cast.bureau().code}


def an_office(_: World) -> Mapping[str, Any]:
    return {"code": "office-2", "name": "Office", "kind": "township_office", "place": cast.TOWNSHIP}


def a_name(_: World) -> Mapping[str, Any]:
    return {"name": "Bureau of Education", "why": "renamed by order 3"}


ROWS = [
    Row("places:tree", may=STAFF),
    Row("places:tree", may=STAFF, method="POST", note="export"),
    Row("places:place", may=OF_THE_COUNTY, args=township),
    Row("places:place", may=OF_THE_COUNTY, args=township, method="POST", note="export"),
    Row("places:organisations", may=STAFF),
    Row("places:organisations", may=STAFF, method="POST", note="export"),
    Row("places:new_organisation", may="system_admin"),
    Row("places:new_organisation", may="system_admin", answer=302, method="POST", data=an_office),
    Row("places:change_organisation", may="system_admin", args=bureau),
    Row(
        "places:change_organisation",
        may="system_admin",
        answer=302,
        args=bureau,
        method="POST",
        data=a_name,
    ),
]

"""People outside grades 1 to 9 with good defaults."""

from __future__ import annotations

from datetime import date
from typing import Any

from junheng.accounts.tests import cast
from junheng.aid.models import Beneficiary
from junheng.aid.services.beneficiaries import enter
from junheng.aid.tests.builders import FIRST

NUMBER = "990100202109010019"


def somebody(**given: Any) -> Beneficiary:
    """A child at a kindergarten of Yunhuai that is no school of the register."""
    row: dict[str, Any] = {
        "name": "田小禾",
        "stage": "kindergarten",
        "institution": "Yunhuai Kindergarten",
        "valid_from": FIRST,
    }
    return enter(cast.counties(), row | given, by=cast.ma())


def at_university(**given: Any) -> Beneficiary:
    """Somebody who entered higher education."""
    row = {"stage": "higher", "institution": "Yunhuai University", "degree": "bachelor_key"}
    return somebody(**row | {"valid_from": date(2025, 9, 1)} | given)

"""What was told of a child who is to come into the register."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from junheng.registry.models import Arrival


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers for the child from its first day on.

    Attributes:
        relation: Code of GB/T 4761, or "".
        phone: Eleven digits.
    """

    name: str
    phone: str
    relation: str = ""
    resident_id: str = ""


@dataclass(frozen=True, slots=True)
class Child:
    """Who comes; "" where nothing is known.

    Attributes:
        resident_id: Well formed, 18 characters, or the number of a passport or travel permit; ""
            for a child without a document.
        born_on: Birthday, out of the number where there is one.
        sex: Code of GB/T 2261.1.
        ethnicity: Code of GB/T 3304.
    """

    name: str
    born_on: date
    sex: str
    guardian: Answering
    resident_id: str = ""
    ethnicity: str = ""
    national_number: str = ""
    household_number: str = ""


def child_of(arrival: Arrival) -> Child:
    """What was told of a child."""
    told: dict[str, Any] = json.loads(str(arrival.told))
    guardian = Answering(**told.pop("guardian"))
    born_on = date.fromisoformat(told.pop("born_on"))
    return Child(**told, born_on=born_on, guardian=guardian)

"""The tables of this room."""

from __future__ import annotations

from junheng.evidence.models.connections import (
    KEEPERS,
    READERS,
    Connection,
    Delivery,
    newest_deliveries,
)
from junheng.evidence.models.records import (
    Finding,
    Record,
    index_of,
    key_index,
    name_index,
    number_index,
    record_of,
)
from junheng.evidence.models.registers import LOOKED_UP, OF_MEANS, SERVED, Register, State
from junheng.evidence.models.services import ServiceHour, ServiceState, ServiceTrouble, Silence

__all__ = [
    "KEEPERS",
    "LOOKED_UP",
    "OF_MEANS",
    "READERS",
    "SERVED",
    "Connection",
    "Delivery",
    "Finding",
    "Record",
    "Register",
    "ServiceHour",
    "ServiceState",
    "ServiceTrouble",
    "Silence",
    "State",
    "index_of",
    "key_index",
    "name_index",
    "newest_deliveries",
    "number_index",
    "record_of",
]

"""What other rooms may use of accounts: who somebody is, what they see, what they were shown."""

from __future__ import annotations

from junheng.accounts.access.gates import StaffMixin, StaffRequest, staff_required, turn_away
from junheng.accounts.access.scopes import (
    ADMINISTRATORS,
    BUSINESS,
    FAMILY,
    STAFF_ROLES,
    Scope,
    Visitor,
    holds,
    paths_of,
    scope_q,
    scopes_of,
)
from junheng.accounts.models import Appointment, Kind, User
from junheng.accounts.services.reading import note_read
from junheng.places.facade import Role

__all__ = [
    "ADMINISTRATORS",
    "BUSINESS",
    "FAMILY",
    "STAFF_ROLES",
    "Appointment",
    "Kind",
    "Role",
    "Scope",
    "StaffMixin",
    "StaffRequest",
    "User",
    "Visitor",
    "holds",
    "note_read",
    "paths_of",
    "scope_q",
    "scopes_of",
    "staff_required",
    "turn_away",
]

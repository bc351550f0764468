"""What other rooms may use of accounts: who somebody is, what they see, what they were shown."""

from __future__ import annotations

from junheng.accounts.access.gates import (
    StaffMixin,
    StaffRequest,
    family_required,
    staff_required,
    to_telephone,
    turn_away,
)
from junheng.accounts.access.scopes import (
    ADMINISTRATORS,
    AID,
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
from junheng.accounts.access.tracking import register as register_history
from junheng.accounts.models import Appointment, Kind, User
from junheng.accounts.services.families import family_of_phone, phone_of
from junheng.accounts.services.people import grant, make_account
from junheng.accounts.services.reading import note_read
from junheng.accounts.services.revealing import Field as RevealField
from junheng.accounts.services.revealing import register as register_reveal
from junheng.accounts.services.signing_in import address_of
from junheng.places.facade import Role

__all__ = [
    "ADMINISTRATORS",
    "AID",
    "BUSINESS",
    "FAMILY",
    "STAFF_ROLES",
    "Appointment",
    "Kind",
    "RevealField",
    "Role",
    "Scope",
    "StaffMixin",
    "StaffRequest",
    "User",
    "Visitor",
    "address_of",
    "family_of_phone",
    "family_required",
    "grant",
    "holds",
    "make_account",
    "note_read",
    "paths_of",
    "phone_of",
    "register_history",
    "register_reveal",
    "scope_q",
    "scopes_of",
    "staff_required",
    "to_telephone",
    "turn_away",
]

"""People who sign in, the posts they hold, and what is written down about both."""

from __future__ import annotations

from junheng.accounts.models.codes import PhoneCode
from junheng.accounts.models.logs import Outcome, ReadLog, SignIn
from junheng.accounts.models.people import (
    Appointment,
    FormerPassword,
    Kind,
    User,
    UserManager,
)

__all__ = [
    "Appointment",
    "FormerPassword",
    "Kind",
    "Outcome",
    "PhoneCode",
    "ReadLog",
    "SignIn",
    "User",
    "UserManager",
]

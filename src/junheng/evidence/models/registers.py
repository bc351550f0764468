"""The kinds of registers that other departments keep."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Register(models.TextChoices):
    """Which register is meant; what each says of a person stands in `files/columns.py`."""

    HOUSEHOLD = "household", _("Household registration")
    REAL_ESTATE = "real_estate", _("Real estate")
    RESIDENCE_PERMIT = "residence_permit", _("Residence permits")
    SOCIAL_INSURANCE = "social_insurance", _("Social insurance")
    BUSINESS_LICENCE = "business_licence", _("Business licences")
    TAX = "tax", _("Tax")
    ENROLMENT = "enrolment", _("School rolls of other districts")
    PAYROLL = "payroll", _("Public payroll")
    PENSION = "pension", _("Employee pensions")
    VEHICLE = "vehicle", _("Vehicles")
    DEPOSIT = "deposit", _("Deposits")
    SUBSISTENCE = "subsistence", _("Subsistence allowance")
    DISABILITY = "disability", _("Disability certificates")


OF_MEANS = frozenset(
    {Register.PAYROLL, Register.PENSION, Register.VEHICLE, Register.DEPOSIT}
    | {Register.SUBSISTENCE, Register.DISABILITY}
)
"""What somebody has or lacks: compared only by a room that keeps what the household signed, and
never looked up one by one, neither by hand nor for an application."""
LOOKED_UP = tuple(one for one in Register if one not in OF_MEANS)
"""Registers of which a question may be asked."""
OF_NEED = frozenset({Register.SUBSISTENCE, Register.DISABILITY})
"""Who needs help: read for whom we do not know, which only a whole table can tell."""
SERVED = tuple(one for one in Register if one not in OF_NEED)
"""Registers that may be connected as a service."""


class State(models.TextChoices):
    """What came of asking a register about somebody."""

    FOUND = "found", _("Found, with certainty")
    PROBABLE = "probable", _("Found, to be looked at")
    SEVERAL = "several", _("Several entries")
    NOT_FOUND = "not_found", _("Not in the register")
    UNAVAILABLE = "unavailable", pgettext_lazy("a register", "No answer")
    NOT_CONNECTED = "not_connected", _("Not connected")

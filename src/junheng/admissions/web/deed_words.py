"""What attempts that a round's rules refused are called; steps for two name theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from junheng.admissions.services import look_up, requesting
from junheng.admissions.web.public_letters import ENDED, VERIFY

DEEDS: Final[Mapping[str, Promise]] = {
    "admissions.load": _("Load files into a round"),
    "admissions.correct": _("Correct the list"),
    "admissions.change_round": _("Change the rules of a round"),
    "admissions.plan": _("Change the planned intake"),
    "admissions.set_calendar": _("Change the calendar"),
    "admissions.name_event": _("Name the public event"),
    "admissions.contribute": _("Take in a contribution"),
    "admissions.close": _("Close the round"),
    requesting.KIND: _("Start a run"),
    look_up.DEED: _("Look up a result"),
    VERIFY: _("Verify a letter"),
    ENDED: _("Verify a letter that is not valid"),
}

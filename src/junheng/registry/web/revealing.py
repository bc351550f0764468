"""What of somebody on the staff may be shown in the clear, for a reason that is written down."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import RevealField, User, register_reveal
from junheng.registry.access import may_approve_record, may_keep, may_keep_record
from junheng.registry.models import Arrival, Guardian, Pupil, StaffMember
from junheng.registry.selectors.arrivals import child_of
from junheng.registry.services.arrival_step import REVEALED

KIND, PUPIL, GUARDIAN = "staff", "pupil", "pupil_guardian"


def offer() -> None:
    """Register the fields; called once, when the site starts."""
    register_reveal(
        KIND,
        find=_find,
        fields={
            "name": RevealField(pgettext_lazy("person", "Name"), lambda one: str(one.name)),
            "resident_id": RevealField(
                _("Resident ID number"), lambda one: str(one.resident_id or "")
            ),
        },
    )


def offer_pupils() -> None:
    """The same for pupils and their guardians."""
    register_reveal(
        PUPIL,
        find=_find_pupil,
        fields={
            "name": RevealField(pgettext_lazy("person", "Name"), lambda one: str(one.name)),
            "resident_id": RevealField(
                _("Resident ID number"), lambda one: str(one.resident_id or "")
            ),
            "national_number": RevealField(
                _("National pupil number"), lambda one: str(one.national_number or "")
            ),
        },
    )
    register_reveal(
        GUARDIAN,
        find=_find_guardian,
        fields={
            "name": RevealField(pgettext_lazy("person", "Name"), lambda one: str(one.name or "")),
            "phone": RevealField(_("Phone number"), lambda one: str(one.phone or "")),
            "resident_id": RevealField(
                _("Resident ID number"), lambda one: str(one.resident_id or "")
            ),
        },
    )


def offer_arrivals() -> None:
    """The same for children of whom a record is asked for: whoever agrees compares the paper."""
    register_reveal(
        REVEALED,
        find=_find_arrival,
        fields={
            "name": RevealField(pgettext_lazy("person", "Name"), lambda one: child_of(one).name),
            "resident_id": RevealField(
                _("Resident ID number"), lambda one: child_of(one).resident_id
            ),
            "born_on": RevealField(_("Birthday"), lambda one: str(child_of(one).born_on)),
            "guardian": RevealField(
                _("Name of the guardian"), lambda one: child_of(one).guardian.name
            ),
            "phone": RevealField(_("Phone number"), lambda one: child_of(one).guardian.phone),
        },
    )


def _find_arrival(user: User, key: str) -> Arrival | None:
    try:
        seen = Arrival.objects.for_user(user).select_related("organisation")
        found: Arrival | None = seen.filter(pk=UUID(key)).first()
    except ValueError:
        return None
    path = found.organisation.path if found else ""
    mine = may_keep_record(user, path) or may_approve_record(user, path)
    return found if found and mine else None


def _find_pupil(user: User, key: str) -> Pupil | None:
    seen = Pupil.objects.for_user(user).select_related("organisation")
    found: Pupil | None = seen.filter(number=key).first()
    return found if found and may_keep_record(user, found.organisation.path) else None


def _find_guardian(user: User, key: str) -> Guardian | None:
    try:
        seen = Guardian.objects.for_user(user).select_related("pupil__organisation")
        found: Guardian | None = seen.filter(pk=UUID(key)).first()
    except ValueError:
        return None
    path = found.pupil.organisation.path if found else ""
    return found if found and may_keep_record(user, path) else None


def _find(user: User, key: str) -> StaffMember | None:
    try:
        seen = StaffMember.objects.for_user(user).select_related("organisation")
        found: StaffMember | None = seen.filter(ref=UUID(key)).first()
    except ValueError:
        return None
    return found if found and may_keep(user, found.organisation.path) else None

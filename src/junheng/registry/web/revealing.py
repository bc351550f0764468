"""What of somebody on the staff may be shown in the clear, for a reason that is written down."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import RevealField, User, register_reveal
from junheng.registry.access import may_keep
from junheng.registry.models import StaffMember

KIND = "staff"


def offer() -> None:
    """Register the fields; called once, when the site starts."""
    register_reveal(
        KIND,
        find=_find,
        fields={
            "name": RevealField(_("Name"), lambda one: str(one.name)),
            "resident_id": RevealField(
                _("Resident ID number"), lambda one: str(one.resident_id or "")
            ),
        },
    )


def _find(user: User, key: str) -> StaffMember | None:
    try:
        seen = StaffMember.objects.for_user(user).select_related("organisation")
        found: StaffMember | None = seen.filter(ref=UUID(key)).first()
    except ValueError:
        return None
    return found if found and may_keep(user, found.organisation.path) else None

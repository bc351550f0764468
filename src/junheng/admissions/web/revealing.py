"""What of an application may be shown in the clear, for a reason that is written down."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import RevealField, User, holds, register_reveal
from junheng.admissions.models import Application
from junheng.admissions.models.querysets import OFFICERS

KIND = "application"


def offer() -> None:
    """Register the fields; called once, when the site starts."""
    register_reveal(
        KIND,
        find=_find,
        fields={
            "child_name": RevealField(_("Child's name"), lambda one: one.child_name),
            "guardian_name": RevealField(_("Guardian's name"), lambda one: one.guardian_name),
            "phone": RevealField(_("Guardian's mobile number"), lambda one: one.phone),
        },
    )


def _find(user: User, key: str) -> Application | None:
    try:
        found: Application | None = Application.objects.for_user(user).filter(pk=UUID(key)).first()
    except ValueError:
        return None
    return found if found and holds(user, *OFFICERS, at=found.path) else None

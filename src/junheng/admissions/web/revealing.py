"""What of an application may be shown in the clear, for a reason that is written down."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import RevealField, User, holds, register_reveal
from junheng.admissions.access import SETTLERS
from junheng.admissions.models import Application
from junheng.admissions.services.applications import statement_of

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
            "child_number": RevealField(_("Child's document number"), _child_number),
            "guardian_number": RevealField(_("Guardian's document number"), _guardian_number),
        },
    )


def _child_number(application: Application) -> str:
    told = statement_of(application)
    return told.child.number if told else ""


def _guardian_number(application: Application) -> str:
    told = statement_of(application)
    return told.guardian.number if told else ""


def _find(user: User, key: str) -> Application | None:
    try:
        found: Application | None = Application.objects.for_user(user).filter(pk=UUID(key)).first()
    except ValueError:
        return None
    return found if found and holds(user, *SETTLERS, at=found.path) else None

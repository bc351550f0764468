"""Who asked may be shown in the clear, for a reason that is written down."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import RevealField, User, register_reveal
from junheng.cases.access import may_act, may_write_desk
from junheng.cases.models import Case, Consultation


def offer() -> None:
    """Register the fields; called once, when the site starts."""
    register_reveal(
        "case",
        find=_case,
        fields={"asker": RevealField(_("Who asked"), lambda one: one.asker or "")},
    )
    register_reveal(
        "consultation",
        find=_consultation,
        fields={
            "name": RevealField(_("Name of the caller"), lambda one: one.name or ""),
            "phone": RevealField(_("Telephone of the caller"), lambda one: one.phone or ""),
        },
    )


def _case(user: User, key: str) -> Case | None:
    found = Case.objects.for_user(user).filter(number=key).first()
    return found if found and may_act(user, found) else None


def _consultation(user: User, key: str) -> Consultation | None:
    found = Consultation.objects.for_user(user).filter(number=key).first()
    return found if found and may_write_desk(user) else None

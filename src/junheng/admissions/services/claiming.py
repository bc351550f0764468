"""A roster's application comes into the hands of the family whose telephone stands in it."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User, phone_of
from junheng.admissions.models import Application
from junheng.admissions.services.look_up import as_given_out
from junheng.commons.history import reason
from junheng.kernel.mobile import NotMobile, mobile


def claim(number: str, *, by: User) -> Application | None:
    """Give an application that nobody's account holds to a family that shows its telephone.

    Args:
        number: An application number, as it was typed.
        by: A family that signed in with a code sent to its telephone.

    Returns:
        The application, now theirs; None where there is none for this telephone.
    """
    with transaction.atomic():
        rows = Application.objects.select_for_update(of=("self",)).select_related("round__place")
        found: Application | None = rows.filter(number=as_given_out(number), family=None).first()
        if found is None or not _is_of(found, phone_of(by)):
            return None
        found.family = by
        with reason(_("signed in with the telephone of the application")):
            found.save(update_fields=["family"])
    return found


def _is_of(application: Application, phone: str) -> bool:
    try:
        return bool(phone) and mobile(str(application.phone)) == phone
    except NotMobile:
        return False

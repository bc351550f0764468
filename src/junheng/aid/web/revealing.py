"""What of a person whom aid knows may be shown in the clear, for a reason that is written down."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.accounts.facade import RevealField, User, register_reveal

FIELDS = {
    "name": RevealField(pgettext_lazy("person", "Name"), lambda one: str(one.name or "")),
    "resident_id": RevealField(
        gettext_lazy("Resident ID number"), lambda one: str(one.resident_id or "")
    ),
}


def offer_person(kind: str, model: Any) -> None:
    """Name and ID number of rows that somebody sees in masks.

    Args:
        kind: As addresses have it.
        model: Of the rows; its manager scopes them by `for_user`.
    """
    register_reveal(kind, find=partial(_find, model), fields=FIELDS)


def _find(model: Any, user: User, key: str) -> Any:
    try:
        return model.objects.for_user(user).filter(pk=UUID(key)).first()
    except ValueError:
        return None

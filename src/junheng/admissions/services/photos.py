"""Photos that belong to an application: who sends them in, who may look at them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from junheng.accounts.facade import Visitor, note_read
from junheng.admissions.access import may_review
from junheng.admissions.models import Application
from junheng.commons import uploads

PREFIX = "admissions.application"
State = Application.State
TAKING = (State.RECEIVED, State.CHECKING, State.REVIEW, State.ASKED)
"""As long as an application is not settled, photos may be added and taken back."""


def register() -> None:
    """Let files belong to applications."""
    uploads.register_subjects(PREFIX, may_add, may_see, seen=note_seen)


def takes_photos(application: Application) -> bool:
    """Whether photos of an application may still be added."""
    return application.state in TAKING


def may_add(user: Visitor, key: str) -> bool:
    """The family, or the clerk who typed it in, until it is settled."""
    found = _application(key, state__in=TAKING)
    return found is not None and _is_theirs(user, found)


def may_see(user: Visitor, key: str) -> bool:
    """The family, the clerk who typed it in, and whoever settles it."""
    found = _application(key)
    return found is not None and (_is_theirs(user, found) or may_review(user, found))


def forget(application: Application) -> None:
    """Delete the photos of an application that was taken back: nobody needs them any longer."""
    uploads.forget(f"{PREFIX}:{application.pk}")


def note_seen(user: Any, key: str) -> None:
    """Write down that somebody of staff opened a photo."""
    found = _application(key)
    if found is not None and user.is_employee:
        note_read(user, found, ["photos"], _("looking at photos of %s") % found.number)


def _application(key: str, **more: Any) -> Application | None:
    try:
        pk = UUID(key)
    except ValueError:
        return None
    rows = Application.objects.exclude(channel=Application.Channel.ROSTER)
    found: Application | None = rows.filter(pk=pk, **more).first()
    return found


def _is_theirs(user: Visitor, application: Application) -> bool:
    if not user.is_authenticated:
        return False
    mine = application.entered_by_id if user.is_employee else application.family_id
    return mine == user.pk

"""Photos that belong to an application: who sends them in, who may look at them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from junheng.accounts.facade import Visitor, holds, note_read
from junheng.admissions.access import may_enter_for, may_review
from junheng.admissions.models import Application, Objection, Round
from junheng.commons import uploads
from junheng.places.facade import Role

PREFIX = "admissions.application"
State = Application.State
TAKING = (State.RECEIVED, State.CHECKING, State.REVIEW, State.ASKED)
"""As long as an application is not settled, photos may be added and taken back."""
AFTER = Round.State.PUBLISHED
"""Then photos belong to an objection, as long as it is open."""


def register() -> None:
    """Let files belong to applications."""
    uploads.register_subjects(PREFIX, may_add, may_see, seen=note_seen)


def takes_photos(application: Application) -> bool:
    """Whether photos may be added now: until it is settled, and to an open objection."""
    if application.state in TAKING:
        return True
    objects = application.round.state == AFTER
    return objects and application.objections.filter(state=Objection.State.OPEN).exists()


def may_add(user: Visitor, key: str) -> bool:
    """The family, or the counter that typed it in, as long as photos are taken in."""
    found = _application(key)
    return found is not None and _is_theirs(user, found) and takes_photos(found)


def may_see(user: Visitor, key: str) -> bool:
    """The family, the counter that typed it in, and whoever settles it or an objection to it."""
    found = _application(key)
    if found is None:
        return False
    return _is_theirs(user, found) or may_review(user, found) or _agrees(user, found)


def _agrees(user: Visitor, application: Application) -> bool:
    """The leader is the second person of an objection."""
    leads = holds(user, Role.BUREAU_LEADER, at=application.path)
    return leads and application.objections.exists()


def forget(application: Application) -> None:
    """Delete the photos of an application that was taken back: nobody needs them any longer."""
    uploads.forget(f"{PREFIX}:{application.pk}")


def note_seen(user: Any, key: str) -> None:
    """Write down that somebody of staff opened a photo."""
    found = _application(key)
    if found is not None and user.is_employee:
        note_read(user, found, ["photos"], _("looking at photos of %s") % found.number)


def _application(key: str) -> Application | None:
    try:
        pk = UUID(key)
    except ValueError:
        return None
    rows = Application.objects.exclude(channel=Application.Channel.ROSTER, family=None)
    found: Application | None = rows.select_related("round", "entered_by").filter(pk=pk).first()
    return found


def _is_theirs(user: Visitor, application: Application) -> bool:
    if not user.is_authenticated:
        return False
    if user.is_employee:
        return may_enter_for(user, application)
    return application.family_id == user.pk

"""Sessions: those of staff lie in the database, those of families in their browsers, signed.

On the first morning thousands of families come at once, and a session in the database is one more
question at every page. Nothing is lost by it: the account is asked for at every page anyway, and
what a session must match stands there (`User._get_session_auth_hash`). A family that signs out
ends all its sessions by that, so a copied cookie is worth nothing; see `signing_in.on_sign_out`.
Nothing but the account's number is kept in it, and after `SESSION_COOKIE_AGE` it ends.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import db
from django.core import signing
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from junheng.accounts.models import User

CARRIED = "carried"
"""The mark of a session that its browser keeps."""
PREFIX = "family."
SALT = "junheng.accounts.sessions"
BACKEND = "junheng.accounts.services.backends.Accounts"


def begin(request: HttpRequest, user: User) -> None:
    """Sign a family in: a new session, whatever there was before.

    Not by Django's `login`: that tells the guard of passwords, which would ask the database three
    times about tries that nobody made. The log of sign-ins is written with the code.
    """
    request.session.flush()
    request.session[CARRIED] = 1
    request.session[SESSION_KEY] = str(user.pk)
    request.session[BACKEND_SESSION_KEY] = BACKEND
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    request.user = user
    rotate_token(request)


class SessionStore(db.SessionStore):
    """A session of either kind; which one it is follows from what is in it."""

    def load(self) -> dict[str, Any]:
        if not _is_carried(self.session_key):
            return super().load()
        try:
            found: dict[str, Any] = signing.loads(
                str(self.session_key).removeprefix(PREFIX),
                salt=SALT,
                max_age=settings.SESSION_COOKIE_AGE,
            )
        except signing.BadSignature:
            self._session_key = None
            return {}
        return found

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002  # Django's
        if not self.get(CARRIED):
            super().save(must_create=must_create)
            return
        self._session_key = PREFIX + signing.dumps(dict(self.items()), salt=SALT)

    def create(self) -> None:
        if not self.get(CARRIED):
            super().create()
            return
        self.save()
        self.modified = True

    def delete(self, session_key: str | None = None) -> None:
        if not _is_carried(session_key or self.session_key):
            super().delete(session_key)

    def exists(self, session_key: str) -> bool:
        return not _is_carried(session_key) and super().exists(session_key)


def _is_carried(session_key: str | None) -> bool:
    return session_key is not None and session_key.startswith(PREFIX)

"""Who a session belongs to: the one question that every page of everybody asks."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from junheng.accounts.models import User
from junheng.commons.by_key import ByKey

account = ByKey(User, "id")


class Accounts(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Signs in as allauth does, and finds who is signed in with a statement made once."""

    def get_user(self, user_id: int) -> User | None:
        """The account if it may sign in."""
        user = account(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

"""How allauth behaves here: nobody signs up, brakes are our own, secrets are sealed."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.models import Outcome, User
from junheng.accounts.services.sealed_factors import BOUND_TO
from junheng.accounts.services.signing_in import must_wait, note_sign_in
from junheng.commons.sealing import seal, unseal


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types here
    """Accounts are made by an administrator."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "must_wait": _(
            "Too many wrong tries from your network. Wait ten minutes and try again, or use a"
            " computer on which you have signed in before."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Our brake instead of allauth's, which would stop a whole school at one address."""
        username = str(credentials.get("username", ""))
        if must_wait(request, username):
            note_sign_in(request, Outcome.SLOWED, username=username)
            raise self.validation_error("must_wait")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just signed in need not type the password again."""
        user = self.request.user
        recently = timezone.now() - timedelta(seconds=app_settings.REAUTHENTICATION_TIMEOUT)
        return user.last_login is None or user.last_login < recently


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types here
    """Staff cannot do without a second factor."""

    def get_totp_issuer(self) -> str:
        return settings.BUREAU_NAME or str(settings.APP_NAME)

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text, BOUND_TO)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), BOUND_TO)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user: User = authenticator.user
        return settings.DEMO or not user.is_employee

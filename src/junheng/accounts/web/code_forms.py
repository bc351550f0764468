"""The forms that take a second factor, with our own brake and every code good for one use."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.translation import pgettext_lazy

from junheng.accounts.models import User
from junheng.accounts.services.signing_in import has_used_up_codes


class Named(forms.Form):
    """Asks for the code by a name of its own: in Chinese other codes have another word."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = pgettext_lazy("second factor", "Code")
        self.fields["code"].label = name
        self.fields["code"].widget.attrs["placeholder"] = name


class OneUse(Named):
    """Refuses further codes after too many wrong ones, and a code that was used already."""

    user: User

    def clean_code(self) -> str:
        """Called by the form; allauth looks whether the code is right."""
        if has_used_up_codes(self.user):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]  # of the form it is mixed into
        if not cache.add(self._mark(code), True, timeout=self._good_for()):  # noqa: FBT003
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _mark(self, code: str) -> str:
        told = salted_hmac("accounts.used_code", f"{self.user.pk}:{code}").hexdigest()
        return f"accounts.used_code.{told}"

    @staticmethod
    def _good_for() -> int:
        """Seconds during which a code would be right; allauth remembers it for one period only."""
        return int(app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1))


class SecondFactorForm(OneUse, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """After the password."""


class ConfirmForm(OneUse, ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """Before something that needs the person to be there."""


class SetUpForm(Named, ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """The first code of a new telephone."""

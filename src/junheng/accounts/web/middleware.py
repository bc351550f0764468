"""What somebody who is signed in has to do first, and what happens after a while without use."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from junheng.accounts.access.scopes import scopes_of
from junheng.accounts.models import User
from junheng.accounts.services.passwords import has_outlived_its_password

Answer = Callable[[HttpRequest], HttpResponse]

LAST_SEEN = "accounts_last_seen"
WRITE_EVERY = 60
"""Seconds; the session is not written at every click."""

POLL = "_poll"
"""A page that asks by itself, without a person, says so in its address by `_poll=1`."""

ALWAYS_OPEN = frozenset({"account_logout", "set_language", "commons:large_type"})
PASSWORD_PAGES = frozenset({"account_change_password"})
SECOND_FACTOR_PAGES = frozenset(
    {"mfa_activate_totp", "account_reauthenticate", "mfa_view_recovery_codes"}
)

OWN_PAGES = ("account_", "mfa_", "accounts:no_post")


class IdleLogout:
    """Signs staff out after a while without use; a page that asks by itself is no use."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and user.is_employee:
            if self._was_left(request):
                return self._sign_out(request)
            self._note_use(request)
        return self.get_response(request)

    def _was_left(self, request: HttpRequest) -> bool:
        seen = request.session.get(LAST_SEEN)
        return seen is not None and time.time() - seen > settings.IDLE_MINUTES * 60

    def _note_use(self, request: HttpRequest) -> None:
        now = int(time.time())
        seen = request.session.get(LAST_SEEN, 0)
        if POLL not in request.GET and now - seen >= WRITE_EVERY:
            request.session[LAST_SEEN] = now

    def _sign_out(self, request: HttpRequest) -> HttpResponse:
        request.was_idle = True  # type: ignore[attr-defined]  # read by the log of sign-ins
        logout(request)
        messages.warning(
            request,
            _("You were signed out after %(minutes)d minutes without use. What was saved is kept.")
            % {"minutes": settings.IDLE_MINUTES},
        )
        back = request.get_full_path() if request.method == "GET" else "/"
        return _lead(request, redirect_to_login(back).url)


class FirstThings:
    """Leads somebody to a new password, staff to a second factor, and tells who has no post."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
        user = request.user
        if not isinstance(user, User) or not user.is_authenticated:
            return None
        match = request.resolver_match
        page = match.view_name if match else ""
        return (
            self._to_password(request, user, page)
            or self._to_second_factor(request, user, page)
            or self._without_post(request, user, page)
        )

    def _to_password(self, request: HttpRequest, user: User, page: str) -> HttpResponse | None:
        if page in ALWAYS_OPEN | PASSWORD_PAGES or not has_outlived_its_password(user):
            return None
        return _lead(request, reverse("account_change_password"))

    def _to_second_factor(self, request: HttpRequest, user: User, page: str) -> HttpResponse | None:
        if settings.DEMO or not user.is_employee:
            return None
        if page in ALWAYS_OPEN | PASSWORD_PAGES | SECOND_FACTOR_PAGES or has_second_factor(request):
            return None
        return _lead(request, reverse("mfa_activate_totp"))

    def _without_post(self, request: HttpRequest, user: User, page: str) -> HttpResponse | None:
        """Every page of staff would be missing (404) for them, and nobody would say why."""
        own = page in ALWAYS_OPEN or page.startswith(OWN_PAGES)
        if own or not user.is_employee or scopes_of(user):
            return None
        return _lead(request, reverse("accounts:no_post"))


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this person has one; once yes, the session knows it."""
    user = cast("User", request.user)
    known = request.session.get("accounts_second_factor") == user.pk
    if not known and is_mfa_enabled(user, [Authenticator.Type.TOTP]):
        request.session["accounts_second_factor"] = user.pk
        return True
    return known


def _lead(request: HttpRequest, address: str) -> HttpResponse:
    """To another page, also where htmx asked for a part of one."""
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)

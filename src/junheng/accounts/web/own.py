"""One's own account: changing the password and why it has to be done now; having no post."""

from __future__ import annotations

from typing import Any

from allauth.account.views import PasswordChangeView
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from junheng.accounts.access.scopes import scopes_of
from junheng.accounts.services.passwords import has_outlived_its_password


@method_decorator(login_required, name="dispatch")
class ChangePassword(PasswordChangeView):  # type: ignore[misc]  # allauth has no types here
    """Allauth's page, told why somebody was led to it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reasons = {
            "outlived": has_outlived_its_password(self.request.user),
            "password_days": settings.PASSWORD_DAYS,
        }
        return {**super().get_context_data(**kwargs), **reasons}


@require_safe
@login_required
def no_post(request: HttpRequest) -> HttpResponse:
    """What somebody of staff sees while nobody has appointed them."""
    if not getattr(request.user, "is_employee", False) or scopes_of(request.user):
        return HttpResponseRedirect("/")
    return render(request, "accounts/no_post.html")

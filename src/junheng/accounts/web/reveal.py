"""Showing a masked value: why first, the log second, the value last and for this view only."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from junheng.accounts.models import User
from junheng.accounts.services.revealing import masked, reveal
from junheng.accounts.services.signing_in import address_of
from junheng.accounts.web.forms import Reason


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reveal_value(request: HttpRequest, kind: str, key: str, field: str) -> HttpResponse:
    """Ask for the reason and show the value; whoever may not see the row finds nothing."""
    user = request.user
    value = masked(user, kind, key, field) if isinstance(user, User) else None
    if value is None or not isinstance(user, User):
        raise Http404
    form = Reason(request.POST or None)
    context = {"form": form, "label": value.label, "subject": value.subject}
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        context["clear"] = reveal(user, value, why, address=address_of(request))
    response = render(request, "accounts/reveal.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response

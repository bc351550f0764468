"""Who gets through a view's door: visitors are asked to sign in, strangers find nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.views import View

from junheng.accounts.access.scopes import BUSINESS, holds
from junheng.accounts.models import User

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of somebody who is signed in and holds a role that this page wants."""

    user: User


StaffView = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
AnyView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff_required(*roles: str) -> Callable[[StaffView[P]], AnyView[P]]:
    """Let only holders of these roles in; without roles, everyone of the education business.

    Visitors are sent to sign in. For everybody else the page does not exist (404).
    """
    wanted = roles or tuple(BUSINESS)

    def decorate(view: StaffView[P]) -> AnyView[P]:
        @wraps(view)
        def gate(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            refused = turn_away(request, *wanted)
            return refused or view(cast("StaffRequest", request), *args, **kwargs)

        return gate

    return decorate


class StaffMixin(View):
    """The same door for class-based views: state `roles`."""

    roles: ClassVar[frozenset[str]] = frozenset(BUSINESS)
    request: StaffRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return turn_away(request, *self.roles) or super().dispatch(request, *args, **kwargs)


def turn_away(request: HttpRequest, *roles: str) -> HttpResponse | None:
    """Where a visitor goes to sign in; None for those who may pass.

    Raises:
        Http404: For somebody who is signed in and holds none of the roles.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not holds(request.user, *roles):
        raise Http404
    return None


def to_telephone(request: HttpRequest) -> HttpResponse:
    """A visitor goes to the page that asks for a telephone, and comes back to this one after it."""
    return redirect_to_login(request.get_full_path(), resolve_url("accounts:phone"))


def family_required(view: StaffView[P]) -> AnyView[P]:
    """Let only families in: visitors go to the telephone page, staff find nothing (404)."""

    @wraps(view)
    def gate(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_telephone(request)
        if request.user.is_employee:
            raise Http404
        return view(cast("StaffRequest", request), *args, **kwargs)

    return gate

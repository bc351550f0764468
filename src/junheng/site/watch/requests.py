"""Every request gets a number, a line in the log and a place in the figures."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from junheng.site.watch.metrics import NO_ROUTE, count_request

HEADER = "X-Request-ID"
FAILED = 500
QUIET = "watch:"
"""Routes that monitors ask every few seconds: counted, but not written down."""
_GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")
log = structlog.get_logger("junheng.requests")


class RequestWatch:
    """Stands first, so that it sees every answer and every failure."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began, number = time.perf_counter(), number_of(request)
        with structlog.contextvars.bound_contextvars(request=number):
            response = self.get_response(request)
            seconds = time.perf_counter() - began
            route = route_of(request)
            count_request(request.method or "", route, response.status_code, seconds)
            if not route.startswith(QUIET):
                _write(request, route, response.status_code, seconds)
        response[HEADER] = number
        return response


def number_of(request: HttpRequest) -> str:
    """The number that our own proxy gave, or a new one: strangers do not write into the log."""
    given = request.headers.get(HEADER, "")
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT and _GIVEN.fullmatch(given):
        return given
    return str(uuid.uuid4())


def route_of(request: HttpRequest) -> str:
    """The name of the address, which holds no number of anybody."""
    match = request.resolver_match
    return (match.view_name if match else "") or NO_ROUTE


def _write(request: HttpRequest, route: str, status: int, seconds: float) -> None:
    # Only who was looked up already: a line in the log is not worth a query.
    user = getattr(request, "_cached_user", None)
    write = log.error if status >= FAILED else log.info
    write(
        "request",
        method=request.method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        user=user.pk if user is not None else None,
    )

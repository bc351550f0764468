"""Pages for what went wrong. Each says what happened and what to do; none needs the database."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from junheng.commons.furniture import site_for


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """Rendered without context processors: they may ask for the user, and so the database."""
    context = {"site": site_for(request), "path": request.path}
    return HttpResponse(render_to_string(template, context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "404.html", 404)


def failed(request: HttpRequest) -> HttpResponse:
    return _page(request, "500.html", 500)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere (CSRF)."""
    return _page(request, "403_csrf.html", 403)

"""Pages for what went wrong. Each says what happened and what to do; none needs the database."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from junheng.commons.furniture import house_for


def plain_page(request: HttpRequest, template: str, status: int = 200) -> HttpResponse:
    """Without context processors, which may ask for the person and so for the database."""
    context = {"house": house_for(request), "path": request.path}
    return HttpResponse(render_to_string(template, context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return plain_page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return plain_page(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return plain_page(request, "404.html", 404)


def failed(request: HttpRequest) -> HttpResponse:
    return plain_page(request, "500.html", 500)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere (CSRF)."""
    return plain_page(request, "403_csrf.html", 403)

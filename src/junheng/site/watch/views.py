"""Addresses for monitors; no page, no session, no person."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from junheng.accounts.facade import address_of
from junheng.site.watch.metrics import exposition
from junheng.site.watch.state import readiness

UNFIT = 503
FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")


@require_safe
@never_cache
def live(_request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Whether the installation can work: 200 or 503; which part cannot, only for monitors."""
    parts = readiness()
    fit = all(parts.values())
    told = {"ready": fit, **(parts if may_watch(request) else {})}
    return JsonResponse(told, status=200 if fit else UNFIT)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for addresses named in JUNHENG_METRICS_FROM."""
    if not may_watch(request):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def may_watch(request: HttpRequest) -> bool:
    """Whether the request comes from an address that is named."""
    found = _address(request)
    if found is None:
        return False
    try:
        address = ip_address(found)
    except ValueError:
        return False
    return any(address in ip_network(each, strict=False) for each in settings.METRICS_FROM)


def _address(request: HttpRequest) -> str | None:
    """Where it comes from; None if a proxy stands before us that nobody counted.

    Such a proxy is on this machine as a rule, and would lend its loopback address to everybody.
    """
    if not any(name in request.headers for name in FORWARDED):
        return request.META.get("REMOTE_ADDR") or None
    return address_of(request) if settings.ALLAUTH_TRUSTED_PROXY_COUNT else None

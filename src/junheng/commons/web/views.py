"""Addresses that belong to no room: type size, the service worker, the offline page."""

from __future__ import annotations

import hashlib
import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from junheng.commons.furniture import house_for, remember_large_type
from junheng.commons.language import remember_language
from junheng.commons.web.errors import plain_page

# What the offline page needs; nothing that belongs to a person is ever kept.
KEPT = (
    "npm/tabler/css/tabler.min.css",
    "junheng/css/fonts.css",
    "junheng/css/base.css",
    "junheng/css/parts.css",
    "junheng/css/print.css",
    "junheng/js/page.js",
    "junheng/img/mark.svg",
)


@require_POST
def large_type(request: HttpRequest) -> HttpResponse:
    """Switch the large-type version on or off and go back to the page."""
    response = HttpResponseRedirect(_own_address(request))
    remember_large_type(response, large=request.POST.get("large") == "1")
    return response


@csrf_exempt
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Language and type size from a page that is the same for everybody, and so has no token.

    Whoever forges this changes the look of somebody's own page and nothing else.
    """
    response = HttpResponseRedirect(_own_address(request))
    if "large" in request.POST:
        remember_large_type(response, large=request.POST["large"] == "1")
    if (language := request.POST.get("language")) in dict(settings.LANGUAGES):
        remember_language(response, str(language))
    return response


def _own_address(request: HttpRequest) -> str:
    asked = request.POST.get("next", "/")
    ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if ours else "/"


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; its text changes whenever a file that it keeps does."""
    kept = [reverse("commons:offline"), *(static(name) for name in KEPT)]
    context = {
        "kept": json.dumps(kept),
        "offline": json.dumps(kept[0]),
        "version": hashlib.sha256("\n".join(kept).encode()).hexdigest()[:12],
        "static": json.dumps(settings.STATIC_URL),
    }
    return render(
        request, "commons/service_worker.js", context, content_type="text/javascript; charset=utf-8"
    )


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What a reader sees without a connection; kept by the worker, so it names nobody."""
    return plain_page(request, "commons/offline.html")


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    house = house_for(request)
    return JsonResponse(
        {
            "name": f"{house.name} · {house.bureau}",
            "short_name": house.name,
            "description": _("Compulsory education admission service"),
            "start_url": "/",
            "display": "browser",
            "theme_color": "#262626",
            "background_color": "#fafafa",
            "icons": [
                {"src": static("junheng/img/mark.svg"), "sizes": "any", "type": "image/svg+xml"}
            ],
        },
        content_type="application/manifest+json",
    )

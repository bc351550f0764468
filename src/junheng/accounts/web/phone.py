"""A family signs in by telephone and code: two pages, the first the same for everybody.

Between the two the browser keeps a sealed note of telephone and ticket, so neither page asks the
database, and nothing stands in an address. The first page has no token, since it is the same for
all: its form is taken only from our own pages, by what the browser says of where it comes from.
"""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from junheng.accounts.services import codes, sessions
from junheng.accounts.services.codes import Asked, NoCodeLeft
from junheng.commons.gateways import is_console
from junheng.commons.masks import mask_phone
from junheng.commons.refusals import Refusal
from junheng.commons.sealing import SealBroken, seal, unseal
from junheng.commons.waiting import take_turn
from junheng.commons.web.errors import forged
from junheng.commons.web.kept import kept
from junheng.kernel.mobile import NotMobile, mobile

NOTE = "junheng_phone"
BOUND_TO = "accounts.phone:note"
NOTE_SECONDS = 15 * 60
WAIT, BAD = 429, 422
DOOR = "families"


@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Ask for the telephone; sent in, a code goes to it."""
    return _asked(request) if request.method == "POST" else _empty(request)


@kept(lambda: "phone")
def _empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("accounts/phone.html", {}, request))


@never_cache
def _asked(request: HttpRequest) -> HttpResponse:
    if not _is_from_here(request):
        return forged(request)
    typed = request.POST.get("phone", "")[:40]
    if (waits := _waits(request, typed)) is not None:
        return waits
    try:
        asked = codes.ask(request, mobile(typed))
    except NotMobile as slip:
        return _again(request, typed, _(str(slip)), BAD)
    except Refusal as refusal:
        return _again(request, typed, str(refusal), WAIT)
    return _with_note(HttpResponseRedirect(_address("accounts:phone_code", request)), asked)


def _waits(request: HttpRequest, typed: str) -> HttpResponse | None:
    """The waiting room, where more families begin than the site takes in; None: go on."""
    if not settings.JOURNEYS_PER_SECOND:
        return None
    ticket = request.POST.get("ticket", "")[:200]
    turn = take_turn(DOOR, per_second=settings.JOURNEYS_PER_SECOND, ticket=ticket)
    if turn.has_come:
        return None
    context = {"turn": turn, "typed": typed}
    page = render(request, "accounts/waiting.html", context, status=WAIT)
    page.headers["Retry-After"] = str(turn.seconds)
    return page


def _again(request: HttpRequest, typed: str, words: str, status: int) -> HttpResponse:
    context = {"typed": typed, "words": words}
    return render(request, "accounts/phone.html", context, status=status)


@never_cache
@sensitive_post_parameters()
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code; right, the family is signed in and led to where it wanted to go."""
    asked = _note_of(request)
    if asked is None:
        return HttpResponseRedirect(_address("accounts:phone", request))
    if request.method != "POST":
        return _code_page(request, asked)
    typed = "".join(request.POST.get("code", "")[:40].split())
    try:
        user = codes.sign_in(request, asked, typed)
    except Refusal as refusal:
        over = isinstance(refusal, NoCodeLeft)
        return _code_page(request, asked, words=str(refusal), over=over)
    sessions.begin(request, user)
    response = HttpResponseRedirect(_wanted(request) or settings.FAMILY_REDIRECT_URL)
    response.delete_cookie(NOTE, path=reverse("accounts:phone"), samesite="Lax")
    return response


def _code_page(
    request: HttpRequest, asked: Asked, *, words: str = "", over: bool = False
) -> HttpResponse:
    shown = settings.DEMO and is_console()
    context = {
        "phone": asked.phone,
        "masked": mask_phone(asked.phone),
        "again_url": _address("accounts:phone", request),
        "words": words,
        "over": over,
        "demo_code": codes.code_of(asked) if shown else "",
        "no_gateway": is_console() and not settings.DEMO,
    }
    return render(request, "accounts/phone_code.html", context, status=BAD if words else None)


# ------------------------------------------------------------------------- note and addresses


def _with_note(response: HttpResponse, asked: Asked) -> HttpResponse:
    note = [asked.phone, asked.ticket, int(time.time()) + NOTE_SECONDS]
    response.set_cookie(
        NOTE,
        urlsafe_b64encode(seal(json.dumps(note), BOUND_TO)).decode(),
        max_age=NOTE_SECONDS,
        path=reverse("accounts:phone"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _note_of(request: HttpRequest) -> Asked | None:
    """What this browser asked for; None if it did not, or long ago."""
    try:
        sealed = urlsafe_b64decode(request.COOKIES.get(NOTE, ""))
        number, ticket, until = json.loads(unseal(sealed, BOUND_TO)) if sealed else ("", "", 0)
    except (NoBase64, SealBroken, ValueError):
        return None
    return Asked(number, ticket) if until > time.time() else None


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the form was sent from a page of ours, as far as the browser tells."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return urlsplit(origin).netloc == request.get_host()
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"


def _wanted(request: HttpRequest) -> str:
    """The page of ours that a family wanted to see; blank if it is none of ours."""
    wanted = request.GET.get("next", "")
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours else ""


def _address(name: str, request: HttpRequest) -> str:
    wanted = _wanted(request)
    return reverse(name) + (f"?{urlencode({'next': wanted})}" if wanted else "")

"""Sending files in, resumably by script (tus 1.0) or by a plain form; looking; taking back.

https://tus.io/protocols/resumable-upload: core, creation, expiration.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import http_date, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from junheng.commons.models import Upload
from junheng.commons.models.uploads import MOST_BYTES
from junheng.commons.refusals import Refusal
from junheng.commons.storage import Damaged
from junheng.commons.uploads import checking, receiving, subjects
from junheng.commons.uploads.selectors import files_of
from junheng.commons.uploads.shelf import photo_of

VERSION = "1.0.0"
PIECE = 65_536
KEY_LENGTH = 64
OFFSET_STREAM = "application/offset+octet-stream"
STATUS: dict[type[Refusal], int] = {
    receiving.TooLarge: 413,
    receiving.Over: 410,
    receiving.Elsewhere: 409,
}


@never_cache
@require_http_methods(["GET", "POST", "OPTIONS"])
@login_required
def uploads(request: HttpRequest, subject: str) -> HttpResponse:
    """GET: how far the files of a subject are. POST: begin one (tus), or take whole ones in."""
    if request.method == "GET":
        if not (subjects.may_see(request.user, subject) or subjects.may_add(request.user, subject)):
            raise Http404
        return JsonResponse({"files": [file.as_json() for file in files_of(subject)]})
    if not subjects.may_add(request.user, subject):
        raise Http404
    if request.method == "OPTIONS":
        return _tus(204, {"Tus-Version": VERSION, "Tus-Extension": "creation,expiration"})
    if "Tus-Resumable" in request.headers:
        return _begun(request, subject)
    return _taken_whole(request, subject)


def _begun(request: HttpRequest, subject: str) -> HttpResponse:
    if request.headers["Tus-Resumable"] != VERSION:
        return _tus(412, {"Tus-Version": VERSION})
    length = _number(request, "Upload-Length")
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    if length is None or told is None:
        return _tus(400)
    try:
        begun = receiving.begin(
            subject=subject,
            owner=request.user,
            name=told.get("filename", ""),
            length=length,
            key=told.get("key", "")[:KEY_LENGTH] or secrets.token_hex(16),
        )
    except Refusal as no:
        return _no(no)
    return _tus(201, {"Location": reverse("commons:upload", args=[begun.pk]), **_expiry(begun)})


def _taken_whole(request: HttpRequest, subject: str) -> HttpResponse:
    sent = request.FILES.getlist("files")
    taken = 0
    for file in sent:
        try:
            begun = receiving.begin(
                subject=subject,
                owner=request.user,
                name=file.name or "",
                length=file.size or 0,
                key=secrets.token_hex(16),
            )
            receiving.append(begun.pk, owner=request.user, offset=0, piece=file.read())
        except Refusal as no:
            messages.error(request, f"{receiving.shown_name(file.name or '')}: {no}")
        else:
            taken += 1
    if taken:
        words = ngettext(
            "%d photo has arrived and is being checked.",
            "%d photos have arrived and are being checked.",
            taken,
        )
        messages.success(request, words % taken)
    elif not sent:
        messages.error(request, _("Choose a photo first."))
    return _back(request)


@never_cache
@require_http_methods(["GET", "HEAD", "PATCH"])
@login_required
def upload(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """GET: the file. HEAD: how much of it has come. PATCH: the next piece."""
    if request.method == "GET":
        return _shown(request, upload_id)
    mine = get_object_or_404(Upload, pk=upload_id, owner=request.user.pk)
    if not subjects.may_add(request.user, mine.subject):
        raise Http404
    if request.headers.get("Tus-Resumable") != VERSION:
        return _tus(412, {"Tus-Version": VERSION})
    if request.method == "PATCH":
        return _grown(request, mine)
    if mine.state == Upload.State.REMOVED and mine.received < mine.length:
        return _tus(410)
    return _tus(
        200,
        {"Upload-Offset": str(mine.received), "Upload-Length": str(mine.length), **_expiry(mine)},
    )


def _grown(request: HttpRequest, mine: Upload) -> HttpResponse:
    offset = _number(request, "Upload-Offset")
    if request.content_type != OFFSET_STREAM:
        return _tus(415)
    if offset is None:
        return _tus(400)
    try:
        grown = receiving.append(
            mine.pk,
            owner=request.user,
            offset=offset,
            piece=_piece(request, mine.length - mine.received),
        )
    except Refusal as no:
        return _no(no)
    return _tus(204, {"Upload-Offset": str(grown.received), **_expiry(grown)})


def _piece(request: HttpRequest, missing: int) -> bytes:
    """What comes, up to one byte more than is missing; what came before the line broke counts."""
    pieces: list[bytes] = []
    room = missing + 1
    try:
        while room and (piece := request.read(min(PIECE, room))):
            pieces.append(piece)
            room -= len(piece)
    except UnreadablePostError:
        pass
    return b"".join(pieces)


def _shown(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """A checked file for those who may see it: a JPEG of ours, kept by nobody on the way."""
    shown = get_object_or_404(Upload, pk=upload_id, state=Upload.State.READY)
    if not subjects.may_see(request.user, shown.subject):
        raise Http404
    try:
        picture = photo_of(shown.pk, shown.sha256)
    except Damaged as gone:
        return HttpResponse(str(gone), status=410, content_type="text/plain; charset=utf-8")
    subjects.note_seen(request.user, shown.subject)
    headers = {
        "Content-Disposition": f'inline; filename="photo-{shown.pk.hex[:8]}.jpg"',
        "Cache-Control": "no-store, private",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return HttpResponse(picture, content_type="image/jpeg", headers=headers)


@require_POST
@login_required
def remove(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Take a file back."""
    gone = get_object_or_404(Upload, pk=upload_id)
    if not subjects.may_add(request.user, gone.subject):
        raise Http404
    try:
        checking.take_back(gone.pk, by=request.user)
    except checking.TakesTwo as no:
        messages.error(request, str(no))
        return redirect(subjects.removal_page(gone.subject, gone.pk))
    messages.success(request, _("The photo is removed."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return redirect(wanted if here else "/")


def _number(request: HttpRequest, header: str) -> int | None:
    told = request.headers.get(header, "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 16 else None


def _metadata(told: str) -> dict[str, str] | None:
    """Names and values as tus writes them: `filename d2ludGVyLmpwZw==,key …`; None if not."""
    found: dict[str, str] = {}
    for pair in filter(None, told.split(",")):
        name, _blank, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
    return found


def _expiry(begun: Upload) -> dict[str, str]:
    unfinished = begun.state == Upload.State.WAITING
    return {"Upload-Expires": http_date(begun.expires_at.timestamp())} if unfinished else {}


def _no(refusal: Refusal) -> HttpResponse:
    answer = _tus(STATUS.get(type(refusal), 422))
    answer.content = str(refusal).encode()
    return answer


def _tus(status: int, headers: Any = None) -> HttpResponse:
    fixed = {"Tus-Resumable": VERSION, "Tus-Max-Size": str(MOST_BYTES), "Cache-Control": "no-store"}
    return HttpResponse(
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={**fixed, **(headers or {})},
    )

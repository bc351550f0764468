"""The pack of a published round: how many might be recognised in it, and the file itself."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from junheng.accounts.facade import turn_away
from junheng.admissions.access import may_take_pack, sees_whole
from junheng.admissions.models import Round
from junheng.admissions.selectors.public import opened_round
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services.packs import pack_of
from junheng.commons.models import ExportLog
from junheng.commons.storage import store
from junheng.kernel.canonical import canonical_json

Access = Round.PackAccess


@never_cache
@require_safe
def page(request: HttpRequest, code: str, ref: str) -> HttpResponse:
    """What the pack holds, whom it might betray, and how it is used; for whom it is meant."""
    the_round = _published(code, ref)
    may, pack = may_take_pack(request.user, the_round), pack_of(the_round)
    context = {
        "round": the_round,
        "title": round_title(the_round),
        "may": may,
        "pack": pack if may or the_round.pack_access != Access.NOBODY else None,
        "access": the_round.pack_access,
        "staff": sees_whole(request.user, the_round),
    }
    return TemplateResponse(request, "admissions/public/pack.html", context).render()


@never_cache
@require_safe
def archive(request: HttpRequest, code: str, ref: str) -> HttpResponseBase:
    """The pack itself; who is signed in is logged as for every file that leaves."""
    the_round = _published(code, ref)
    if (asked := _asked_first(request, the_round)) is not None:
        return asked
    pack = pack_of(the_round)
    if pack is None:
        raise Http404
    _log(request, f"{the_round.ref} pack", pack.children, pack.sha256)
    response = HttpResponse(store().get(pack.sha256), content_type="application/zip")
    name = content_disposition_header(True, f"{the_round.ref}-pack.zip")  # noqa: FBT003 -- Django's signature
    response.headers["Content-Disposition"] = name or ""
    return response


@never_cache
@require_safe
def call_up(request: HttpRequest, code: str, ref: str, number: int) -> HttpResponseBase:
    """The receipt of a call-up, byte by byte what its fingerprint is of; for whom the pack is."""
    the_round = _published(code, ref)
    if (asked := _asked_first(request, the_round)) is not None:
        return asked
    made = get_object_or_404(the_round.call_ups, number=number)
    _log(request, f"{the_round.ref} call-up {number}", len(made.receipt["waiting"]), made.sha256)
    name = f'attachment; filename="{the_round.ref}-call-up-{number}.json"'
    content = canonical_json(made.receipt)
    headers = {"Content-Disposition": name}
    return HttpResponse(content, content_type="application/json", headers=headers)


def _asked_first(request: HttpRequest, the_round: Round) -> HttpResponseBase | None:
    """Where to sign in first, for whom the pack may be; None for whom it is."""
    if may_take_pack(request.user, the_round):
        return None
    asked = turn_away(request) if the_round.pack_access == Access.FAMILIES else None
    if asked is None:
        raise Http404
    return asked


def _published(code: str, ref: str) -> Round:
    the_round = opened_round(code, ref)
    if the_round is None or the_round.state not in (Round.State.PUBLISHED, Round.State.CLOSED):
        raise Http404
    return the_round


def _log(request: HttpRequest, title: str, rows: int, sha256: str) -> None:
    if request.user.is_authenticated:
        ExportLog.objects.create(
            by=request.user, title=title, url=request.path, rows=rows, sha256=sha256
        )

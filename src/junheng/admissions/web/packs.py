"""The pack of a published round: how many might be recognised in it, and the file itself."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from junheng.accounts.facade import turn_away
from junheng.admissions.access import may_take_pack, sees_whole
from junheng.admissions.models import PublicPack, Round
from junheng.admissions.selectors.public import opened_round
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services.packs import pack_of
from junheng.commons.models import ExportLog
from junheng.commons.storage import store

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
    if not may_take_pack(request.user, the_round):
        asked = turn_away(request) if the_round.pack_access == Access.FAMILIES else None
        if asked is None:
            raise Http404
        return asked
    pack = pack_of(the_round)
    if pack is None:
        raise Http404
    _log(request, the_round, pack)
    response = HttpResponse(store().get(pack.sha256), content_type="application/zip")
    name = content_disposition_header(True, f"{the_round.ref}-pack.zip")  # noqa: FBT003 -- Django's signature
    response.headers["Content-Disposition"] = name or ""
    return response


def _published(code: str, ref: str) -> Round:
    the_round = opened_round(code, ref)
    if the_round is None or the_round.state not in (Round.State.PUBLISHED, Round.State.CLOSED):
        raise Http404
    return the_round


def _log(request: HttpRequest, the_round: Round, pack: PublicPack) -> None:
    if request.user.is_authenticated:
        ExportLog.objects.create(
            by=request.user,
            title=f"{the_round.ref} pack",
            url=request.path,
            rows=pack.children,
            sha256=pack.sha256,
        )

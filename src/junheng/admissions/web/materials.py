"""The list of papers of a round: written, held against the rules, published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.admissions.access import may_run
from junheng.admissions.models import Material, Round
from junheng.admissions.models.querysets import OFFICERS, READERS
from junheng.admissions.selectors import materials as selectors
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services import materials as services
from junheng.admissions.services.samples import keep_sample, samples
from junheng.admissions.web.finding import round_to_run, visible_round
from junheng.admissions.web.material_forms import ContactForm, MaterialForm, VersionForm
from junheng.commons.refusals import Refusal

KEPT_FOR = 31_536_000
"""Seconds: a picture under the hash of its contents never changes."""


@require_safe
@staff_required(*READERS)
def materials(request: StaffRequest, pk: int) -> HttpResponse:
    """Every version of the list, and what can be done with it."""
    return _page(request, visible_round(request.user, pk))


def _page(request: StaffRequest, the_round: Round, status: int = 200, **forms: Any) -> HttpResponse:
    mine = may_run(request.user, the_round)
    lists = selectors.lists_of(the_round, services.registers_for(the_round))
    newest = lists[0] if lists else None
    drafting = newest is None or newest.fixed_at is None
    planned = the_round.state == Round.State.PLANNED
    contact = selectors.contact_of(the_round)
    initial = (
        {name: getattr(contact, name) for name in ("hotline", "supervision", "counters")}
        if contact
        else {}
    )
    editable = mine and drafting and (planned or newest is not None)
    context = {
        "round": the_round,
        "title": round_title(the_round),
        "tab": "materials",
        "newest": newest,
        "earlier": lists[1:],
        "editable": editable,
        "publishable": editable and not planned,
        "renewable": mine and not drafting and the_round.state != Round.State.CLOSED,
        "form": MaterialForm(matters=services.matters()) if editable else None,
        "version_form": VersionForm(),
        "contact": contact,
        "contact_form": ContactForm(initial=initial) if mine else None,
        **forms,
    }
    return TemplateResponse(request, "admissions/materials.html", context, status=status).render()


@require_POST
@staff_required(*OFFICERS)
def add(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a paper on the list."""
    the_round = round_to_run(request.user, pk)
    form = MaterialForm(request.POST, request.FILES, matters=services.matters())
    if form.is_valid() and _kept(request, the_round, form):
        return _back(pk)
    return _page(request, the_round, 422, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*OFFICERS)
def change(request: StaffRequest, pk: int, material: int) -> HttpResponse:
    """Change a paper of the draft."""
    the_round = round_to_run(request.user, pk)
    row = Material.objects.filter(list__round=the_round, list__fixed_at=None, pk=material).first()
    if row is None:
        raise Http404
    form = MaterialForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        matters=services.matters(),
        initial=selectors.as_wanted(row),
    )
    if form.is_bound and form.is_valid() and _kept(request, the_round, form, row):
        return _back(pk)
    context = {"round": the_round, "title": round_title(the_round), "form": form, "row": row}
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "admissions/material.html", context, status=status).render()


def _kept(
    request: StaffRequest, the_round: Round, form: MaterialForm, row: Material | None = None
) -> bool:
    picture = form.cleaned_data["picture"]
    try:
        sample = keep_sample(picture.read()) if picture else (row.sample if row else "")
        services.put(the_round, form.wanted(sample), by=request.user, pk=row.pk if row else None)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("The list is saved."))
    return True


@require_POST
@staff_required(*OFFICERS)
def remove(request: StaffRequest, pk: int, material: int) -> HttpResponse:
    """Take a paper off the draft."""
    the_round = round_to_run(request.user, pk)
    return _done(
        request, pk, lambda: services.remove(the_round, material), _("It is off the list.")
    )


@require_POST
@staff_required(*OFFICERS)
def begin_with_usual(request: StaffRequest, pk: int) -> HttpResponse:
    """Fill an empty list with the usual papers."""
    the_round = round_to_run(request.user, pk)
    return _done(
        request,
        pk,
        lambda: services.begin_with_usual(the_round, by=request.user),
        _("The usual papers are on the list. Look at every one: you may need fewer."),
    )


@require_POST
@staff_required(*OFFICERS)
def begin_version(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin a new version of a published list."""
    the_round = round_to_run(request.user, pk)
    why = request.POST.get("reason", "")
    return _done(
        request,
        pk,
        lambda: services.begin_version(the_round, why, by=request.user),
        _("The new version is a draft. Change it, then publish it."),
    )


@require_POST
@staff_required(*OFFICERS)
def publish(request: StaffRequest, pk: int) -> HttpResponse:
    """Publish the new version."""
    the_round = round_to_run(request.user, pk)
    return _done(
        request,
        pk,
        lambda: services.publish_version(the_round, by=request.user),
        _("The list is published."),
    )


@require_POST
@staff_required(*OFFICERS)
def contact(request: StaffRequest, pk: int) -> HttpResponse:
    """Set telephones and counters."""
    the_round = round_to_run(request.user, pk)
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _page(request, the_round, 422, contact_form=form)
    return _done(
        request,
        pk,
        lambda: services.say_contact(the_round, **form.cleaned_data, by=request.user),
        _("Telephones and counters are saved."),
    )


def _done(request: StaffRequest, pk: int, act: Any, said: str) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return _back(pk)


def _back(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("admissions:materials", args=[pk]))


@require_safe
@staff_required(*READERS)
def sample(request: StaffRequest, pk: int, material: int) -> HttpResponseBase:
    """The sample picture of a paper that may not be published yet."""
    the_round = visible_round(request.user, pk)
    row = Material.objects.filter(list__round=the_round, pk=material).exclude(sample="").first()
    if row is None:
        raise Http404
    return _picture(row.sample, "private, no-store")


@require_safe
def public_sample(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A sample picture of a published list: for everybody."""
    if not selectors.sample_is_public(sha256):
        raise Http404
    return _picture(sha256, f"public, max-age={KEPT_FOR}, immutable")


def _picture(sha256: str, caching: str) -> FileResponse:
    path = samples().path(sha256)
    if not path.exists():
        raise Http404
    headers = {
        "Cache-Control": caching,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return FileResponse(path.open("rb"), content_type="image/jpeg", headers=headers)

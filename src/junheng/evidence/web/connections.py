"""The connections: all of them, one of them, delivering, asking by hand, ending."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffRequest, address_of, staff_required
from junheng.commons.masks import mask_id
from junheng.evidence.access import may_keep
from junheng.evidence.files.columns import title_of
from junheng.evidence.models import KEEPERS, LOOKED_UP, OF_MEANS, READERS, Connection
from junheng.evidence.selectors.connections import connection_rows, rows_of
from junheng.evidence.selectors.quality import qualities
from junheng.evidence.services.asking import Answer
from junheng.evidence.services.breaker import settle_wrong_person
from junheng.evidence.services.connecting import end_connection
from junheng.evidence.services.testing import ask_by_hand
from junheng.evidence.web.forms import DeliverForm, HandForm
from junheng.evidence.web.words import ANSWER_TONES, HEALTH, HEALTH_TONES, field_title

SHOWN = 8
"""Deliveries and troubles on the page of one connection; all are in their lists."""


@require_safe
@staff_required(*READERS)
def connections(request: StaffRequest) -> HttpResponse:
    """Every register that is connected, and how it is."""
    rows = connection_rows(request.user, timezone.now())
    known = {row.connection.register for row in rows if row.health != "ended"}
    context = {
        "rows": [(row, HEALTH[row.health], HEALTH_TONES[row.health]) for row in rows],
        "missing": [register.label for register in LOOKED_UP if register not in known],
        "keeps": may_keep(request.user),
    }
    return TemplateResponse(request, "evidence/connections.html", context)


@require_safe
@staff_required(*READERS)
def connection(request: StaffRequest, pk: int) -> HttpResponse:
    """One connection: what it has, how it answers, and what can be done with it."""
    found = get_object_or_404(Connection.objects.for_user(request.user), pk=pk)
    (row,) = rows_of(Connection.objects.filter(pk=pk), timezone.now())
    keeps = may_keep(request.user, found.path) and found.ended_on is None
    context = {
        "connection": found,
        "row": row,
        "health": HEALTH[row.health],
        "tone": HEALTH_TONES[row.health],
        "is_service": found.way == Connection.Way.SERVICE,
        "deliveries": found.deliveries.select_related("batch__by")[:SHOWN],
        "troubles": found.troubles.all()[:SHOWN],
        "deliver": DeliverForm(initial={"as_of": timezone.localdate()}),
        "keeps": keeps,
        "looked_up": found.register in LOOKED_UP,
    }
    return TemplateResponse(request, "evidence/connection.html", context)


@require_http_methods(["GET", "POST"])
@staff_required(*KEEPERS)
def by_hand(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask one connection about one person, for a reason that is written down."""
    kept = Connection.objects.kept_by(request.user).active().exclude(register__in=OF_MEANS)
    found = get_object_or_404(kept, pk=pk)
    key_title = title_of(found.register, found.key_column)
    data = request.POST if request.method == "POST" else None
    form = HandForm(data, connection=found, key_title=key_title)
    answer = None
    if form.is_valid():
        answer = ask_by_hand(
            found,
            *form.question(found.key_column),
            by=request.user,
            reason=form.cleaned_data["reason"],
            address=address_of(request),
        )
    context = {
        "connection": found,
        "form": form,
        "answer": answer,
        "tone": ANSWER_TONES[answer.state] if answer else "",
        "facts": _shown(answer) if answer else (),
        "agreed": _titles(answer, answer.agreed) if answer else (),
        "differs": _titles(answer, answer.differs) if answer else (),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "evidence/test.html", context, status=status)


def _shown(answer: Answer) -> list[tuple[str, str]]:
    """The row as the register has it; the number stays masked."""
    return [
        (title_of(answer.register, name), mask_id(text) if name == "resident_id" else text)
        for name, text in answer.facts.items()
    ]


def _titles(answer: Answer, fields: Any) -> list[str]:
    return [field_title(answer.register, field) for field in fields]


@require_POST
@staff_required(*KEEPERS)
def deliver(request: StaffRequest, pk: int) -> HttpResponse:
    """Go on to the import, with the day on which the table was true."""
    tables = Connection.objects.kept_by(request.user).active().filter(way="tables")
    found = get_object_or_404(tables, pk=pk)
    form = DeliverForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["as_of"])))
        return HttpResponseRedirect(found.get_absolute_url())
    start = reverse("commons:import_start", args=[f"evidence.{found.register}"])
    target = {"connection": found.pk, "as_of": form.cleaned_data["as_of"].isoformat()}
    return HttpResponseRedirect(f"{start}?{urlencode(target)}")


@require_POST
@staff_required(*KEEPERS)
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask it no more."""
    found = get_object_or_404(Connection.objects.kept_by(request.user), pk=pk)
    end_connection(found, on=timezone.localdate())
    messages.success(request, _("The connection has ended; what it said before stays."))
    return HttpResponseRedirect(reverse("evidence:connections"))


@require_POST
@staff_required(*KEEPERS)
def looked_at(request: StaffRequest, pk: int) -> HttpResponse:
    """The answers for other people were looked at, with the department."""
    found = get_object_or_404(Connection.objects.kept_by(request.user), pk=pk)
    settle_wrong_person(found)
    return HttpResponseRedirect(found.get_absolute_url())


@require_safe
@staff_required(*READERS)
def quality(request: StaffRequest) -> HttpResponse:
    """How good each register is for matching."""
    rows = qualities(request.user, timezone.now())
    return TemplateResponse(request, "evidence/quality.html", {"rows": rows})

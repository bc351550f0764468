"""Connecting a register, and changing how a service is asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.commons.refusals import Refusal
from junheng.evidence.access import path_kept
from junheng.evidence.models import KEEPERS, LOOKED_UP, Connection, Register
from junheng.evidence.services.connecting import (
    NoSecret,
    NoSuchFolder,
    connect_service,
    connect_tables,
    describe_anew,
)
from junheng.evidence.web.forms import DescriptionForm, ServiceForm, TablesForm
from junheng.kernel.faults import Refused

TABLES, SERVICE = (
    gettext_lazy("A register that comes as tables"),
    gettext_lazy("A register that is asked as a service"),
)
EXAMPLE = """\
url = "https://10.0.0.5:8443/estate/query"
timeout_seconds = 5
batch = 100

[signing]
key_id = "junheng"

[request]
people = "people"
ref = "ref"
resident_id = "idNumber"
name = "name"
certificate = "certificateNumber"

[response]
rows = "data.rows"
as_of = "data.asOf"

[response.fields]
ref = "ref"
resident_id = "idNumber"
name = "ownerName"
certificate = "certificateNumber"
address = "address"
place_code = "villageCode"
"""


@require_http_methods(["GET", "POST"])
@staff_required(*KEEPERS)
def connect(request: StaffRequest) -> HttpResponse:
    """Connect a register that comes as tables."""
    form = TablesForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (made := _made(request, form, connect_tables)):
        messages.success(request, _("Connected. Now bring the first table."))
        return HttpResponseRedirect(made.get_absolute_url())
    return _page(request, form, TABLES)


@require_http_methods(["GET", "POST"])
@staff_required(*KEEPERS)
def connect_as_service(request: StaffRequest) -> HttpResponse:
    """Connect a register that is asked as a service."""
    data = request.POST if request.method == "POST" else None
    form = ServiceForm(data, initial={"description": EXAMPLE})
    if form.is_valid() and (made := _made(request, form, connect_service)):
        messages.success(request, _next_step(made))
        return HttpResponseRedirect(made.get_absolute_url())
    return _page(request, form, SERVICE)


@require_http_methods(["GET", "POST"])
@staff_required(*KEEPERS)
def describe(request: StaffRequest, pk: int) -> HttpResponse:
    """Change how a service is asked."""
    services = Connection.objects.kept_by(request.user).active().filter(way="service")
    found = get_object_or_404(services, pk=pk)
    data = request.POST if request.method == "POST" else None
    form = DescriptionForm(data, initial={"description": found.description})
    if form.is_valid() and _described(found, form):
        messages.success(request, _("From now on it is asked this way."))
        return HttpResponseRedirect(found.get_absolute_url())
    return _page(request, form, found.name)


def _next_step(made: Connection) -> str:
    if made.register in LOOKED_UP:
        return _("Connected. Ask it by hand before families depend on it.")
    return _("Connected. It is asked by checks of households, once aid has a rule for it.")


def _made(request: StaffRequest, form: forms.Form, connect: Any) -> Connection | None:
    values = {**form.cleaned_data, "register": Register(form.cleaned_data["register"])}
    try:
        made: Connection = connect(path=path_kept(request.user), by=request.user, **values)
    except NoSuchFolder as refusal:
        form.add_error("folder", str(refusal))
    except NoSecret as refusal:
        form.add_error("secret", str(refusal))
    except Refusal as refusal:
        form.add_error("name", str(refusal))
    except Refused as refused:
        _say(form, refused)
    else:
        return made
    return None


def _described(found: Connection, form: forms.Form) -> bool:
    try:
        describe_anew(found, **form.cleaned_data)
    except Refused as refused:
        _say(form, refused)
        return False
    return True


def _say(form: forms.Form, refused: Refused) -> None:
    for fault in refused.faults:
        form.add_error("description", f"{fault.column}: {fault.said_in(_).message}".lstrip(": "))


def _page(request: StaffRequest, form: forms.Form, title: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {"form": form, "title": title, "of_tables": isinstance(form, TablesForm)}
    return TemplateResponse(request, "evidence/connect.html", context, status=status)

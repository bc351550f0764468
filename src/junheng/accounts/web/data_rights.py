"""Personal data as the bureau sees it: register, requests with their clock, yearly report."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.access.gates import StaffRequest, staff_required
from junheng.accounts.access.scopes import holds, paths_of, scope_q
from junheng.accounts.services.compliance import as_workbook, report_of
from junheng.commons import personal, retention
from junheng.commons.exports import as_file
from junheng.commons.history import reason
from junheng.commons.models import DataIncident, DataRequest, Erasure, PersonalField
from junheng.commons.refusals import Refusal
from junheng.places.facade import Role

ANSWERERS = (Role.ADMISSIONS_OFFICER, Role.BUREAU_LEADER)
READERS = (*ANSWERERS, Role.AUDITOR)
SHOWN = 200
TONES = {"open": "warning", "done": "success", "refused": "plain"}


class AnswerForm(forms.Form):
    """What was done, or why not."""

    words = forms.CharField(
        label=gettext_lazy("Answer to the family"), widget=forms.Textarea(attrs={"rows": 3})
    )
    done = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[("yes", gettext_lazy("Done")), ("no", gettext_lazy("Not done, with reasons"))],
        widget=forms.RadioSelect,
    )


class FieldForm(forms.Form):
    """A new version of an entry of the register."""

    purpose = forms.CharField(label=gettext_lazy("Purpose"), max_length=300)
    basis = forms.CharField(label=gettext_lazy("Legal basis"), max_length=300)
    recipients = forms.CharField(label=gettext_lazy("Recipients"), max_length=300)
    days = forms.IntegerField(label=gettext_lazy("Kept for (days)"), min_value=0, max_value=36500)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class IncidentForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """Something that happened to personal data."""

    class Meta:
        model = DataIncident
        fields = (
            *("happened_on", "found_on", "what", "children", "measures"),
            *("reported_on", "families_told_on"),
        )
        widgets = {
            name: forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            for name in ("happened_on", "found_on", "reported_on", "families_told_on")
        } | {name: forms.Textarea(attrs={"rows": 2}) for name in ("what", "measures")}


@require_safe
@staff_required(*READERS)
def requests(request: StaffRequest) -> HttpResponse:
    """What families have asked, the most urgent first."""
    rows = DataRequest.objects.filter(scope_q(request.user, "path", frozenset(READERS)))
    waiting = rows.filter(state="open").order_by("due_on", "pk")
    answered = rows.exclude(state="open").order_by("-answered_at")
    today = timezone.localdate()
    context = {
        "waiting": [(row, _light(row, today)) for row in waiting[:SHOWN]],
        "answered": [(row, TONES[row.state]) for row in answered[:SHOWN]],
    }
    return render(request, "accounts/data_requests.html", context)


def _light(row: DataRequest, today: Any) -> str:
    left = (row.due_on - today).days
    return "danger" if left < 0 else "warning" if left <= 1 else "info"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*READERS)
def one_request(request: StaffRequest, pk: UUID) -> HttpResponse:
    """A request, and its answer."""
    rows = DataRequest.objects.filter(scope_q(request.user, "path", frozenset(READERS)))
    row = rows.select_related("answered_by").filter(pk=pk).first()
    if row is None:
        raise Http404
    mine = holds(request.user, *ANSWERERS, at=row.path)
    if request.method == "POST" and not mine:
        raise Http404
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            personal.answer_right(
                pk,
                done=form.cleaned_data["done"] == "yes",
                words=form.cleaned_data["words"],
                by=request.user,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The answer stands on the family's page."))
            return HttpResponseRedirect(reverse("accounts:data_requests"))
    context = {
        "row": row,
        "tone": TONES[row.state],
        "form": form if mine and row.state == "open" else None,
    }
    return render(
        request, "accounts/data_request.html", context, status=422 if form.errors else 200
    )


@require_safe
@staff_required(*READERS)
def register(request: StaffRequest) -> HttpResponse:
    """The register of personal fields as it holds, and what was deleted lately."""
    current = PersonalField.objects.filter(valid_to=None).order_by("key")
    emptied = retention.carried()
    here = scope_q(request.user, "path", frozenset(READERS)) | Q(path="")
    erasures = Erasure.objects.filter(here)
    titles = retention.titles()
    context = {
        "rows": [(row, _told(row), row.key in emptied) for row in current],
        "erasures": [
            (row, titles.get(row.kind, row.kind)) for row in erasures.order_by("-at")[:20]
        ],
        "may_change": holds(request.user, Role.BUREAU_LEADER),
        "year": timezone.localdate().year,
    }
    return render(request, "accounts/personal_data.html", context)


def _told(row: PersonalField) -> dict[str, str]:
    names = ("what", "purpose", "basis", "recipients", "source", "stays")
    return {name: personal.said(getattr(row, name)) for name in names}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.BUREAU_LEADER)
def change_field(request: StaffRequest, pk: int) -> HttpResponse:
    """A new version of an entry."""
    row = PersonalField.objects.filter(pk=pk, valid_to=None).first()
    if row is None:
        raise Http404
    told = _told(row)
    initial = {name: told[name] for name in ("purpose", "basis", "recipients")}
    form = FieldForm(
        request.POST if request.method == "POST" else None, initial={**initial, "days": row.days}
    )
    if form.is_bound and form.is_valid():
        try:
            with reason(form.cleaned_data["reason"]):
                personal.change_field(row, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("days", str(refusal))
        else:
            messages.success(request, _("The new version holds from today."))
            return HttpResponseRedirect(reverse("accounts:personal_data"))
    earlier = PersonalField.objects.filter(key=row.key).exclude(pk=row.pk).order_by("-valid_from")
    context = {
        "row": row,
        "told": told,
        "form": form,
        "earlier": [(one, _told(one)) for one in earlier],
    }
    return render(
        request, "accounts/personal_field.html", context, status=422 if form.errors else 200
    )


@require_safe
@staff_required(*READERS)
def report(request: StaffRequest, year: int) -> HttpResponse:
    """The yearly report."""
    path = _path(request)
    context = {
        "report": report_of(year, path),
        "incident_form": IncidentForm() if holds(request.user, *ANSWERERS) else None,
        "fields": [(row, _told(row)) for row in report_of(year, path).fields],
        "this_year": timezone.localdate().year,
    }
    return render(request, "accounts/compliance.html", context)


@require_safe
@staff_required(*READERS)
def report_file(request: StaffRequest, year: int) -> HttpResponse:
    """The same as a workbook."""
    moment = timezone.localtime()
    watermark = f"{request.user} {moment:%Y-%m-%d %H:%M}"
    data = as_workbook(report_of(year, _path(request)), watermark=watermark)
    return as_file(data, _("Personal data of minors %(year)s") % {"year": year})


@require_POST
@staff_required(*ANSWERERS)
def note_incident(request: StaffRequest) -> HttpResponse:
    """Write an incident into the register."""
    form = IncidentForm(request.POST)
    if form.is_valid():
        form.instance.path = paths_of(request.user, frozenset(ANSWERERS))[0]
        form.save()
        messages.success(request, _("The incident is in the register."))
    else:
        said = (
            f"{form.fields[name].label}: {errors[0]}"
            for name, errors in form.errors.items()
            if name in form.fields
        )
        messages.error(request, " ".join(said) or _("Look at the dates again."))
    return HttpResponseRedirect(reverse("accounts:compliance", args=[timezone.localdate().year]))


def _path(request: StaffRequest) -> str:
    return paths_of(request.user, frozenset(READERS))[0]

"""A school writes the right facts into a record of which a finding speaks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.commons.refusals import Refusal
from junheng.kernel.codes import table
from junheng.registry.access import CORRECTORS, may_correct
from junheng.registry.models import IntegrityFinding, Pupil
from junheng.registry.selectors.integrity import check_of
from junheng.registry.selectors.pupil_page import guardians_of
from junheng.registry.services.integrity.correcting import Correction, correct
from junheng.registry.web.integrity import lines_of, seen_finding, sentence_of

KNOWN = ("1", "2")
"""Sexes that a record may have; the other codes of the table say that nobody knows."""


class CorrectionForm(forms.Form):
    """What is right, and the paper that says so."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"), required=False, max_length=60, strip=True
    )
    resident_id = forms.CharField(
        label=gettext_lazy("Resident ID number"), required=False, max_length=18
    )
    born_on = forms.DateField(
        label=gettext_lazy("Birthday"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    sex = forms.ChoiceField(label=gettext_lazy("Sex"), required=False)
    paper = forms.CharField(
        label=gettext_lazy("Paper"),
        max_length=200,
        help_text=gettext_lazy("Number or title of what it rests on; no names."),
    )

    def __init__(self, *args: Any, pupil: Pupil, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sexes: Any = self.fields["sex"]
        language = get_language() or "zh"
        names = [(code, table("sex").name(code, language)) for code in KNOWN]
        sexes.choices = [("", "—"), *names]
        today = timezone.localdate()
        self.guardians = {f"guardian_{row.pk}": row for row in guardians_of(pupil, today)}
        for key, row in self.guardians.items():
            label = _("Resident ID number of the guardian %(name)s") % {"name": row.name}
            self.fields[key] = forms.CharField(label=label, required=False, max_length=18)
        self.fields["paper"] = self.fields.pop("paper")  # the paper stands last

    def said(self) -> Correction:
        """What was written into the form."""
        given = self.cleaned_data
        own = {name: given[name] for name in ("name", "resident_id", "born_on", "sex", "paper")}
        numbers = {row.pk: given[key] for key, row in self.guardians.items()}
        return Correction(**own, guardians=numbers)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*CORRECTORS)
def correct_record(request: StaffRequest, ref: UUID, number: str) -> HttpResponse:
    """Write the right facts into a record of which a finding speaks."""
    row = seen_finding(request, ref)
    concerned = Pupil.objects.for_user(request.user).filter(pk__in=_pupils(row))
    pupil = get_object_or_404(concerned.select_related("organisation"), number=number)
    if row.state != IntegrityFinding.State.OPEN or not may_correct(
        request.user, pupil.organisation.path
    ):
        raise Http404
    form = CorrectionForm(request.POST if request.method == "POST" else None, pupil=pupil)
    if form.is_valid() and _corrected(request, row, pupil, form):
        return HttpResponseRedirect(reverse("registry:finding", args=[row.pk]))
    context = {
        "row": row,
        "pupil": pupil,
        "check": check_of(row),
        "sentence": sentence_of(row.rule),
        "lines": lines_of(row),
        "form": form,
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registry/correct.html", context, status=status)


def _pupils(row: IntegrityFinding) -> list[UUID]:
    return [pk for pk in (row.pupil_id, row.other_pupil_id) if pk is not None]


def _corrected(
    request: StaffRequest, row: IntegrityFinding, pupil: Pupil, form: CorrectionForm
) -> bool:
    try:
        correct(row, pupil, form.said(), by=request.user)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Written down. The next check looks whether it is right now."))
    return True

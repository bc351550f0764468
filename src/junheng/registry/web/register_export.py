"""Taking the register away as a workbook: masked, or in full for a reason that is written down."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import (
    StaffRequest,
    address_of,
    note_read,
    staff_required,
)
from junheng.commons.exports import export_response
from junheng.places.facade import Place
from junheng.registry.access import KEEPERS, place_kept
from junheng.registry.selectors.register_sheet import sheet_headers, sheet_rows

IN_FULL = ["name", "resident_id", "national_number", "household_number", "guardians"]


class ExportForm(forms.Form):
    """Masked or in full, and why."""

    what = forms.ChoiceField(
        label=gettext_lazy("Names and numbers"),
        choices=[
            ("masked", gettext_lazy("Masked, for reading")),
            ("full", gettext_lazy("In full, to be imported elsewhere")),
        ],
        widget=forms.RadioSelect,
        initial="masked",
    )
    why = forms.CharField(
        label=gettext_lazy("Reason, needed for the full values"), required=False, max_length=200
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("what") == "full" and not data.get("why", "").strip():
            self.add_error("why", _("Write why the full values are needed."))
        return data


@require_http_methods(["GET", "POST"])
@staff_required(*KEEPERS)
def export_register(request: StaffRequest) -> HttpResponse:
    """The register of one's county; who took it in full, and why, stands in the log of readings."""
    place = Place.objects.filter(code=place_kept(request.user)).first()
    if place is None:
        raise Http404
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        masked = form.cleaned_data["what"] == "masked"
        if not masked and not hasattr(request, "junheng_export"):  # the worker asks once more
            why = form.cleaned_data["why"]
            note_read(request.user, place, IN_FULL, why, address=address_of(request))
        rows = sheet_rows(request.user, timezone.localdate(), masked=masked)
        return export_response(
            request, _("Register of pupils"), sheet_headers(), rows, comes_back=True
        )
    context = {"form": form, "place": place}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registry/register_export.html", context, status=status)

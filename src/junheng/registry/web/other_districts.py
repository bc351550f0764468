"""Transfers to and from other districts: a family that moves away, and a child that comes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.commons import brakes
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal
from junheng.registry.access import TRANSFER_APPLIERS, may_apply_transfer
from junheng.registry.models import Movement, Pupil, Transfer
from junheng.registry.services import other_districts, transfer_papers
from junheng.registry.services.arrivals import AlreadyHere, AnotherName, Seat
from junheng.registry.services.other_districts import OtherDistrict
from junheng.registry.web.arrivals import FOUND, WITHIN
from junheng.registry.web.child_forms import GRADES, ChildForm
from junheng.registry.web.transfer_forms import ReceivingForm, window_of


class DistrictFields(forms.Form):
    """The other end, as the papers say."""

    district = forms.CharField(label=gettext_lazy("Other district"), max_length=60)
    district_code = forms.RegexField(
        r"^\d{6}$|^\d{12}$",
        label=gettext_lazy("Code of the other district"),
        required=False,
        help_text=gettext_lazy("Six digits, where the paper has them."),
    )
    other_school = forms.CharField(
        label=gettext_lazy("School there"), max_length=80, required=False
    )

    def where(self) -> OtherDistrict:
        """What was typed, as the service takes it."""
        given = self.cleaned_data
        return OtherDistrict(given["district"], given["district_code"], given["other_school"])


class AwayForm(DistrictFields):
    """Where the family goes, and the paper of the district there."""

    paper = forms.CharField(
        label=gettext_lazy("Paper"),
        max_length=120,
        help_text=gettext_lazy("Number of the other district's application."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*TRANSFER_APPLIERS)
def away(request: StaffRequest, number: str) -> HttpResponse:
    """Note that another district applies for a pupil; school and bureau release the record."""
    seen = Pupil.objects.for_user(request.user).select_related("organisation")
    pupil = get_object_or_404(seen, number=number)
    if not may_apply_transfer(request.user, pupil.organisation.path):
        raise Http404
    form = AwayForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            paper = form.cleaned_data["paper"]
            made = other_districts.release(pupil, form.where(), paper=paper, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _told(request, made)
    context = {"form": form, "pupil": pupil, "name": mask_name(str(pupil.name))}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registry/transfer_away.html", context, status=status)


def _told(request: StaffRequest, made: Transfer) -> HttpResponse:
    waits = made.get_state_display()
    messages.success(request, _("Written down. %(waits)s.") % {"waits": waits})
    return HttpResponseRedirect(reverse("registry:transfer", args=[made.number]))


class HereForm(DistrictFields, ReceivingForm, ChildForm):
    """Who comes from where, and why."""

    grade = forms.ChoiceField(label=gettext_lazy("Grade"), choices=GRADES)
    paper = forms.CharField(
        label=gettext_lazy("Paper"),
        max_length=120,
        help_text=gettext_lazy("What proves the reason, with its number."),
    )
    field_order = (
        *("district", "district_code", "other_school", "to", "grade", "ground", "paper"),
        *("certificate", "national_number"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["national_number"].required = True

    def seat(self) -> Seat:
        """What was typed, as the service takes it."""
        given = self.cleaned_data
        return Seat(
            organisation=given["to"],
            grade=int(given["grade"]),
            on=timezone.localdate(),
            movement=Movement.FROM_OUTSIDE,
            paper=given["paper"],
        )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*TRANSFER_APPLIERS)
def here(request: StaffRequest) -> HttpResponse:
    """Apply for a child whose record is in another district."""
    form = HereForm(request.POST if request.method == "POST" else None, user=request.user)
    made = _applied(request, form) if form.is_valid() else None
    if made is not None:
        transfer_papers.ask_registers(made, certificate=form.cleaned_data["certificate"])
        return _told(request, made)
    context = {"form": form, "here": True, **window_of(request.user)}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registry/transfer_new.html", context, status=status)


def _applied(request: StaffRequest, form: HereForm) -> Transfer | None:
    """As where a child is entered by hand: trying numbers ends after a few that are known."""
    slot = brakes.take("registry.arrival", str(request.user.pk), most=FOUND, within=WITHIN)
    if slot is None:
        form.add_error(None, _("You have looked for too many pupils. Please go on in an hour."))
        return None
    try:
        made = other_districts.apply_for(
            form.child(),
            form.seat(),
            form.where(),
            ground=form.cleaned_data["ground"],
            on=timezone.localdate(),
            by=request.user,
        )
    except (AlreadyHere, AnotherName) as refusal:
        form.add_error(None, str(refusal))
        return None
    except Refusal as refusal:
        form.add_error(None, getattr(refusal, "lines", str(refusal)))
        made = None
    brakes.give_back(slot)
    return made

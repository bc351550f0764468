"""Entering a child by hand: one who comes from outside, or without an admission round."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.commons import brakes
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal
from junheng.places.facade import Organisation
from junheng.registry.access import RECORD_KEEPERS
from junheng.registry.engine.cap import CLASS_CAP
from junheng.registry.models import Movement, Pupil
from junheng.registry.services import arrival_step
from junheng.registry.services.arrivals import AlreadyHere, AnotherName, Seat
from junheng.registry.web.child_forms import DATE, GRADES, ChildForm, schools_of

FOUND, WITHIN = 10, timedelta(hours=1)
"""So many children somebody may find in the register by trying to enter them."""


class ArrivalForm(ChildForm):
    """Where the child comes to, and who it is."""

    movement = forms.ChoiceField(
        label=gettext_lazy("The child comes"),
        choices=[
            (Movement.FROM_OUTSIDE.value, gettext_lazy("from outside the district")),
            (Movement.ENTERED.value, gettext_lazy("into school, without an admission round")),
        ],
    )
    to = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("School"), empty_label=None
    )
    grade = forms.ChoiceField(label=gettext_lazy("Grade"), choices=GRADES)
    class_number = forms.IntegerField(
        label=gettext_lazy("Class number"),
        min_value=1,
        max_value=99,
        required=False,
        help_text=gettext_lazy("Empty where the school finds a class later."),
    )
    on = forms.DateField(label=gettext_lazy("First day"), widget=DATE)
    paper = forms.CharField(
        label=gettext_lazy("Paper"),
        max_length=200,
        help_text=gettext_lazy("Number or title of what it rests on."),
    )
    field_order = ("movement", "to", "grade", "class_number", "on", "paper")

    def __init__(self, *args: Any, schools: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found: Any = self.fields["to"]
        found.queryset = schools

    def seat(self) -> Seat:
        """What was typed, as the service takes it."""
        given = self.cleaned_data
        return Seat(
            organisation=given["to"],
            grade=int(given["grade"]),
            on=given["on"],
            movement=given["movement"],
            paper=given["paper"],
            class_number=given["class_number"],
        )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*RECORD_KEEPERS)
def new(request: StaffRequest) -> HttpResponse:
    """Ask that a record be made of a child; somebody of the bureau has to agree."""
    sent = request.POST if request.method == "POST" else None
    start = {"on": timezone.localdate()}
    form = ArrivalForm(sent, initial=start, schools=schools_of(request.user))
    known: list[Pupil] = []
    asked = _asked(request, form, known) if form.is_valid() else None
    if asked is not None:
        messages.success(request, _("Asked for. It is done when somebody of the bureau agrees."))
        return HttpResponseRedirect(reverse("commons:approval", args=[asked.pk]))
    context = {"form": form, "known": known, "cap": CLASS_CAP}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registry/pupil_new.html", context, status=status)


def _asked(request: StaffRequest, form: ArrivalForm, known: list[Pupil]) -> Approval | None:
    """Whoever tries numbers learns only so often that one is known."""
    slot = brakes.take("registry.arrival", str(request.user.pk), most=FOUND, within=WITHIN)
    if slot is None:
        form.add_error(None, _("You have looked for too many pupils. Please go on in an hour."))
        return None
    try:
        asked = arrival_step.enter(form.child(), form.seat(), by=request.user)
    except (AlreadyHere, AnotherName) as refusal:
        form.add_error(None, str(refusal))
        known.extend(_seen(request, refusal))
        return None
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        asked = None
    brakes.give_back(slot)
    return asked


def _seen(request: StaffRequest, refusal: Refusal) -> list[Pupil]:
    """The record, for those alone whose post covers it."""
    if not isinstance(refusal, AlreadyHere):
        return []
    rows = Pupil.objects.for_user(request.user).filter(pk=refusal.pupil.pk)
    return list(rows.select_related("organisation"))

"""After the result, for a family: what it says, its letter, and an objection."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffRequest
from junheng.admissions.models import Letter, Objection, SeatOffer
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services import calling_up, hearing_back, objecting, printing
from junheng.admissions.web.application import own_application
from junheng.admissions.web.apply import applicant_required
from junheng.commons.documents import PDF
from junheng.commons.exports import deliver
from junheng.commons.refusals import Refusal

SALT = "admissions.objection"
MOST_SAID = 2000
"""Characters of an objection, and of what is said of its answer."""


class ObjectionForm(forms.Form):
    """What the family does not agree with; when it began stands in it, signed."""

    words = forms.CharField(
        label=gettext_lazy("What do you not agree with, and why?"),
        help_text=gettext_lazy(
            "In your own words. You need not enclose papers; photos can be added afterwards."
        ),
        max_length=MOST_SAID,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    began = forms.CharField(widget=forms.HiddenInput)

    def began_at(self, number: str) -> datetime | None:
        """When the form was opened, if the site itself says so."""
        try:
            told = signing.loads(self.cleaned_data["began"], salt=SALT)
        except signing.BadSignature:
            return None
        return datetime.fromisoformat(told["at"]) if told["number"] == number else None


def _opened(number: str) -> dict[str, str]:
    at = timezone.now().isoformat()
    return {"began": signing.dumps({"number": number, "at": at}, salt=SALT)}


@sensitive_post_parameters("words")
@require_http_methods(["GET", "HEAD", "POST"])
@applicant_required
def object_to(request: StaffRequest, number: str) -> HttpResponse:
    """Raise an objection to the result, in the family's own words."""
    shown = own_application(request, number)
    if request.method != "POST" and not objecting.may_object(shown):
        return redirect("apply:application", shown.number)
    sent = request.POST if request.method == "POST" else None
    form = ObjectionForm(sent, initial=_opened(shown.number))
    if form.is_valid():
        began_at = form.began_at(shown.number) or timezone.now()
        try:
            made = objecting.object_to(
                shown, form.cleaned_data["words"], by=request.user, began_at=began_at
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("Your objection %s has arrived. The answer will stand on this page.")
                % made.number,
            )
            return redirect("apply:application", shown.number)
    context = {"application": shown, "title": round_title(shown.round), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "admissions/apply/objection.html", context, status=status)


@require_POST
@applicant_required
def withdraw_objection(request: StaffRequest, number: str) -> HttpResponse:
    """Take the open objection back."""
    shown = own_application(request, number)
    found = shown.objections.filter(state=Objection.State.OPEN).first()
    if found is not None:
        objecting.withdraw(found, by=request.user)
        messages.success(request, _("The objection is taken back."))
    return redirect("apply:application", shown.number)


@sensitive_post_parameters("remark")
@require_POST
@applicant_required
def hear_back(request: StaffRequest, number: str) -> HttpResponse:
    """Say whether the answer to the objection satisfies, and what is missing if not."""
    shown = own_application(request, number)
    answered = shown.objections.filter(answered_at__isnull=False, satisfied=None)
    found = answered.order_by("-answered_at").first()
    said = {"yes": True, "no": False}.get(request.POST.get("satisfied", ""))
    if found is None or said is None:
        return redirect("apply:application", shown.number)
    remark = request.POST.get("remark", "")[:MOST_SAID]
    try:
        hearing_back.hear(found, satisfied=said, remark=remark, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Thank you, it is written down."))
    return redirect("apply:application", shown.number)


@require_POST
@applicant_required
def answer_offer(request: StaffRequest, number: str) -> HttpResponse:
    """Take the seat that is offered, or keep what the child has."""
    shown = own_application(request, number)
    offer = shown.seat_offers.filter(state=SeatOffer.State.OFFERED).first()
    answer = {"accept": calling_up.accept, "refuse": calling_up.refuse}.get(
        request.POST.get("answer", "")
    )
    if offer is None or answer is None:
        messages.error(request, _("The offer is not open any more."))
        return redirect("apply:application", shown.number)
    try:
        answer(offer, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Thank you, your answer is kept."))
    return redirect("apply:application", shown.number)


@require_safe
@applicant_required
def own_letter(request: StaffRequest, number: str) -> HttpResponse:
    """The letter of admission of one's own child, as it is valid now."""
    shown = own_application(request, number)
    letters = Letter.objects.select_related("application", "school", "round")
    letter = letters.filter(application=shown, end="").first()
    if letter is None:
        raise Http404
    try:
        data = printing.letter_of_family(letter)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("apply:application", shown.number)
    columns = [_("Letter number"), _("Application number"), _("Child's name")]
    name = f"{letter.number}.pdf"
    return deliver(request, data, name=name, kind=PDF, columns=columns, rows=1)

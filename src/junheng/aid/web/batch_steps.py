"""The buttons of payment batches: drafting, the steps of three people, the file for the bank."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from junheng.accounts.facade import (
    StaffRequest,
    address_of,
    note_read,
    staff_required,
)
from junheng.aid.access import SEES_PAYMENTS, may_approve, may_keep, may_pay
from junheng.aid.files.bank import CURRENT
from junheng.aid.files.bank import layout as bank_layout
from junheng.aid.models import PaymentBatch
from junheng.aid.services import checking, drafting, following_up, paying_out
from junheng.aid.web.batches import terms_kept, visible
from junheng.aid.web.payment_forms import DraftForm
from junheng.commons.refusals import Refusal


@require_POST
@staff_required(*SEES_PAYMENTS)
def draft(request: StaffRequest) -> HttpResponse:
    """Draft a batch of what is due in a term."""
    terms = terms_kept(request.user)
    if not terms.exists():
        raise Http404
    form = DraftForm(request.POST, terms=terms)
    if not form.is_valid():
        messages.error(request, _("Choose a term and a source of funds."))
        return redirect("aid:batches")
    given = form.cleaned_data
    try:
        made = drafting.draft_term(given["term"], source=given["source"], by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("aid:batches")
    messages.success(request, _("Drafted. Somebody else checks it."))
    if left_out := made.left_out.words():
        messages.warning(request, _("Left out: %s.") % left_out)
    return redirect("aid:batch", made.batch.pk)


Step = Callable[[StaffRequest, PaymentBatch], str]


def step(*, may: Callable[[Any, str], bool]) -> Callable[[Step], Any]:
    """A button of a batch: one call, then back to the page with what came of it.

    Args:
        may: Whose post covers it; for everybody else there is no such address.
    """

    def decorate(deed: Step) -> Any:
        @require_POST
        @staff_required(*SEES_PAYMENTS)
        @wraps(deed)
        def view(request: StaffRequest, pk: UUID) -> HttpResponse:
            batch = visible(request, pk)
            if not may(request.user, batch.path):
                raise Http404
            try:
                messages.success(request, deed(request, batch))
            except Refusal as refusal:
                messages.error(request, str(refusal))
            gone = not PaymentBatch.objects.filter(pk=pk).exists()
            return redirect("aid:batches") if gone else redirect("aid:batch", pk)

        return view

    return decorate


@step(may=may_approve)
def check(request: StaffRequest, batch: PaymentBatch) -> str:
    """The second person agrees."""
    checking.check(batch.pk, by=request.user)
    return _("Checked. The finance officer can send it to the bank now.")


@step(may=may_approve)
def send_back(request: StaffRequest, batch: PaymentBatch) -> str:
    """Back to whoever drafted it."""
    checking.send_back(batch.pk, request.POST.get("words", "")[:200], by=request.user)
    return _("Sent back. It is a draft again.")


@step(may=may_keep)
def give_up(request: StaffRequest, batch: PaymentBatch) -> str:
    """Delete a draft."""
    drafting.give_up(batch.pk, by=request.user)
    return _("The draft is gone. What is due can be drafted anew.")


@step(may=may_pay)
def pay_out(request: StaffRequest, batch: PaymentBatch) -> str:
    """Send it to the bank."""
    layout = request.POST.get("layout", CURRENT)
    made = paying_out.pay_out(batch.pk, by=request.user, layout=layout)
    return _("The file %s is made. Hand it to the bank; it stays the same.") % made.name


@require_POST
@staff_required(*SEES_PAYMENTS)
def follow_up(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Draft again what came back."""
    batch = visible(request, pk)
    if not may_keep(request.user, batch.path):
        raise Http404
    try:
        made = following_up.follow_up(batch.pk, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("aid:batch", pk)
    messages.success(request, _("A draft of what came back is made."))
    return redirect("aid:batch", made.pk)


@require_safe
@staff_required(*SEES_PAYMENTS)
def file(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The file for the bank, for whoever sends it; every look is written down."""
    batch = visible(request, pk)
    made = getattr(batch, "file", None)
    if made is None or not may_pay(request.user, batch.path):
        raise Http404
    try:
        data = paying_out.bytes_of(made)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("aid:batch", pk)
    address = address_of(request)
    note_read(request.user, made, ["content"], _("File for the bank"), address=address)
    answer = HttpResponse(data, content_type=bank_layout(made.layout).media)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    answer["Cache-Control"] = "no-store"
    return answer

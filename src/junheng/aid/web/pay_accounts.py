"""Another account for somebody whose money came back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffRequest, scope_q, staff_required
from junheng.aid.access import SEES_PAYMENTS, may_keep
from junheng.aid.models import AccountKind, PaymentLine
from junheng.aid.services import pay_accounts
from junheng.aid.web.payment_forms import AccountForm
from junheng.commons.masks import mask_name, mask_number
from junheng.commons.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*SEES_PAYMENTS)
def pay_account(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Type in the account that the person of a line is paid into from now on."""
    rows = PaymentLine.objects.filter(scope_q(request.user, "path", SEES_PAYMENTS))
    line = get_object_or_404(rows.select_related("batch", "organisation"), pk=pk)
    if not may_keep(request.user, line.batch.path) or line.account_kind == AccountKind.SCHOOL:
        raise Http404
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            pay_accounts.keep(line.subject, path=line.path, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The account is kept. It counts once a second person has approved it.")
            )
            return redirect("aid:batch", line.batch_id)
    context = {
        "line": line,
        "form": form,
        "name": mask_name(str(line.name)) if line.name else "",
        "account": mask_number(str(line.account)) if line.account else "",
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "aid/pay_account.html", context, status=status).render()

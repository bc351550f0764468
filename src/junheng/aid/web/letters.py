"""Letters about aid, printed by those who read the person's page, each as far as they read."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.aid.access import IN_CHARGE
from junheng.aid.services.family_letters import about_beneficiary, about_pupil, letter_pdf
from junheng.aid.web.beneficiaries import seen_or_404
from junheng.aid.web.person import SEES, found_or_404, read, term_for
from junheng.commons.documents import PDF
from junheng.commons.exports import deliver
from junheng.registry.facade import pupil_as_subject


@require_safe
@staff_required(*SEES)
def pupil_letter(request: StaffRequest, number: str) -> HttpResponse:
    """The letter about a pupil and a term; logged, and the reasons in the read log as well."""
    found = found_or_404(request, number)
    _terms, term = term_for(request, found)
    if term is None:
        raise Http404
    reader, answers = read(request, pupil_as_subject(found), term)
    if not answers:
        raise Http404
    data = letter_pdf(
        about_pupil(found), term, answers, reasons=reader.all, on=timezone.localdate()
    )
    columns = [_("Name (masked)"), _("Pupil number"), pgettext("aid", "Policy"), _("Due in yuan")]
    if reader.all:
        columns.append(_("Reason"))
    name = f"{found.number} {term.code}.pdf"
    return deliver(request, data, name=name, kind=PDF, columns=columns, rows=1)


@require_safe
@staff_required(*IN_CHARGE)
def beneficiary_letter(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The same about somebody outside grades 1 to 9."""
    somebody = seen_or_404(request, pk)
    _terms, term = term_for(request, somebody)
    if term is None:
        raise Http404
    _reader, answers = read(request, somebody, term)
    if not answers:
        raise Http404
    about, today = about_beneficiary(somebody), timezone.localdate()
    data = letter_pdf(about, term, answers, reasons=True, on=today)
    policy = pgettext("aid", "Policy")
    columns = [_("Name (masked)"), _("Institution"), policy, _("Due in yuan"), _("Reason")]
    name = f"{str(somebody.pk)[:8]} {term.code}.pdf"
    return deliver(request, data, name=name, kind=PDF, columns=columns, rows=1)

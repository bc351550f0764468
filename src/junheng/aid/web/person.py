"""One pupil: what is due, what was paid, why not this one, what would change it."""

from __future__ import annotations

from django.db.models import Model
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffRequest, address_of, holds, note_read, staff_required
from junheng.aid.access import AT_SCHOOL, IN_CHARGE
from junheng.aid.models import AidTerm, Beneficiary
from junheng.aid.selectors.person import PolicyAnswer, answers_for
from junheng.aid.selectors.terms import terms_of
from junheng.aid.web.answers import shown, totals
from junheng.aid.web.scope import Reader, reader_of
from junheng.registry.facade import PupilInMask, pupil_as_subject, pupil_by_number

SEES = IN_CHARGE | AT_SCHOOL


def found_or_404(request: StaffRequest, number: str) -> PupilInMask:
    """A pupil whom somebody may ask about."""
    found = pupil_by_number(number)
    if found is None or not holds(request.user, *SEES, at=found.path):
        raise Http404
    return found


def term_for(
    request: StaffRequest, found: PupilInMask | Beneficiary
) -> tuple[list[AidTerm], AidTerm | None]:
    """The terms of somebody's county that the reader sees, and the one that was asked for."""
    terms = [one for one in terms_of(request.user) if found.path.startswith(one.place.path)]
    asked = request.GET.get("term", "")
    return terms, next((one for one in terms if one.code == asked), terms[0] if terms else None)


@require_safe
@staff_required(*SEES)
def pupil(request: StaffRequest, number: str) -> HttpResponse:
    """A pupil within somebody's scope, for a term."""
    found = found_or_404(request, number)
    terms, term = term_for(request, found)
    context = {"pupil": found, "terms": terms, "term": term}
    if term is not None:
        context |= _of_term(request, found, term)
    return TemplateResponse(request, "aid/pupil.html", context)


def _of_term(request: StaffRequest, found: PupilInMask, term: AidTerm) -> dict[str, object]:
    reader, answers = read(request, pupil_as_subject(found), term)
    return {"answers": shown(answers), "all": reader.all, **totals(answers)}


def read(request: StaffRequest, subject: Model, term: AidTerm) -> tuple[Reader, list[PolicyAnswer]]:
    """What somebody reads of a person; who is about to read the reasons is written down first."""
    reader = reader_of(request.user, term)
    answers = answers_for(subject.pk, term, reader.titles, closed=reader.closed)
    if reader.all and answers:
        why = _("Aid in the term %(code)s") % {"code": term.code}
        address = address_of(request)
        note_read(request.user, subject, ["aid_reasons"], why, address=address)
    return reader, answers

"""Card, book and ledger as files, each with its log; and what may be shown in the clear."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from junheng.accounts.facade import (
    StaffRequest,
    staff_required,
)
from junheng.aid.models import HouseholdMember
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.aid.selectors.cards import card_of, household_seen
from junheng.aid.selectors.households import entries_on
from junheng.aid.services import household_papers
from junheng.aid.web.household_words import day_on, place_seen
from junheng.aid.web.households import book_title
from junheng.aid.web.revealing import offer_person
from junheng.commons.documents import PDF
from junheng.commons.exports import deliver
from junheng.commons.refusals import Refusal

KIND = "household_member"


def offer() -> None:
    """Register the fields that may be revealed; called once, when the site starts."""
    offer_person(KIND, HouseholdMember)


@require_safe
@staff_required(*SEES_HOUSEHOLDS)
def card(request: StaffRequest, number: str) -> HttpResponse:
    """The card of a household as PDF, in masks; logged."""
    home, day = household_seen(request.user, number), day_on(request)
    shown = card_of(home, day)
    data = household_papers.card_pdf(home, shown, on=day)
    columns = [_("Name (masked)"), _("Relation"), _("Year of birth"), _("At school")]
    return deliver(
        request, data, name=f"{home.number}.pdf", kind=PDF, columns=columns, rows=len(shown.members)
    )


@require_safe
@staff_required(*SEES_HOUSEHOLDS)
def book(request: StaffRequest, code: str) -> HttpResponse:
    """The book of a village or ledger of a township as PDF, in masks; logged."""
    place, day = place_seen(request.user, code), day_on(request)
    title = book_title(place)
    entries = list(entries_on(request.user, day, place.path)[: household_papers.MOST_ROWS + 1])
    try:
        data = household_papers.book_pdf(title, entries, on=day)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("aid:household_book", args=[code]))
    columns = [
        _("Household number"),
        pgettext_lazy("household", "Head"),
        pgettext_lazy("household", "Status"),
    ]
    return deliver(
        request,
        data,
        name=f"{title} {day.isoformat()}.pdf",
        kind=PDF,
        columns=[str(column) for column in columns],
        rows=len(entries),
    )

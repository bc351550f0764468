"""Reviews of households: writing down, proposing, posting, answering, objecting, withdrawing."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, User, staff_required
from junheng.aid.access import may_approve, may_check, may_propose
from junheng.aid.models import CodeList, Household, HouseholdReview, ReviewLevel, ReviewState
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.aid.selectors.cards import household_seen
from junheng.aid.selectors.reviews import code_names, codes_on, found_of, objection_case
from junheng.aid.selectors.standing import next_action
from junheng.aid.services import households, reviews
from junheng.aid.services.reviews import NEXT
from junheng.aid.web.household_forms import (
    HouseholdForm,
    MeasuresForm,
    MeetingForm,
    ObjectionForm,
    People,
    ProposalForm,
    StepForm,
    first_people,
)
from junheng.aid.web.household_words import TONES, place_seen
from junheng.commons.filters import ListFilters, SearchFilter
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable
from junheng.commons.web.lists import ListPage, Rows
from junheng.places.facade import Place, Role

PROPOSERS = frozenset({Role.VILLAGE_OFFICER})
DECIDERS = frozenset(
    {Role.VILLAGE_OFFICER, Role.TOWNSHIP_OFFICER, Role.AID_OFFICER, Role.BUREAU_LEADER}
)


class ReviewTable(ListTable):
    """Reviews, the latest first."""

    number = tables.Column(pgettext_lazy("record", "Number"))
    household = tables.Column(gettext_lazy("Household number"), accessor="household__number")
    village = tables.Column(
        pgettext_lazy("household", "Village"), accessor="household__village__name"
    )
    kind = tables.Column(pgettext_lazy("household", "Status"))
    action = tables.Column(gettext_lazy("What is proposed"))
    state = BadgeColumn(
        tones=TONES, labels=dict(ReviewState.choices), verbose_name=gettext_lazy("State")
    )
    proposed_at = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Proposed on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = code_names(["status"])

    def render_number(self, record: HouseholdReview) -> str:
        url = reverse("aid:household_review", args=[record.number])
        return format_html('<a href="{}">{}</a>', url, record.number)

    def value_number(self, record: HouseholdReview) -> str:
        return record.number

    def render_kind(self, value: str) -> str:
        return self.names.get(("status", value), value)


class ReviewFilters(ListFilters):
    """Search by number, narrow by state."""

    q = SearchFilter(field_name="number", label=gettext_lazy("Search a number"))
    state = django_filters.ChoiceFilter(choices=ReviewState.choices, label=gettext_lazy("State"))


class ReviewList(StaffMixin, ListPage):
    """The reviews of somebody's villages."""

    roles = SEES_HOUSEHOLDS
    table = ReviewTable
    filters = ReviewFilters
    title = gettext_lazy("Reviews of households")
    pretitle = gettext_lazy("Households")
    empty = gettext_lazy("A village proposes on the card of a household.")
    template_name: ClassVar[str] = "aid/household_reviews.html"
    request: StaffRequest

    def rows(self) -> Rows:
        rows = HouseholdReview.objects.for_user(self.request.user)
        rows = rows.select_related("household__village").defer("household__village__outline")
        return rows.order_by("-proposed_at", "number")

    def context(self) -> dict[str, Any]:
        waiting = _proposals(self.request.user)
        places = {row.household.village.code: row.household.village for row in waiting}
        return {"to_post": list(places.values())}


def _spoken_for(request: StaffRequest, number: str) -> Household:
    """A household for whose village somebody speaks, or nothing."""
    home = household_seen(request.user, number)
    if not may_propose(request.user, home.village.path):
        raise Http404
    return home


def _proposals(user: User, village: Place | None = None) -> list[HouseholdReview]:
    """What waits to be posted in villages for which somebody speaks."""
    rows = HouseholdReview.objects.for_user(user).filter(state=ReviewState.PROPOSED)
    rows = rows.select_related("household__village").defer("household__village__outline")
    rows = rows.filter(household__village=village) if village else rows
    return [row for row in rows if may_propose(user, row.household.village.path)]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*PROPOSERS)
def new(request: StaffRequest) -> HttpResponse:
    """Write a household down with its people."""
    sent = request.POST if request.method == "POST" else None
    form = HouseholdForm(sent, user=request.user)
    people = People(sent, prefix="people", initial=None if sent else first_people())
    if form.is_valid() and people.is_valid():
        village = place_seen(request.user, form.cleaned_data["village"])
        told = [one.person for one in people if one.cleaned_data.get("name")]
        try:
            home = households.write_down(village, told, on=form.cleaned_data["on"], by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Written down. A status is proposed next."))
            return HttpResponseRedirect(reverse("aid:household", args=[home.number]))
    status = 422 if sent else 200
    context = {"form": form, "people": people}
    return TemplateResponse(request, "aid/household_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*PROPOSERS)
def measures(request: StaffRequest, number: str) -> HttpResponse:
    """Write down what is done for a household from a day on."""
    home = _spoken_for(request, number)
    form = MeasuresForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            households.set_measures(home, by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return HttpResponseRedirect(reverse("aid:household", args=[home.number]))
    context = {"home": home, "form": form}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "aid/household_measures.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*PROPOSERS)
def propose(request: StaffRequest, number: str) -> HttpResponse:
    """Propose what may follow for one status of a household."""
    home = _spoken_for(request, number)
    kinds = [(code.code, str(code)) for code in codes_on(CodeList.STATUS, timezone.localdate())]
    asked = request.GET.get("status", "")
    kind = asked if asked in dict(kinds) else kinds[0][0]
    sent = request.POST if request.method == "POST" else None
    form = ProposalForm(sent, kind=kind, action=next_action(home, kind))
    if form.is_valid():
        try:
            made = reviews.propose(home, form.wanted, form.found, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Proposed. The village's meeting comes next."))
            return HttpResponseRedirect(reverse("aid:household_review", args=[made.number]))
    context = {"home": home, "form": form, "kinds": kinds, "kind": kind, "name": dict(kinds)[kind]}
    context["action"] = dict(HouseholdReview._meta.get_field("action").choices or ())[form.action]
    status = 422 if form.errors else 200
    return TemplateResponse(request, "aid/household_propose.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*PROPOSERS)
def post(request: StaffRequest, code: str) -> HttpResponse:
    """The list that a village's meeting posted."""
    village = place_seen(request.user, code)
    if not may_propose(request.user, village.path):
        raise Http404
    proposals = _proposals(request.user, village)
    sent = request.POST if request.method == "POST" else None
    form = MeetingForm(sent, proposals=proposals)
    if form.is_valid():
        try:
            reviews.post_list(village, form.chosen, form.meeting, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Posted. It goes on when its last day is over."))
            return HttpResponseRedirect(reverse("aid:household_reviews"))
    context = {"village": village, "form": form, "proposals": proposals}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "aid/household_post.html", context, status=status)


def seen(request: StaffRequest, number: str) -> HouseholdReview:
    """A review that somebody may see, or nothing."""
    rows = HouseholdReview.objects.for_user(request.user).filter(number=number)
    found: HouseholdReview | None = rows.select_related(
        "household__village", "village_list__posted_by", "proposed_by"
    ).first()
    if found is None:
        raise Http404
    return found


def may_answer(user: User, row: HouseholdReview) -> bool:
    """Whether somebody speaks for the level that is next, and took no part before."""
    level = NEXT.get(ReviewState(row.state))
    path = row.household.village.path
    if level is None or row.steps.filter(by=user).exists():
        return False
    if level == ReviewLevel.VILLAGE:
        return may_propose(user, path)
    if row.proposed_by_id == user.pk:
        return False
    return may_check(user, path) if level == ReviewLevel.TOWNSHIP else may_approve(user, path)


@require_safe
@staff_required(*SEES_HOUSEHOLDS)
def review(request: StaffRequest, number: str) -> HttpResponse:
    """One review: what is proposed, what was found, where it has been and where it waits."""
    return _page(request, seen(request, number))


def _page(
    request: StaffRequest, row: HouseholdReview, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    user, names = request.user, code_names()
    answers = may_answer(user, row)
    speaks = may_propose(user, row.household.village.path)
    context = {
        "row": row,
        "tone": TONES[row.state],
        "kind": names.get(("status", row.kind), row.kind),
        "cause": names.get(("cause", row.cause), row.cause),
        "found": found_of(row),
        "steps": list(row.steps.select_related("by").order_by("pk")),
        "objection": objection_case(row),
        "next": NEXT.get(ReviewState(row.state)),
        "step_form": (form if isinstance(form, StepForm) else StepForm()) if answers else None,
        "objection_form": form if isinstance(form, ObjectionForm) else _objecting(user, row),
        "may_withdraw": speaks and row.state in (ReviewState.PROPOSED, ReviewState.POSTED),
        "may_post": speaks and row.state == ReviewState.PROPOSED,
    }
    return TemplateResponse(request, "aid/household_review.html", context, status=status)


def _objecting(user: User, row: HouseholdReview) -> ObjectionForm | None:
    return ObjectionForm() if row.state in NEXT and _takes_part(user, row) else None


def _takes_part(user: User, row: HouseholdReview) -> bool:
    path = row.household.village.path
    return may_propose(user, path) or may_check(user, path) or may_approve(user, path)


@require_POST
@staff_required(*DECIDERS)
def step(request: StaffRequest, number: str) -> HttpResponse:
    """The level that is next says yes or no."""
    row = seen(request, number)
    if not may_answer(request.user, row):
        raise Http404
    form = StepForm(request.POST)
    if form.is_valid():
        try:
            reviews.take_step(row, by=request.user, **form.answer)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Written down."))
            return HttpResponseRedirect(reverse("aid:household_review", args=[number]))
    return _page(request, row, form, 422)


@require_POST
@staff_required(*DECIDERS)
def object_to(request: StaffRequest, number: str) -> HttpResponse:
    """Somebody objected: a case."""
    row = seen(request, number)
    if not _takes_part(request.user, row):
        raise Http404
    form = ObjectionForm(request.POST)
    if form.is_valid():
        try:
            case = reviews.object_to(row, form.cleaned_data["words"], by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The objection is case %(case)s.") % {"case": case})
        return HttpResponseRedirect(reverse("aid:household_review", args=[number]))
    return _page(request, row, form, 422)


@require_POST
@staff_required(*PROPOSERS)
def withdraw(request: StaffRequest, number: str) -> HttpResponse:
    """The village takes its proposal back."""
    row = seen(request, number)
    try:
        reviews.withdraw(row)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("aid:household_review", args=[number]))

"""Objections for the bureau: the list, and one with what counted, answered in words."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffMixin, StaffRequest, address_of, note_read, staff_required
from junheng.admissions.access import may_run
from junheng.admissions.models import Objection, Round, RoundSchool
from junheng.admissions.models.querysets import COUNTY
from junheng.admissions.selectors.looked_up import result_of
from junheng.admissions.selectors.public_results import published_record
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.selectors.seats import rooms_of
from junheng.admissions.services import hearing_back, objecting, upholding
from junheng.admissions.services.verifying import subject_of
from junheng.admissions.web.after_result import OBJECTION_TONES
from junheng.admissions.web.finding import visible_round
from junheng.admissions.web.look_up import told_of
from junheng.commons import approvals
from junheng.commons.filters import ListFilters
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, ListTable, MomentColumn
from junheng.commons.uploads import files_of
from junheng.commons.uploads.subjects import may_see
from junheng.commons.web.lists import ListPage, Rows

State = Objection.State
SATISFIED = {
    True: gettext_lazy("satisfied"),
    False: gettext_lazy("not satisfied"),
}
SATISFIED_TONES = {True: "success", False: "warning"}


class ObjectionsTable(ListTable):
    """Objections, the latest first."""

    number = tables.Column()
    application = tables.Column(accessor="application__number")
    state = BadgeColumn(labels=dict(State.choices), tones=OBJECTION_TONES)
    raised_at = MomentColumn(orderable=True, order_by=("raised_at", "id"))
    answered_at = MomentColumn()
    satisfied = BadgeColumn(labels=SATISFIED, tones=SATISFIED_TONES)

    class Meta:
        model = Objection
        order_by = ("-raised_at",)
        fields = ("number", "application", "state", "raised_at", "answered_at", "satisfied")

    def render_number(self, value: str) -> str:
        address = reverse("admissions:objection", args=[value])
        return format_html('<a class="nowrap" href="{}">{}</a>', address, value)

    def value_number(self, value: str) -> str:
        return value


class ObjectionsFilters(ListFilters):
    """By number and state."""

    number = django_filters.CharFilter(lookup_expr="iexact", label=gettext_lazy("Objection number"))
    state = django_filters.ChoiceFilter(choices=State.choices, label=gettext_lazy("State"))


class Objections(StaffMixin, ListPage):
    """What families object to in a round."""

    roles = COUNTY
    table = ObjectionsTable
    filters = ObjectionsFilters
    title = gettext_lazy("Objections")
    empty = gettext_lazy("Nobody has objected.")
    template_name: ClassVar[str] = "admissions/objections.html"
    request: StaffRequest
    kwargs: dict[str, Any]

    @cached_property
    def round(self) -> Round:
        """The round, or 404."""
        return visible_round(self.request.user, self.kwargs["pk"])

    def rows(self) -> Rows:
        rows: QuerySet[Objection] = Objection.objects.for_user(self.request.user)
        return rows.filter(round=self.round).select_related("application")

    def context(self) -> dict[str, Any]:
        return {"round": self.round, "title": round_title(self.round), "tab": "objections"}


class AnswerForm(forms.Form):
    """The answer to an objection; upheld it names a school and a clause."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (State.REJECTED.value, gettext_lazy("the result stands")),
            (State.UPHELD.value, gettext_lazy("uphold it: the child gets a seat")),
        ],
        widget=forms.RadioSelect,
    )
    school = forms.TypedChoiceField(
        label=gettext_lazy("School of the seat"),
        help_text=gettext_lazy("Free up to the class cap. Nobody loses a seat by it."),
        required=False,
        coerce=int,
        empty_value=None,
    )
    clause = forms.CharField(
        label=gettext_lazy("Clause of the rules"), max_length=120, required=False
    )
    words = forms.CharField(
        label=gettext_lazy("Why, in words that the family reads"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, schools: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names: Any = self.fields
        names["school"].choices = [("", "–"), *schools]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("outcome") == State.UPHELD:
            if not data.get("school"):
                self.add_error("school", _("Name the school of the seat."))
            if not data.get("clause", "").strip():
                self.add_error("clause", _("Name the clause of the rules."))
        return data


@sensitive_post_parameters("words")
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*COUNTY)
def objection(request: StaffRequest, number: str) -> HttpResponse:
    """What the family says, what counted, and the answer."""
    rows = Objection.objects.for_user(request.user).select_related(
        "application", "round__place", "answered_by", "second"
    )
    shown: Objection = get_object_or_404(rows, number=number)
    may, sent = may_run(request.user, shown.round), request.method == "POST"
    if sent and not may:
        raise Http404
    schools = _schools(shown.round)
    waiting = approvals.waiting_for(f"admissions.objection.{shown.pk}").get(upholding.UPHOLD)
    form = None
    if may and shown.state == State.OPEN and waiting is None:
        form = AnswerForm(request.POST if sent else None, schools=schools)
    if sent and (form is None or _answered(request, shown, form)):
        return redirect("admissions:objection", number)
    status = 422 if sent else 200
    context = {**_context(request, shown), "form": form, "waiting": waiting}
    return render(request, "admissions/objection.html", context, status=status)


def _answered(request: StaffRequest, shown: Objection, form: AnswerForm) -> bool:
    if not form.is_valid():
        return False
    data = form.cleaned_data
    try:
        if data["outcome"] == State.REJECTED:
            objecting.reject(shown, data["words"], by=request.user)
            messages.success(request, _("The answer is kept, and the family reads it."))
        else:
            school = RoundSchool.objects.get(pk=data["school"])
            upholding.ask(shown, school, data["clause"], data["words"], by=request.user)
            messages.success(request, _("Another person has to agree; then the seat is given."))
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _schools(the_round: Round) -> list[tuple[int, str]]:
    """The schools of the published result, each with how full it is."""
    record = published_record(the_round)
    if record is None:
        return []
    schools = list(record.input.schools.order_by("name", "code"))
    rooms = rooms_of(record, schools)
    words = _("%(school)s: %(taken)d taken, %(cap)d within the class cap")
    return [
        (one.pk, words % {"school": one.name or one.code, "taken": room.taken, "cap": room.cap})
        for one in schools
        if (room := rooms[one.pk]).taken < room.cap
    ]


def _context(request: StaffRequest, shown: Objection) -> dict[str, Any]:
    reason = _("looking into %s") % shown.number
    note_read(request.user, shown, ["words", "remark"], reason, address=address_of(request))
    record = published_record(shown.round)
    told = told_of(result_of(shown.application, record), record) if record else {}
    return {
        **told,
        "objection": shown,
        "child": mask_name(shown.application.child_name),
        "round": shown.round,
        "title": round_title(shown.round),
        "tone": OBJECTION_TONES[State(shown.state)],
        "answered": shown.state in (State.UPHELD, State.REJECTED),
        "again": hearing_back.second_look(shown),
        "photos": _photos(request, shown),
    }


def _photos(request: StaffRequest, shown: Objection) -> str:
    """The subject of its photos, for whoever may open them and where there are any."""
    subject = subject_of(shown.application)
    seen = may_see(request.user, subject) and files_of(subject)
    return subject if seen else ""

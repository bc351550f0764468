"""The consultation desk: one page for speed, who still waits for a call, and one consultation."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import Q
from django.forms import HiddenInput
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.cases.access import desk_of, may_collect, may_write_desk
from junheng.cases.models import Case, Channel, Consultation, StandardAnswer
from junheng.cases.models.desk import READERS as DESK_READERS
from junheng.cases.models.desk import WRITERS as DESK_WRITERS
from junheng.cases.models.desk import ConsultationQuerySet
from junheng.cases.selectors import desk as selectors
from junheng.cases.selectors.calendar import calendars
from junheng.cases.services import desk as services
from junheng.cases.web.desk_forms import Said, TakeDown
from junheng.commons.filters import ListFilters, SearchFilter
from junheng.commons.masks import mask_name, mask_phone
from junheng.commons.refusals import Refusal
from junheng.commons.tables import DateColumn, ListTable, MomentColumn
from junheng.commons.web.lists import ListPage, Rows

LATEST = 6


@sensitive_post_parameters("name", "phone")
@require_http_methods(["GET", "POST"])
@staff_required(*DESK_WRITERS)
def desk(request: StaffRequest) -> HttpResponse:
    """Take down what somebody asks; the button says whether it was answered."""
    form = _take_down(request)
    if request.method == "POST" and "find" not in request.POST and form.is_valid():
        made = _written(request, form)
        if made is not None:
            messages.success(request, _done(made))
            return HttpResponseRedirect(reverse("desk:desk"))
    asked = form.data.get("question", "")
    today = timezone.localdate()
    context = {
        "form": form,
        "suggested": selectors.suggested(request.user, asked),
        "picked": form.data.get("answer", ""),
        "asked": asked,
        "figures": selectors.asked_of(selectors.since(request.user, today)),
        "latest": _latest(request),
        "tab": "desk",
        **doors(request),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "cases/desk.html", context, status=status)


@require_POST
@staff_required(*DESK_READERS)
def suggest(request: StaffRequest) -> HttpResponse:
    """The answers that fit what is being typed; posted, so that it stands in no log."""
    asked = request.POST.get("question", "")
    context = {"suggested": selectors.suggested(request.user, asked), "asked": asked, "picked": ""}
    return TemplateResponse(request, "cases/suggested.html", context)


@require_http_methods(["GET", "POST"])
@staff_required(*DESK_READERS)
def consultation(request: StaffRequest, number: str) -> HttpResponse:
    """One consultation; who waits is called back from here."""
    row = _seen(request, number)
    may_answer = may_write_desk(request.user) and row.answered_at is None
    if request.method == "POST" and not may_answer:
        raise Http404
    form = _said(request)
    if request.method == "POST" and form.is_valid() and _called(request, row, form):
        return HttpResponseRedirect(reverse("desk:waiting"))
    context = {
        "row": row,
        "name": mask_name(row.name) if row.name else "",
        "phone": mask_phone(row.phone) if row.phone else "",
        "case": Case.objects.filter(kind=services.CALL_BACK, subject=row.number).first(),
        "form": form if may_answer else None,
        "suggested": selectors.suggested(request.user, row.question) if may_answer else [],
        "picked": form.data.get("answer", ""),
        **doors(request),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "cases/consultation.html", context, status=status)


@require_POST
@staff_required(*DESK_WRITERS)
def not_reached(request: StaffRequest, number: str) -> HttpResponse:
    """Write down that a call was tried in vain."""
    services.not_reached(_seen(request, number), by=request.user)
    messages.info(request, _("Written down. The call stays promised."))
    return HttpResponseRedirect(reverse("desk:consultation", args=[number]))


class ConsultationTable(ListTable):
    """What was asked; names and numbers are not in lists."""

    question = tables.Column(gettext_lazy("What was asked"))
    channel = tables.Column()
    asked_at = MomentColumn(orderable=True)
    taken_by = tables.Column()
    said = tables.Column()
    answered_at = MomentColumn()
    number = tables.Column()

    class Meta:
        model = Consultation
        fields = ("question", "channel", "asked_at", "taken_by", "said", "answered_at", "number")

    def render_question(self, record: Consultation) -> SafeString:
        url = reverse("desk:consultation", args=[record.number])
        return format_html('<a href="{}">{}</a>', url, record.question)

    def value_question(self, value: str) -> str:
        return value

    def render_said(self, value: str) -> str:
        return value if len(value) <= LONG else f"{value[:LONG]}…"

    def value_said(self, value: str) -> str:
        return value


LONG = 60


class WaitingTable(ConsultationTable):
    """Who waits for a call, and until when."""

    call_back_by = DateColumn(format="Y-m-d", orderable=True)

    class Meta:
        model = Consultation
        fields = ("question", "call_back_by", "channel", "asked_at", "taken_by", "number")
        exclude = ("said", "answered_at")
        sequence = ("question", "call_back_by", "...")


class ConsultationFilters(ListFilters):
    """Search the question or the number; narrow by channel, day, answer."""

    q = SearchFilter(method="find", label=gettext_lazy("Search question or number"))
    channel = django_filters.ChoiceFilter(choices=Channel.choices, label=gettext_lazy("Channel"))
    answer = django_filters.NumberFilter(label=gettext_lazy("Answer"), widget=HiddenInput)

    def find(self, rows: ConsultationQuerySet, _name: str, words: str) -> ConsultationQuerySet:
        return rows.filter(Q(question__icontains=words) | Q(number__icontains=words))


class Consultations(StaffMixin, ListPage):
    """All that was asked, the last first."""

    roles = DESK_READERS
    table: ClassVar[type[ListTable]] = ConsultationTable
    filters = ConsultationFilters
    title = gettext_lazy("Consultations")
    empty = gettext_lazy("Nobody has asked yet.")
    template_name: ClassVar[str] = "cases/desk_list.html"
    tab: ClassVar[str] = "all"
    request: StaffRequest

    def rows(self) -> Rows:
        return self.chosen(Consultation.objects.for_user(self.request.user)).select_related(
            "taken_by"
        )

    def chosen(self, seen: ConsultationQuerySet) -> ConsultationQuerySet:
        """Which of those that somebody sees."""
        return seen

    def context(self) -> dict[str, Any]:
        return {"tab": self.tab, **doors(self.request)}


class Waiting(Consultations):
    """Those who were promised a call, the most pressing first."""

    table = WaitingTable
    title = gettext_lazy("To be called back")
    empty = gettext_lazy("Everybody has been called back.")
    tab = "waiting"

    def chosen(self, seen: ConsultationQuerySet) -> ConsultationQuerySet:
        return seen.waiting().order_by("call_back_by", "asked_at")


def doors(request: StaffRequest) -> dict[str, Any]:
    """What the head of the desk's pages offers, and how many wait for a call."""
    return {
        "may_write": may_write_desk(request.user),
        "may_collect": may_collect(request.user),
        "open": selectors.asked_of(Consultation.objects.for_user(request.user).waiting()),
    }


def _take_down(request: StaffRequest) -> TakeDown:
    answers = StandardAnswer.objects.for_user(request.user).in_use()
    calendar = calendars().at(desk_of(request.user)[0])
    form = TakeDown(
        request.POST if request.method == "POST" else None,
        answers=answers,
        initial={"until": calendar.after(timezone.localdate(), 1)},
    )
    if "find" in request.POST:  # no fault yet: only the answers are looked up
        form.errors.clear()
    return form


def _said(request: StaffRequest) -> Said:
    answers = StandardAnswer.objects.for_user(request.user).in_use()
    return Said(request.POST if request.method == "POST" else None, answers=answers)


def _written(request: StaffRequest, form: TakeDown) -> Consultation | None:
    desk, given = services.Desk(*desk_of(request.user)), form.cleaned_data
    try:
        if request.POST.get("how") == "later":
            asked = form.asked()
            return services.promise_call(asked, desk=desk, by=request.user, until=given["until"])
        said = {"answer": given["answer"], "said": given["said"]}
        return services.answer_now(form.asked(), desk=desk, by=request.user, **said)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None


def _called(request: StaffRequest, row: Consultation, form: Said) -> bool:
    try:
        services.call_back(row, by=request.user, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Written down: %s is called back.") % row.number)
    return True


def _done(made: Consultation) -> str:
    if made.answered_at is not None:
        return _("Written down as answered: %s.") % made.number
    return _("Written down: %(number)s is called back by %(day)s.") % {
        "number": made.number,
        "day": f"{made.call_back_by:%Y-%m-%d}",
    }


def _latest(request: StaffRequest) -> list[Consultation]:
    mine = Consultation.objects.for_user(request.user).filter(taken_by=request.user)
    return list(mine.only("number", "question", "asked_at", "answered_at")[:LATEST])


def _seen(request: HttpRequest, number: str) -> Consultation:
    seen = Consultation.objects.for_user(request.user).filter(number=number)
    row = seen.select_related("taken_by", "answered_by", "answer").first()
    if row is None:
        raise Http404
    return row

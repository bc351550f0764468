"""The collection of answers: the list, writing one, and what it said before."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2 as tables
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from junheng.accounts.facade import StaffMixin, StaffRequest, paths_of, staff_required
from junheng.cases.access import COLLECTORS, may_collect
from junheng.cases.models import StandardAnswer
from junheng.cases.models.desk import READERS as DESK_READERS
from junheng.cases.models.desk import StandardAnswerQuerySet
from junheng.cases.services import desk as services
from junheng.cases.web.desk import doors
from junheng.cases.web.desk_forms import AnswerForm
from junheng.commons.filters import ListFilters, SearchFilter
from junheng.commons.refusals import Refusal
from junheng.commons.tables import ListTable, NumberColumn
from junheng.commons.web.lists import ListPage, Rows


class AnswerTable(ListTable):
    """Answers by topic, with how often each was given."""

    question = tables.Column()
    topic = tables.Column(orderable=True)
    text = tables.Column()
    given = NumberColumn(verbose_name=gettext_lazy("Given"))
    version = NumberColumn()

    class Meta:
        model = StandardAnswer
        fields = ("question", "topic", "text", "given", "version")

    def render_question(self, record: StandardAnswer) -> SafeString:
        url = reverse("desk:answer", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, record.question)

    def value_question(self, value: str) -> str:
        return value


class AnswerFilters(ListFilters):
    """Search everywhere in an answer."""

    q = SearchFilter(method="find", label=gettext_lazy("Search the answers"))

    def find(self, rows: StandardAnswerQuerySet, _name: str, words: str) -> StandardAnswerQuerySet:
        fields = ("question", "text", "key_words", "topic")
        found = Q()
        for field in fields:
            found |= Q(**{f"{field}__icontains": words})
        return rows.filter(found)


class Answers(StaffMixin, ListPage):
    """The collection."""

    roles = DESK_READERS
    table = AnswerTable
    filters = AnswerFilters
    title = gettext_lazy("Collection of answers")
    empty = gettext_lazy("No answer was written yet.")
    template_name: ClassVar[str] = "cases/desk_list.html"
    request: StaffRequest

    def rows(self) -> Rows:
        seen = StandardAnswer.objects.for_user(self.request.user).in_use()
        return seen.annotate(given=Count("consultations")).order_by("topic", "question")

    def context(self) -> dict[str, Any]:
        return {"tab": "answers", **doors(self.request)}


@require_http_methods(["GET", "POST"])
@staff_required(*DESK_READERS)
def edit(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Read an answer, write it anew, or add one; only the bureau writes."""
    row = _seen(request, pk) if pk is not None else None
    writes = may_collect(request.user, row.path if row else None)
    if not writes and (row is None or request.method == "POST"):
        raise Http404
    form = AnswerForm(request.POST if request.method == "POST" else None, instance=row)
    if form.is_valid() and _written(request, row, form):
        return HttpResponseRedirect(reverse("desk:answers"))
    context = {
        "row": row,
        "form": form if writes and (row is None or row.withdrawn_at is None) else None,
        "versions": row.versions.select_related("written_by") if row else [],
        "tab": "answers",
        **doors(request),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "cases/answer.html", context, status=status)


@require_POST
@staff_required(*COLLECTORS)
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an answer out of use."""
    row = _seen(request, pk)
    if not may_collect(request.user, row.path):
        raise Http404
    services.withdraw(row, why=_("Withdrawn on its page"))
    messages.success(request, _("The answer is out of use. What was said by it stays."))
    return HttpResponseRedirect(reverse("desk:answers"))


def _seen(request: StaffRequest, pk: int) -> StandardAnswer:
    row = StandardAnswer.objects.for_user(request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _written(request: StaffRequest, row: StandardAnswer | None, form: AnswerForm) -> bool:
    path = row.path if row else paths_of(request.user, frozenset(COLLECTORS))[0]
    held = StandardAnswer.objects.get(pk=row.pk) if row else None  # the form has changed `row`
    try:
        services.write_answer(held, path=path, by=request.user, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("question", str(refusal))
        return False
    messages.success(request, _("Written down."))
    return True

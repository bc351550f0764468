"""Entitled beside paid: the first page of aid, and the rows behind each of its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import django_filters
import django_tables2 as tables
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.aid.access import AT_SCHOOL, IN_CHARGE, in_charge, may_keep
from junheng.aid.models import AidTerm, Difference
from junheng.aid.selectors import audit
from junheng.aid.selectors.audit import Figure, Line
from junheng.aid.selectors.terms import runs_of, terms_of
from junheng.aid.web.filters import policy_filter, school_filter, township_filter
from junheng.aid.web.money import YuanColumn, yuan
from junheng.aid.web.scope import reader_of, term_or_404
from junheng.commons.filters import ListFilters
from junheng.commons.masks import mask_name
from junheng.commons.runs import published
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable, MaskedColumn
from junheng.commons.web.lists import ListPage, Rows

SEES = IN_CHARGE | AT_SCHOOL
TONES = {
    "unpaid": "danger",
    "twice": "danger",
    "wrong_amount": "warning",
    "not_entitled": "warning",
    "undecided": "info",
}
ICONS = {
    "unpaid": "hourglass-empty",
    "twice": "copy",
    "wrong_amount": "equal-not",
    "not_entitled": "user-off",
    "undecided": "help",
}
KINDS = tuple(Difference.Kind.values)


@require_safe
@staff_required(*SEES)
def home(request: StaffRequest) -> HttpResponse:
    """A term: what is wrong between due and paid, by policy, school and township."""
    terms = list(terms_of(request.user))
    asked = request.GET.get("term", "")
    term = next((one for one in terms if one.code == asked), terms[0] if terms else None)
    context: dict[str, Any] = {"terms": terms, "term": term, "sets_up": in_charge(request.user)}
    if term is not None:
        context |= _of_term(request, term)
    return TemplateResponse(request, "aid/home.html", context)


def _of_term(request: StaffRequest, term: AidTerm) -> dict[str, Any]:
    user, reader = request.user, reader_of(request.user, term)
    rows = audit.differences(user, term)
    figures = audit.by_kind(rows)
    labels = dict(Difference.Kind.choices)
    return {
        "run": published(term.matter),
        "latest": runs_of(term).first(),
        "cards": [
            (labels[kind], figures.get(kind, Figure(0, 0)), TONES[kind], ICONS[kind], kind)
            for kind in KINDS
        ],
        "amounts": {kind: yuan(one.fen) for kind, one in figures.items()},
        "kinds": [(kind, labels[kind]) for kind in KINDS],
        "tables": [
            (title, head, list(_cells(term, key, lines)))
            for title, head, key, lines in _tables(rows, term, reader.titles, everything=reader.all)
            if lines
        ],
        "clear": not figures,
        "may_keep": may_keep(user, term.place.path) and term.closed_at is None,
    }


def _tables(
    rows: Any, term: AidTerm, titles: Mapping[str, str], *, everything: bool
) -> Iterable[tuple[str, str, str, list[Line]]]:
    key = "policy" if everything else ""
    yield _("By policy"), pgettext("aid", "Policy"), key, audit.by_policy(rows, titles)
    if everything:
        yield _("By township"), _("Township"), "township", audit.by_township(rows, term)
    yield _("By school"), _("School"), "school", audit.by_school(rows)


def _cells(term: AidTerm, key: str, lines: Iterable[Line]) -> Iterable[tuple[str, list[Any]]]:
    """Each line's figures in the order of the kinds, with the address of the rows behind each."""
    page, labels = reverse("aid:differences", args=[term.code]), dict(Difference.Kind.choices)
    for line in lines:
        cells = []
        for kind in KINDS:
            one = line.figures.get(kind)
            asked = {"kind": kind} | ({key: line.key} if key else {})
            amount = yuan(one.fen) if one else ""
            cells.append((one, amount, f"{page}?{urlencode(asked)}", labels[kind]))
        yield line.name or (_("No township") if key == "township" else _("No school")), cells


class DifferenceTable(ListTable):
    """Differences between due and paid, down to the person."""

    number = tables.Column(
        gettext_lazy("Pupil number"), accessor="pupil__number", empty_values=(), default="—"
    )
    name = MaskedColumn(
        mask=mask_name,
        accessor="person_name",
        verbose_name=pgettext_lazy("person", "Name"),
        orderable=False,
    )
    school = tables.Column(gettext_lazy("School"), accessor="organisation__name")
    policy = tables.Column(pgettext_lazy("aid", "Policy"))
    for_day = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Counting day"))
    kind = BadgeColumn(tones=TONES, verbose_name=gettext_lazy("What differs"))
    due_fen = YuanColumn(gettext_lazy("Due in yuan"))
    paid_fen = YuanColumn(gettext_lazy("Paid in yuan"))
    too_much = tables.Column(gettext_lazy("Paid too much"), accessor="pk", exclude_from_export=True)

    class Meta:
        model = Difference
        fields = ("number", "name", "school", "policy", "for_day", "kind", "due_fen", "paid_fen")
        sequence = (*fields, "too_much")

    def __init__(
        self, *args: Any, titles: Mapping[str, str], term: str, everything: bool, keeps: bool,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        self.titles, self.term, self.everything = titles, term, everything
        super().__init__(*args, exclude=() if keeps else ("too_much",), **kwargs)

    def render_too_much(self, record: Difference) -> str:
        if record.paid_fen <= (record.due_fen or 0):
            return "—"
        url = reverse("aid:came_back", args=[self.term, record.pk])
        return format_html('<a href="{}">{}</a>', url, _("write down what came back"))

    def render_policy(self, value: str) -> str:
        return self.titles.get(value, value)

    def render_number(self, record: Difference) -> str:
        if record.beneficiary and self.everything:
            url = reverse("aid:beneficiary", args=[record.beneficiary_id])
            return format_html(
                '<a href="{}?term={}">{}</a>', url, self.term, _("not in grades 1 to 9")
            )
        if record.pupil is None:
            return "—"
        url = reverse("aid:pupil", args=[record.pupil.number])
        return format_html('<a href="{}?term={}">{}</a>', url, self.term, record.pupil.number)

    def value_number(self, record: Difference) -> str:
        return record.pupil.number if record.pupil else ""


class DifferenceFilters(ListFilters):
    """By kind, policy, school and township."""

    kind = django_filters.ChoiceFilter(
        choices=Difference.Kind.choices, label=gettext_lazy("What differs")
    )
    policy = policy_filter()
    school = school_filter()
    township = township_filter()


class Differences(StaffMixin, ListPage):
    """The rows behind the figures."""

    roles = SEES
    table = DifferenceTable
    filters = DifferenceFilters
    title = gettext_lazy("Due and paid differ")
    pretitle = gettext_lazy("Aid")
    empty = gettext_lazy("Due and paid agree here.")
    request: StaffRequest

    @cached_property
    def term(self) -> AidTerm:
        return term_or_404(self.request.user, self.kwargs["code"])

    @cached_property
    def reader(self) -> Any:
        return reader_of(self.request.user, self.term)

    def rows(self) -> Rows:
        self.request.policy_titles = self.reader.titles if self.reader.all else {}  # type: ignore[attr-defined]  # for the filter
        rows = audit.differences(self.request.user, self.term)
        return rows.select_related("pupil", "beneficiary", "organisation")

    def table_options(self) -> dict[str, Any]:
        return {
            "titles": self.reader.titles,
            "term": self.term.code,
            "everything": self.reader.all,
            "keeps": may_keep(self.request.user, self.term.place.path)
            and self.term.closed_at is None,
        }

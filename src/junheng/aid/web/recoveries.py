"""Money that came back: what is written down of a term, and the form for one difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import django_tables2 as tables
from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import Role, StaffMixin, StaffRequest, staff_required
from junheng.aid.access import IN_CHARGE, may_keep
from junheng.aid.models import AidTerm, Difference, Recovery
from junheng.aid.selectors.audit import differences
from junheng.aid.selectors.subjects import names_of
from junheng.aid.services.recoveries import CameBack, ask_recovery
from junheng.aid.web.fund_forms import day_field, paper_field
from junheng.aid.web.money import YuanColumn, yuan
from junheng.aid.web.payment_forms import YuanField
from junheng.aid.web.scope import reader_of, term_or_404
from junheng.aid.web.setup import asked, done, sent
from junheng.commons.masks import mask_name
from junheng.commons.tables import DateColumn, ListTable
from junheng.commons.web.lists import ListPage, Rows


class RecoveryTable(ListTable):
    """Recoveries of a term, the newest first."""

    name = tables.Column(pgettext_lazy("person", "Name"), accessor="subject")
    policy = tables.Column(pgettext_lazy("aid", "Policy"))
    for_day = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Counting day"))
    fen = YuanColumn(gettext_lazy("Came back, yuan"))
    on = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("On"))
    paper = tables.Column(gettext_lazy("Document it rests on"))
    agreed_by = tables.Column(gettext_lazy("Approved by"), accessor="agreed_by__name")

    class Meta:
        model = Recovery
        fields = ("name", "policy", "for_day", "fen", "on", "paper", "agreed_by")

    def __init__(
        self, *args: Any, titles: Mapping[str, str], names: Mapping[str, str], **kwargs: Any
    ) -> None:
        self.titles, self.names = titles, names
        super().__init__(*args, **kwargs)

    def render_name(self, value: str) -> str:
        return mask_name(self.names.get(value, "")) or "—"

    def render_policy(self, value: str) -> str:
        return self.titles.get(value, value)

    value_name, value_policy = render_name, render_policy


class Recoveries(StaffMixin, ListPage):
    """What came back in a term."""

    roles = IN_CHARGE
    table = RecoveryTable
    title = gettext_lazy("Money that came back")
    pretitle = gettext_lazy("Aid")
    empty = gettext_lazy("Nothing came back. It is written down beside what differs.")
    template_name: ClassVar[str] = "commons/list.html"
    request: StaffRequest

    @cached_property
    def term(self) -> AidTerm:
        return term_or_404(self.request.user, self.kwargs["code"])

    def rows(self) -> Rows:
        self.told: Any = Recovery.objects.for_user(self.request.user).filter(term=self.term)
        rows: Rows = self.told.select_related("agreed_by").order_by("-at", "id")
        return rows

    def table_options(self) -> dict[str, Any]:
        subjects = self.told.values_list("subject", flat=True)
        return {
            "titles": reader_of(self.request.user, self.term).titles,
            "names": names_of(subjects),
        }


class CameBackForm(forms.Form):
    """How much came back, when, on which receipt."""

    fen = YuanField(label=gettext_lazy("Came back, yuan"))
    on = day_field(gettext_lazy("Reached our account on"), initial=timezone.localdate)
    paper = paper_field()


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.AID_OFFICER)
def came_back(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """Write down that money came back for something that was paid too much."""
    term = term_or_404(request.user, code)
    rows = differences(request.user, term).select_related("pupil", "beneficiary", "organisation")
    row: Difference = get_object_or_404(rows, pk=pk)
    if not may_keep(request.user, row.path) or term.closed_at is not None:
        raise Http404
    over = row.paid_fen - (row.due_fen or 0)
    form = CameBackForm(sent(request), initial={"fen": yuan(max(over, 0)).replace(",", "")})

    def deed(given: dict[str, Any]) -> None:
        back = CameBack(str(row.subject), row.policy, row.for_day, row.path, **given)
        ask_recovery(term, back, by=request.user)

    if request.method == "POST" and done(request, form, deed, asked()):
        return redirect("aid:recoveries", code)
    context = {
        "term": term,
        "row": row,
        "form": form,
        "name": mask_name(row.person_name) or "—",
        "policy": reader_of(request.user, term).titles.get(row.policy, row.policy),
        "due": yuan(row.due_fen),
        "paid": yuan(row.paid_fen),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "aid/came_back.html", context, status=status)

"""What schools are: the list, one typed, and the end of one."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import Role, StaffMixin, StaffRequest, staff_required
from junheng.aid.access import IN_CHARGE, may_keep
from junheng.aid.models import SchoolTrait
from junheng.aid.models.told import OF_A_SCHOOL
from junheng.aid.selectors.budgets import counties_kept
from junheng.aid.sentences.facts import NAMES
from junheng.aid.services import declaring
from junheng.aid.services.declaring import Trait
from junheng.aid.web import setup
from junheng.aid.web.setup_forms import TraitForm
from junheng.commons.filters import ListFilters
from junheng.commons.tables import DateColumn, ListTable
from junheng.commons.web.lists import ListPage, Rows


class TraitTable(ListTable):
    """Traits by school."""

    school = tables.Column(gettext_lazy("School"), accessor="organisation__name")
    code = tables.Column(gettext_lazy("Code of the school"), accessor="organisation__code")
    fact = tables.Column(gettext_lazy("Trait"))
    valid_from = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Holds from"))
    valid_to = DateColumn(
        format="Y-m-d", verbose_name=gettext_lazy("Holds no more from"), empty_values=()
    )
    document = tables.Column(gettext_lazy("Document it rests on"))

    class Meta:
        model = SchoolTrait
        fields = ("school", "code", "fact", "valid_from", "valid_to", "document")

    def render_fact(self, value: str, record: SchoolTrait) -> str:
        return str(NAMES[record.fact])

    def value_fact(self, record: SchoolTrait) -> str:
        return str(NAMES[record.fact])

    def render_valid_to(self, record: SchoolTrait) -> str:
        if record.valid_to:
            return record.valid_to.isoformat()
        if not may_keep(self.request.user, record.organisation.path):
            return _("lasts")
        url = reverse("aid:end_trait", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, _("lasts"))

    def value_valid_to(self, record: SchoolTrait) -> str:
        return record.valid_to.isoformat() if record.valid_to else ""


class TraitFilters(ListFilters):
    """By trait."""

    fact = django_filters.ChoiceFilter(
        choices=[(name, NAMES[name]) for name in OF_A_SCHOOL], label=gettext_lazy("Trait")
    )


class TraitList(StaffMixin, ListPage):
    """What schools of the county are, from when to when."""

    roles = IN_CHARGE
    table = TraitTable
    filters = TraitFilters
    title = gettext_lazy("Traits of schools")
    pretitle = gettext_lazy("Aid")
    empty = gettext_lazy("Nothing was said of any school yet.")
    template_name: ClassVar[str] = "aid/traits.html"
    request: StaffRequest

    def context(self) -> dict[str, Any]:
        counties = counties_kept(self.request.user)
        return {
            "tab": "traits",
            "keeps": [place.code for place in counties],
            "waiting": declaring.waiting(self.request.user, declaring.TRAIT, declaring.END),
        }

    def rows(self) -> Rows:
        seen = SchoolTrait.objects.for_user(self.request.user).select_related("organisation")
        rows: Rows = seen.order_by("organisation__code", "fact", "valid_from")
        return rows


@require_http_methods(setup.FORMS)
@staff_required(Role.AID_OFFICER)
def new(request: StaffRequest) -> HttpResponse:
    """Ask for one trait of one school."""
    form = TraitForm(setup.sent(request), counties=setup.keeps(request))

    def deed(given: dict[str, Any]) -> None:
        names = ("school", "fact", "since", "until", "paper")
        trait = Trait(**{name: given[name] for name in names})
        declaring.ask_for_traits(form.county(), [trait], by=request.user)

    if request.method == "POST" and setup.done(request, form, deed, setup.asked()):
        return redirect("aid:traits")
    return setup.answer(request, "aid/trait_new.html", {"tab": "traits", "form": form}, form)


@require_http_methods(setup.FORMS)
@staff_required(Role.AID_OFFICER)
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask that a school is not what it was any more from a day on."""
    rows = SchoolTrait.objects.for_user(request.user).select_related("organisation")
    row: SchoolTrait = get_object_or_404(rows, pk=pk)
    return setup.end_page(request, row, row.organisation.name, "aid:traits")

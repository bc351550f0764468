"""Beside the books: help of other departments, targets of villages, registers to be signed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from junheng.accounts.facade import StaffMixin, StaffRequest, paths_of, staff_required
from junheng.aid.access import may_approve, may_keep
from junheng.aid.models import OpeningRegister
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.aid.selectors.helps import HelpSum, helps_of
from junheng.aid.selectors.merges import merge_of
from junheng.aid.services import household_imports, merging_villages, targets, undoing_merges
from junheng.aid.web.fund_forms import paper_field
from junheng.aid.web.household_forms import day_field
from junheng.aid.web.household_words import place_seen
from junheng.aid.web.setup import answer, asked, done, sent
from junheng.commons.refusals import Refusal
from junheng.commons.tables import ListTable, NumberColumn
from junheng.commons.web.choices import choose_from
from junheng.commons.web.lists import ListPage, Rows
from junheng.places.facade import Level, Place, Role

KEEPERS = frozenset({Role.AID_OFFICER})


class HelpTable(ListTable):
    """Help by place and kind."""

    place = tables.Column(gettext_lazy("Place"))
    kind = tables.Column(gettext_lazy("Help"))
    households = NumberColumn(verbose_name=pgettext_lazy("count", "Households"))
    times = NumberColumn(verbose_name=gettext_lazy("Times"))
    amount = NumberColumn(verbose_name=pgettext_lazy("amount", "Yuan"))
    screened = NumberColumn(verbose_name=gettext_lazy("Screened"))
    refused = NumberColumn(verbose_name=gettext_lazy("Refused in writing"))

    def render_place(self, record: HelpSum) -> str:
        url = reverse("aid:household_book", args=[record.code])
        return format_html('<a href="{}">{}</a>', url, record.place)

    def value_place(self, record: HelpSum) -> str:
        return record.place


class Helps(StaffMixin, ListPage):
    """Help of other departments in a year, by village or township."""

    roles = SEES_HOUSEHOLDS
    table = HelpTable
    title = gettext_lazy("Help of other departments")
    pretitle = gettext_lazy("Households")
    empty = gettext_lazy("Help comes with a table of the department.")
    template_name: ClassVar[str] = "aid/household_helps.html"
    request: StaffRequest

    @property
    def year(self) -> int:
        """The year in `?year=`, this one where none is named."""
        asked = self.request.GET.get("year", "")
        return int(asked) if asked.isdecimal() and len(asked) == 4 else timezone.localdate().year

    @property
    def by_township(self) -> bool:
        """Whether whole townships are summed."""
        return self.request.GET.get("by") == "township"

    def rows(self) -> Rows:
        return helps_of(self.request.user, year=self.year, by_township=self.by_township)

    def context(self) -> dict[str, Any]:
        return {"year": self.year, "by_township": self.by_township}


class TargetForm(forms.Form):
    """A village's target of a year."""

    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2013, max_value=2100)
    people = forms.IntegerField(
        label=gettext_lazy("People to leave poverty"), min_value=0, max_value=1_000_000
    )
    population = forms.IntegerField(
        label=gettext_lazy("Registered population"), min_value=1, max_value=10_000_000
    )
    document = forms.CharField(label=pgettext_lazy("target", "Document"), max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.AID_OFFICER)
def target(request: StaffRequest, code: str) -> HttpResponse:
    """Set a village's target of a year, on its document."""
    village = place_seen(request.user, code)
    if village.level != Level.VILLAGE or not may_keep(request.user, village.path):
        raise Http404
    sent = request.POST if request.method == "POST" else None
    form = TargetForm(sent, initial={"year": timezone.localdate().year})
    if form.is_valid():
        targets.set_target(village, by=request.user, **form.cleaned_data)
        messages.success(request, _("Written down."))
        return HttpResponseRedirect(reverse("aid:households"))
    context = {"village": village, "form": form}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "aid/household_target.html", context, status=status)


class MergeForm(forms.Form):
    """Into which village, from which day, by which decree."""

    into = forms.ChoiceField(label=gettext_lazy("Into which village"))
    on = day_field(gettext_lazy("From which day"))
    paper = paper_field()

    def __init__(self, *args: Any, villages: Iterable[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.villages = {one.code: one for one in villages}
        choose_from(
            self,
            "into",
            [
                (code, f"{one.parent.name if one.parent else ''} {one.name}")
                for code, one in self.villages.items()
            ],
        )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.AID_OFFICER)
def merge(request: StaffRequest, code: str) -> HttpResponse:
    """Ask that the households of a village go to another one."""
    village = place_seen(request.user, code)
    if village.level != Level.VILLAGE or not may_keep(request.user, village.path):
        raise Http404
    path = next(p for p in paths_of(request.user, KEEPERS) if village.path.startswith(p))
    villages = merging_villages.villages_beside(village, path)
    form = MergeForm(sent(request), villages=villages)
    form.initial = {"on": village.valid_to or timezone.localdate()}

    def deed(given: dict[str, Any]) -> None:
        into = form.villages[given["into"]]
        told = (into, given["on"], given["paper"])
        merging_villages.ask_to_merge(village, *told, path=path, by=request.user)

    if request.method == "POST" and done(request, form, deed, asked()):
        return redirect("aid:household_book", code)
    return answer(request, "aid/household_merge.html", {"village": village, "form": form}, form)


class UndoForm(forms.Form):
    """Why a merge is undone."""

    why = forms.CharField(label=gettext_lazy("What was wrong with the merge"), max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.AID_OFFICER)
def undo_merge(request: StaffRequest, code: str) -> HttpResponse:
    """Ask that the households of a village come back from another one."""
    village = place_seen(request.user, code)
    merge = merge_of(village)
    if merge is None or not may_keep(request.user, village.path):
        raise Http404
    path = next(p for p in paths_of(request.user, KEEPERS) if village.path.startswith(p))
    form = UndoForm(sent(request))

    def deed(given: dict[str, Any]) -> None:
        undoing_merges.ask_to_undo(merge, given["why"], path=path, by=request.user)

    if request.method == "POST" and done(request, form, deed, asked()):
        return redirect("aid:household_book", code)
    context = {"village": village, "merge": merge, "form": form}
    return answer(request, "aid/household_undo_merge.html", context, form)


@require_POST
@staff_required(Role.AID_OFFICER, Role.BUREAU_LEADER)
def sign(request: StaffRequest, ref: UUID) -> HttpResponse:
    """The second person agrees to a register of before."""
    seen = OpeningRegister.objects.for_user(request.user).select_related("place")
    register: OpeningRegister = get_object_or_404(seen, ref=ref)
    if not may_approve(request.user, register.place.path):
        raise Http404
    try:
        household_imports.sign(register, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Signed: this register counts from now on."))
    return HttpResponseRedirect(reverse("aid:households"))

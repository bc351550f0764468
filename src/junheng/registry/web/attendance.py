"""Attendance: which classes said who was there, and writing down a day of one."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import Count, Exists, Max, OuterRef, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.commons.filters import SearchFilter
from junheng.commons.masks import mask_id, mask_name
from junheng.commons.refusals import Refusal
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable, NumberColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.kernel.school_year import SchoolYear
from junheng.registry.access import CALLERS, READERS, may_call, place_kept
from junheng.registry.models import AttendanceMark, Mark, RollCall, SchoolClass
from junheng.registry.services.attendance import Guest, pupils_on, write_roll_call
from junheng.registry.web.filters import RegistryFilters, TownshipFilter
from junheng.registry.web.words import class_name

GUESTS = 3
PRESENT = ""
MARKS = [
    (PRESENT, gettext_lazy("Present")),
    *[(value, label) for value, label in Mark.choices if value != Mark.GUEST],
]


class RollCallTable(ListTable):
    """Classes, with what they delivered."""

    school = tables.Column(gettext_lazy("School"), accessor="organisation__name")
    name = tables.Column(gettext_lazy("Class"), accessor="number")
    size = NumberColumn(verbose_name=gettext_lazy("Pupils"))
    today = BadgeColumn(
        tones={True: "success", False: "plain"},
        labels={True: gettext_lazy("delivered"), False: gettext_lazy("not yet")},
        verbose_name=gettext_lazy("Today"),
    )
    days = NumberColumn(verbose_name=gettext_lazy("Days delivered"))
    last_day = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Last day delivered"))

    def render_name(self, record: SchoolClass) -> str:
        today = timezone.localdate().isoformat()
        url = reverse("registry:roll_call", args=[record.pk, today])
        return format_html('<a href="{}">{}</a>', url, class_name(record.grade, record.number))

    def value_name(self, record: SchoolClass) -> str:
        return class_name(record.grade, record.number)


class RollCallFilters(RegistryFilters):
    """Search a school, narrow by township."""

    q = SearchFilter(field_name="organisation__name", label=gettext_lazy("Search a school"))
    township = TownshipFilter()


class RollCallList(StaffMixin, ListPage):
    """The classes of this school year, those that delivered nothing for longest first."""

    roles = READERS
    table = RollCallTable
    filters = RollCallFilters
    title = gettext_lazy("Attendance")
    pretitle = gettext_lazy("Register")
    empty = gettext_lazy("There are no classes in this school year yet.")
    template_name: ClassVar[str] = "registry/roll_calls.html"
    request: StaffRequest

    def rows(self) -> Rows:
        today = timezone.localdate()
        calls = RollCall.objects.filter(school_class=OuterRef("pk"), day=today)
        classes = SchoolClass.objects.for_user(self.request.user)
        return (
            classes.of_year(SchoolYear.of(today).start)
            .select_related("organisation")
            .annotate(
                today=Exists(calls),
                days=Count("roll_calls", filter=Q(roll_calls__day__lte=today)),
                last_day=Max("roll_calls__day"),
            )
            .order_by("organisation__code", "grade", "number")
        )

    def context(self) -> dict[str, Any]:
        return {"import_to": _import_to(self.request.user)}


def _import_to(user: Any) -> str:
    """Where somebody may import attendance to: the county they keep, or their one school."""
    if kept := place_kept(user):
        return urlencode({"place": kept})
    home = user.home
    return urlencode({"school": home.code}) if home and may_call(user, home.path) else ""


class RollCallForm(forms.Form):
    """A choice for every pupil of the class, and room for guests."""

    def __init__(self, *args: Any, pupils: Any, call: RollCall | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {mark.pupil_id: mark.mark for mark in call.marks.all()} if call else {}
        self.pupils = [standing.pupil for standing in pupils]
        for pupil in self.pupils:
            self.fields[f"pupil_{pupil.pk}"] = forms.ChoiceField(
                label=f"{mask_name(str(pupil.name))} · {pupil.number}",
                choices=MARKS,
                required=False,
                initial=known.get(pupil.pk, PRESENT),
            )
        self.known = [mark for mark in call.marks.all() if mark.mark == Mark.GUEST] if call else []
        for mark in self.known:
            self.fields[f"keep_{mark.pk}"] = forms.BooleanField(
                label=_("Guest: %(who)s") % {"who": _guest(mark)}, required=False, initial=True
            )
        for place in range(GUESTS):
            self._add_guest(place)

    def _add_guest(self, place: int) -> None:
        for part, label, longest in (
            ("number", _("Guest %(n)d: pupil number"), 20),
            ("name", _("Guest %(n)d: name, if it has no number"), 60),
            ("resident_id", _("Guest %(n)d: identity number, if known"), 18),
        ):
            self.fields[f"guest_{place}_{part}"] = forms.CharField(
                label=label % {"n": place + 1}, required=False, max_length=longest
            )

    @property
    def marks(self) -> dict[UUID, str]:
        """What was chosen, but for those who were there."""
        chosen = {p.pk: self.cleaned_data[f"pupil_{p.pk}"] for p in self.pupils}
        return {pupil: mark for pupil, mark in chosen.items() if mark}

    @property
    def visitors(self) -> list[Guest]:
        """Guests of whom anything is said."""
        told = [
            Guest(*(self.cleaned_data[f"guest_{n}_{p}"] for p in ("number", "name", "resident_id")))
            for n in range(GUESTS)
        ]
        return [guest for guest in told if guest != Guest()]

    @property
    def keep(self) -> list[UUID]:
        """Guests written before that still hold."""
        return [mark.pk for mark in self.known if self.cleaned_data[f"keep_{mark.pk}"]]


def _guest(mark: AttendanceMark) -> str:
    """A guest by number, or in masks: who writes a day down does not read what others wrote."""
    if mark.pupil is not None:
        return f"{mask_name(str(mark.pupil.name))} · {mark.pupil.number}"
    return f"{mask_name(str(mark.name))} {mask_id(str(mark.resident_id or ''))}".strip()


@require_http_methods(["GET", "POST"])
@staff_required(*CALLERS)
def roll_call(request: StaffRequest, pk: int, day: date) -> HttpResponse:
    """Write down a day of a class."""
    seen = SchoolClass.objects.for_user(request.user).select_related("organisation")
    row = get_object_or_404(seen, pk=pk)
    if not may_call(request.user, row.organisation.path):
        raise Http404
    found = RollCall.objects.filter(school_class=row, day=day).select_related("entered_by")
    call = found.prefetch_related("marks__pupil").first()
    data = request.POST if request.method == "POST" else None
    form = RollCallForm(data, pupils=pupils_on(row, day), call=call)
    if form.is_valid() and _written(request, row, day, form):
        return HttpResponseRedirect(reverse("registry:roll_calls"))
    context = {
        "row": row,
        "name": class_name(row.grade, row.number),
        "day": day,
        "call": call,
        "form": form,
        "today": timezone.localdate(),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registry/roll_call.html", context, status=status)


def _written(request: StaffRequest, row: SchoolClass, day: date, form: RollCallForm) -> bool:
    try:
        write_roll_call(
            row,
            day=day,
            marks=form.marks,
            guests=form.visitors,
            keep=form.keep,
            by=request.user,
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Written down."))
    return True

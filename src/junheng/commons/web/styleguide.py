"""Every component with sample data, in each tone and state: for those who build pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import django_filters
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from junheng.commons.filters import ListFilters, SearchFilter, SwitchFilter
from junheng.commons.tables import BadgeColumn, Column, ListTable, MaskedColumn, NumberColumn
from junheng.commons.templatetags.furniture import TONES
from junheng.commons.web import errors, samples
from junheng.commons.web.lists import Listing, ListPage

STATES = {"free": _("Seats free"), "full": _("Full"), "over": _("More children than seats")}
STATE_TONES = {"free": "success", "full": "primary", "over": "danger"}


def _mask(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}"


class SampleTable(ListTable):
    name = Column(verbose_name=_("School"), orderable=True, linkify=lambda: "#")
    township = Column(verbose_name=_("Township"), orderable=True)
    head = Column(verbose_name=_("Head"))
    phone = MaskedColumn(mask=_mask, verbose_name=_("Telephone"))
    children = NumberColumn(verbose_name=_("Children"), orderable=True)
    seats = NumberColumn(verbose_name=_("Seats"))
    state = BadgeColumn(tones=STATE_TONES, labels=STATES, verbose_name=_("State"))


class SampleFilters(ListFilters):
    words = SearchFilter(label=_("Name of the school"))
    township = django_filters.ChoiceFilter(label=_("Township"), choices=list)
    state = django_filters.ChoiceFilter(label=_("State"), choices=list(STATES.items()))
    over = SwitchFilter(label=_("Only above the seats"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        towns = [(town, town) for town in samples.townships()]
        self.base_filters["township"].extra["choices"] = towns
        super().__init__(*args, **kwargs)

    def filter_queryset(self, queryset: samples.SampleRows) -> samples.SampleRows:
        """The same as in the database, over plain rows."""
        asked = self.form.cleaned_data
        return samples.SampleRows(
            row
            for row in queryset
            if asked["words"] in row.name
            and asked["township"] in ("", row.township)
            and asked["state"] in ("", row.state)
            and (not asked["over"] or row.state == "over")
        )


class SampleForm(forms.Form):
    """A form with one field of each kind."""

    child = forms.CharField(label=_("Name of the child"))
    resident_id = forms.CharField(
        label=_("ID number of the child"),
        min_length=18,
        max_length=18,
        help_text=_(
            "Used to check age and registration. Only the first and last four digits are shown."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "min_length": _(
                "The number has 18 digits. Please compare it with the household register."
            )
        },
    )
    born_on = forms.DateField(label=_("Born on"), widget=forms.DateInput(attrs={"type": "date"}))
    township = forms.ChoiceField(label=_("Township"), choices=[("", "—")])
    papers = forms.FileField(label=_("Household register, photo"), required=False)
    promise = forms.BooleanField(
        label=_("I have read how children's data is handled and agree, as guardian, to its use.")
    )


def allowed(request: HttpRequest) -> bool:
    """Contributors see it where DEBUG is on; elsewhere, staff."""
    return settings.DEBUG or bool(getattr(request.user, "is_employee", False))


def _only_for_builders(request: HttpRequest) -> None:
    if not allowed(request):
        raise Http404


def guide(request: HttpRequest) -> HttpResponse:
    """All components on one page."""
    _only_for_builders(request)
    listing = _listing(request)
    if listing.is_asked_alone:
        return listing.alone()
    many = request.GET.get("schools") == "725"
    sent = SampleForm({"child": gettext("Wang Zihan"), "resident_id": "11010519491231"})
    context = {
        "tones": TONES,
        "icons": ["scale", "school", "users", "map-2", "bell", "file-spreadsheet", "shield-check"],
        "steps": [
            gettext("The child"),
            gettext("Home and school"),
            gettext("Guardian and promise"),
        ],
        "facts": [
            (gettext("School"), samples.schools(1)[0].name),
            (
                gettext("Address"),
                gettext("No. 18, Peace Road, Town Gate Subdistrict, Yunhuai County, third gate"),
            ),
            (gettext("Distance"), "1.2 km"),
            (gettext("Guardian"), None),
        ],
        "form": sent,
        "plain_form": SampleForm(),
        "chart": samples.class_sizes(),
        "charts": [(kind, samples.chart(kind)) for kind in ("bar", "histogram", "line")],
        "empty_chart": samples.empty_chart(),
        "map": samples.county(725, 400) if many else samples.county(),
        "list": listing,
        "files": samples.sent_files(),
    }
    return render(request, "commons/styleguide.html", context)


def _listing(request: HttpRequest) -> Listing:
    return Listing(
        request,
        samples.schools(),
        table=SampleTable,
        filters=SampleFilters,
        title=_("Schools"),
        export=False,
    )


class SampleList(ListPage):
    """The sample list on a page of its own, as rooms have them."""

    table = SampleTable
    filters = SampleFilters
    title = _("Schools")
    pretitle = _("Styleguide")
    can_export: ClassVar[bool] = False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        _only_for_builders(request)
        return super().get(request, *args, **kwargs)

    def rows(self) -> samples.SampleRows:
        return samples.schools()


def phone(request: HttpRequest) -> HttpResponse:
    """The phone-first page with a step of a form, as families see it."""
    _only_for_builders(request)
    context = {
        "steps": [
            gettext("The child"),
            gettext("Home and school"),
            gettext("Guardian and promise"),
        ],
        "form": SampleForm(request.GET or None),
    }
    return render(request, "commons/styleguide_phone.html", context)


def error(request: HttpRequest, status: int) -> HttpResponse:
    """The error pages, to look at."""
    _only_for_builders(request)
    pages: dict[int, Callable[[HttpRequest], HttpResponse]] = {
        400: errors.bad_request,
        403: errors.forbidden,
        404: errors.not_found,
        419: errors.forged,
        500: errors.failed,
    }
    if status not in pages:
        raise Http404
    return pages[status](request)

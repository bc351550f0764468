"""Where does my address belong? A page for everybody, without an account and without a script.

What was typed stands in no address and no log, and is kept nowhere. The form sends no cookie and
has no token: an answer says nothing of a person, and nothing changes.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from junheng.commons.maps import Area, Circle, MapData
from junheng.commons.web.kept import kept
from junheng.places.facade import Place
from junheng.registry.facade import find_zones
from junheng.registry.models import LEVELS
from junheng.registry.selectors import where as selectors
from junheng.registry.selectors.belonging import LONGEST
from junheng.registry.web.where_words import doubt_in_words, reasons_in_words

BAD = 422
BEFORE_SEPTEMBER = 9


class WhereForm(forms.Form):
    """A line of an address, or a village, or a point on the map."""

    level = forms.ChoiceField(
        label=gettext_lazy("Level"), choices=LEVELS, initial="primary", widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("Street and house number, or estate and building, or the village."),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    village = forms.ChoiceField(
        label=gettext_lazy("Or choose the village or community"), required=False
    )
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-89, max_value=89, widget=forms.HiddenInput)

    def __init__(self, *args: Any, county: Place, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["village"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [("", "—"), *selectors.villages_of(county, on)]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        point = (values.get("lon"), values.get("lat"))
        if not self.errors and not values["text"] and not values["village"] and None in point:
            raise forms.ValidationError(_("Write the address, or choose the village or community."))
        return values


def the_day(today: date) -> date:
    """The day whose zones are asked for: the next 1 September until it has come, then today."""
    return date(today.year, 9, 1) if today.month < BEFORE_SEPTEMBER else today


@require_safe
def counties(request: HttpRequest) -> HttpResponse:
    """The counties to choose from; where there is one only, its page."""
    rows = selectors.counties_with_zones(the_day(timezone.localdate()))
    if len(rows) == 1:
        return HttpResponseRedirect(reverse("where:page", args=[rows[0].code]))
    return HttpResponse(render_to_string("registry/where_counties.html", {"rows": rows}, request))


@csrf_exempt
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The form, and the answer to it."""
    if request.method == "POST":
        return _answer(request, code)
    return _form(request, code=code)


@kept(selectors.version_of)
def _form(request: HttpRequest, code: str) -> HttpResponse:
    county, day = _county(code), the_day(timezone.localdate())
    return HttpResponse(_shown(request, county, WhereForm(county=county, on=day), day))


def _answer(request: HttpRequest, code: str) -> HttpResponse:
    county, day = _county(code), the_day(timezone.localdate())
    form = WhereForm(request.POST, county=county, on=day)
    if not form.is_valid():
        return _unkept(HttpResponse(_shown(request, county, form, day), status=BAD))
    asked = form.cleaned_data
    place = Place.objects.get(code=asked["village"]) if asked["village"] else county
    found = find_zones(
        place,
        asked["level"],
        on=day,
        text=asked["text"],
        lon=asked["lon"] if asked["lat"] is not None else None,
        lat=asked["lat"] if asked["lon"] is not None else None,
    )
    answer = {
        "found": found,
        "level": dict(LEVELS)[asked["level"]],
        "zones": [(row.zone, _schools(row.zone), reasons_in_words(row)) for row in found.zones],
        "doubts": [doubt_in_words(doubt) for doubt in found.doubts],
    }
    return _unkept(HttpResponse(_shown(request, county, form, day, answer)))


def _schools(zone: Any) -> list[str]:
    return list(zone.school_names)


def _county(code: str) -> Place:
    county = selectors.county_of(code)
    if county is None:
        raise Http404
    return county


def _shown(
    request: HttpRequest,
    county: Place,
    form: WhereForm,
    day: date,
    answer: dict[str, Any] | None = None,
) -> str:
    level = form["level"].value()
    context = {
        "county": county,
        "form": form,
        "day": day,
        "answer": answer,
        "map_level": level if level in dict(LEVELS) else "primary",
        "has_map": selectors.may_show_map(),
    }
    return render_to_string("registry/where.html", context, request)


def _unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
@kept(selectors.version_of_map)
def whole_map(request: HttpRequest, code: str, level: str) -> HttpResponse:
    """The map of a level, for the page to put beside its form."""
    county, day = _county(code), the_day(timezone.localdate())
    areas = [
        Area(outline, name=name, label=name) for name, outline in selectors.townships_in(county)
    ]
    areas += [Area(area, kind="zone") for area in selectors.areas_of(county, level, day)]
    circles = [
        Circle(id=s.code, name=s.name, lon=s.lon, lat=s.lat, size=s.seats, share=None)
        for s in selectors.schools_in(county, level, day)
        if s.lon is not None and s.lat is not None
    ]
    drawn = MapData(areas=areas, circles=circles, size_label=_("Seats"))
    return HttpResponse(render_to_string("registry/where_map.html", {"map": drawn}, request))

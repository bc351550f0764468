"""Villages with their households, books and ledgers as on any day, and the card of a household."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffMixin, StaffRequest, staff_required
from junheng.aid.access import (
    in_charge,
    may_approve,
    may_authorise,
    may_keep,
    may_propose,
    place_kept,
)
from junheng.aid.models import HouseholdStatus, WorkClass
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.aid.selectors.authorisations import signed_by
from junheng.aid.selectors.cards import card_of, household_seen
from junheng.aid.selectors.checks import visits_to
from junheng.aid.selectors.helps import registers_waiting
from junheng.aid.selectors.households import Size, VillageCounts, entries_on, villages_on
from junheng.aid.selectors.merges import merge_of
from junheng.aid.selectors.reviews import code_names
from junheng.aid.services.household_members import may_change_people
from junheng.aid.web.filters import ChosenFilter
from junheng.aid.web.household_words import day_on, place_seen
from junheng.commons.filters import ListFilters, SearchFilter
from junheng.commons.masks import mask_name
from junheng.commons.tables import DateColumn, ListTable, NumberColumn
from junheng.commons.web.lists import ListPage, Rows
from junheng.places.facade import Level, Place


def figures(size: Size) -> str:
    """Households and people, the way a ledger has them."""
    if size == Size():
        return "—"
    return f"{size.households:,} / {size.people:,}"


class VillageTable(ListTable):
    """Villages with their figures: households / people."""

    village = tables.Column(pgettext_lazy("household", "Village"), accessor="village__name")
    township = tables.Column(gettext_lazy("Township"))
    poor = NumberColumn(verbose_name=gettext_lazy("Registered poor"))
    able = NumberColumn(verbose_name=gettext_lazy("Class A"))
    not_able = NumberColumn(verbose_name=gettext_lazy("Class B"))
    monitored = NumberColumn(verbose_name=gettext_lazy("Monitored"), empty_values=())
    subsistence = NumberColumn(verbose_name=gettext_lazy("Subsistence"), empty_values=())
    destitute = NumberColumn(verbose_name=gettext_lazy("Destitute"), empty_values=())
    target = NumberColumn(verbose_name=gettext_lazy("Left poverty / target"), empty_values=())
    permille = NumberColumn(verbose_name=gettext_lazy("Poverty rate"), empty_values=())

    def render_village(self, record: VillageCounts) -> str:
        return format_html('<a href="{}">{}</a>', self._book(record), record.village.name)

    def value_village(self, record: VillageCounts) -> str:
        return record.village.name

    def _book(self, record: VillageCounts) -> str:
        asked = self.request.GET.get("on", "")
        page = reverse("aid:household_book", args=[record.village.code])
        return f"{page}?on={asked}" if asked else page

    def render_poor(self, value: Size) -> str:
        return figures(value)

    render_able = render_not_able = render_poor

    def _other(self, record: VillageCounts, kind: str) -> str:
        return figures(record.others.get(kind, Size()))

    def render_monitored(self, record: VillageCounts) -> str:
        return self._other(record, "monitored")

    def render_subsistence(self, record: VillageCounts) -> str:
        return self._other(record, "subsistence")

    def render_destitute(self, record: VillageCounts) -> str:
        return self._other(record, "destitute")

    def render_target(self, record: VillageCounts) -> str:
        return f"{record.left:,} / {'—' if record.target is None else f'{record.target:,}'}"

    def render_permille(self, record: VillageCounts) -> str:
        if record.permille is None:
            return "—"
        return f"{record.permille / 10:.1f} %"


class Villages(StaffMixin, ListPage):
    """The villages of somebody's scope, as they are on a day."""

    roles = SEES_HOUSEHOLDS
    table = VillageTable
    title = gettext_lazy("Households")
    pretitle = gettext_lazy("Aid")
    empty = gettext_lazy("Households come with a register of before, or from the villages.")
    template_name: ClassVar[str] = "aid/villages.html"
    request: StaffRequest

    def rows(self) -> Rows:
        self.counts = villages_on(self.request.user, day_on(self.request))
        return self.counts

    def context(self) -> dict[str, Any]:
        user = self.request.user
        return {
            "day": day_on(self.request),
            "total": _total(self.counts),
            "townships": _townships(self.counts),
            "keeps": place_kept(user),
            "signs": may_approve(user),
            "codes": in_charge(user),
            "waiting": list(registers_waiting(user)),
            "proposes": may_propose(user),
        }


def _total(counts: list[VillageCounts]) -> dict[str, Any]:
    """The figures of all villages together, and where a target or the rate is missed."""
    told = [one for one in counts if one.target is not None]
    return {
        "poor": _sum([one.poor for one in counts]),
        "able": _sum([one.able for one in counts]),
        "not_able": _sum([one.not_able for one in counts]),
        "left": sum(one.left for one in told),
        "target": sum(one.target or 0 for one in told),
        "above": sum(one.below is False for one in counts),
        "rated": sum(one.below is not None for one in counts),
    }


def _sum(sizes: list[Size]) -> Size:
    return Size(sum(one.households for one in sizes), sum(one.people for one in sizes))


def _townships(counts: list[VillageCounts]) -> list[Place]:
    found = {one.village.parent.pk: one.village.parent for one in counts if one.village.parent}
    return sorted(found.values(), key=lambda place: place.code)


class EntryTable(ListTable):
    """Entries of a book: heads in masks."""

    number = tables.Column(gettext_lazy("Household number"), accessor="household__number")
    village = tables.Column(pgettext_lazy("household", "Village"), accessor="lay_name")
    head = tables.Column(pgettext_lazy("household", "Head"), empty_values=())
    people = NumberColumn(verbose_name=gettext_lazy("People"))
    kind = tables.Column(pgettext_lazy("household", "Status"))
    category = tables.Column(gettext_lazy("Category"))
    work_class = tables.Column(pgettext_lazy("household", "Class"))
    cause = tables.Column(gettext_lazy("Cause of poverty"))
    begun = tables.Column(gettext_lazy("Began as"))
    valid_from = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("From"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = code_names()

    def render_number(self, record: HouseholdStatus) -> str:
        url = reverse("aid:household", args=[record.household.number])
        return format_html('<a href="{}">{}</a>', url, record.household.number)

    def value_number(self, record: HouseholdStatus) -> str:
        return record.household.number

    def render_head(self, record: Any) -> str:
        heads = record.household.heads
        return mask_name(str(heads[0].name or "")) if heads else "—"

    def render_kind(self, value: str) -> str:
        return self.names.get(("status", value), value)

    def render_category(self, value: str) -> str:
        return self.names.get(("category", value), value)

    def render_cause(self, value: str) -> str:
        return self.names.get(("cause", value), value)


def _statuses(_request: HttpRequest) -> list[tuple[str, str]]:
    return [(code, name) for (_list, code), name in code_names(["status"]).items()]


def _causes(_request: HttpRequest) -> list[tuple[str, str]]:
    return [(code, name) for (_list, code), name in code_names(["cause"]).items()]


class EntryFilters(ListFilters):
    """Search a number, narrow by status, class and cause."""

    q = SearchFilter(field_name="household__number", label=gettext_lazy("Search a number"))
    kind = ChosenFilter(_statuses, label=pgettext_lazy("household", "Status"))
    work_class = django_filters.ChoiceFilter(
        choices=WorkClass.choices, label=pgettext_lazy("household", "Class")
    )
    cause = ChosenFilter(_causes, label=gettext_lazy("Cause of poverty"))


class Book(StaffMixin, ListPage):
    """The book of a village, the ledger of a township or county, as on a day."""

    roles = SEES_HOUSEHOLDS
    table = EntryTable
    filters = EntryFilters
    empty = gettext_lazy("No household has a status here on this day.")
    template_name: ClassVar[str] = "aid/book.html"
    request: StaffRequest

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self._look_at(kwargs["code"])
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self._look_at(kwargs["code"])
        return super().post(request, *args, **kwargs)

    def _look_at(self, code: str) -> None:
        self.place = place_seen(self.request.user, code)
        self.title = book_title(self.place)  # type: ignore[misc]  # each place has its own

    def rows(self) -> Rows:
        return entries_on(self.request.user, day_on(self.request), self.place.path)

    def context(self) -> dict[str, Any]:
        merge = merge_of(self.place)
        open_village = self.place.level == Level.VILLAGE and merge is None
        return {
            "place": self.place,
            "merge": merge,
            "undoes": merge is not None and may_keep(self.request.user, self.place.path),
            "day": day_on(self.request),
            "sets_target": open_village and may_keep(self.request.user, self.place.path),
            "proposes": open_village and may_propose(self.request.user, self.place.path),
        }


def book_title(place: Place) -> str:
    """What the list of a place is called."""
    if place.level == Level.VILLAGE:
        return _("Household book of %(place)s") % {"place": place.name}
    return _("Household ledger of %(place)s") % {"place": place.name}


@require_safe
@staff_required(*SEES_HOUSEHOLDS)
def household(request: StaffRequest, number: str) -> HttpResponse:
    """The card of a household: who, what it is said to be, what is done for it; in masks."""
    home = household_seen(request.user, number)
    day: date = day_on(request)
    context = {
        "home": home,
        "day": day,
        "card": card_of(home, day),
        "proposes": may_propose(request.user, home.village.path),
        "changes_people": may_change_people(request.user, home),
        "authorises": may_authorise(request.user, home.village.path),
        "signed": signed_by(home, timezone.localdate()),
        "visits": visits_to(home),
    }
    return TemplateResponse(request, "aid/household.html", context)

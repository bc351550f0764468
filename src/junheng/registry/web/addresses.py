"""Address ranges: the list, by street and number."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.accounts.facade import StaffMixin, StaffRequest
from junheng.commons.filters import SearchFilter, SwitchFilter
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable
from junheng.commons.web.lists import ListPage, Rows
from junheng.registry.access import READERS, place_kept
from junheng.registry.engine.addresses import LARGEST
from junheng.registry.models import LEVELS, AddressRange, Counted, Parity
from junheng.registry.models.addresses import AddressRangeQuerySet
from junheng.registry.web.filters import RegistryFilters
from junheng.registry.web.words import LEVEL_TONES


class AddressTable(ListTable):
    """Ranges by street, then by number."""

    street = tables.Column(gettext_lazy("Street or estate"), accessor="street", orderable=True)
    numbers = tables.Column(gettext_lazy("Numbers"), accessor="first")
    parity = tables.Column(pgettext_lazy("house numbers", "Side"), accessor="parity")
    zone = tables.Column(gettext_lazy("Zone"), accessor="zone_code")
    level = BadgeColumn(tones=LEVEL_TONES, labels=dict(LEVELS), verbose_name=gettext_lazy("Level"))
    place = tables.Column(gettext_lazy("Place"), accessor="place__name")
    valid_from = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Valid from"))
    valid_to = DateColumn(format="Y-m-d", verbose_name=gettext_lazy("Ended on"))

    @cached_property
    def below(self) -> str:
        """Where the pages of zones lie."""
        return reverse("registry:zones")

    def render_numbers(self, record: AddressRange) -> str:
        last = "…" if record.last == LARGEST else record.last
        counted = "" if record.counted == Counted.DOOR else f" {Counted(record.counted).label}"
        return f"{record.first}\u2013{last}{counted}"

    def render_parity(self, record: AddressRange) -> str:
        return str(Parity(record.parity).label)

    def render_zone(self, record: AddressRange) -> str:
        return format_html('<a href="{}{}/">{}</a>', self.below, record.zone_code, record.zone_code)

    def value_zone(self, record: AddressRange) -> str:
        return record.zone_code


class AddressFilters(RegistryFilters):
    """Search a street, narrow by level and zone; ended ranges on demand."""

    q = SearchFilter(label=gettext_lazy("Search a street"), field_name="street")
    level = django_filters.ChoiceFilter(choices=LEVELS, label=gettext_lazy("Level"))
    zone = django_filters.CharFilter(label=gettext_lazy("Zone code"), field_name="zone_code")
    ended = SwitchFilter(
        method="with_ended", label=gettext_lazy("Also those that ended"), field_name="pk"
    )

    def with_ended(
        self,
        rows: AddressRangeQuerySet,
        _name: str,
        _value: bool,  # noqa: FBT001 -- django-filter's signature
    ) -> AddressRangeQuerySet:
        return rows

    @property
    def qs(self) -> Any:
        rows = super().qs
        wanted = self.form.is_bound and self.form.is_valid() and self.form.cleaned_data["ended"]
        return rows if wanted else rows.current()


class AddressList(StaffMixin, ListPage):
    """The house numbers that belong to zones, of the streets in somebody's scope."""

    roles = READERS
    table = AddressTable
    filters = AddressFilters
    title = gettext_lazy("Address ranges")
    pretitle = gettext_lazy("Register")
    empty = gettext_lazy("Ranges come with an import of the county's streets.")
    template_name: ClassVar[str] = "registry/addresses.html"
    request: StaffRequest

    def rows(self) -> Rows:
        rows = AddressRange.objects.for_user(self.request.user).select_related("place")
        ordered: Rows = rows.defer("place__outline").order_by("street", "first", "pk")
        return ordered

    def context(self) -> dict[str, Any]:
        return {"keeps": place_kept(self.request.user)}

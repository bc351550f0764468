"""Lists: deliveries of all registers, and what was wrong with services from when to when."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import StaffMixin, StaffRequest
from junheng.commons.filters import ListFilters, SwitchFilter
from junheng.commons.tables import (
    BadgeColumn,
    DateColumn,
    ListTable,
    MomentColumn,
    NumberColumn,
)
from junheng.commons.web.lists import ListPage, Rows
from junheng.evidence.models import READERS, Delivery, Register, ServiceTrouble

TROUBLE_TONES = {"wrong_person": "danger", "down": "danger", "slow": "warning"}


class ConnectionColumn(tables.Column):  # type: ignore[misc]  # django-tables2 has no types
    """The connection, as the way to its page."""

    def render(self, record: Any) -> str:
        found = record.connection
        return format_html('<a href="{}">{}</a>', found.get_absolute_url(), found.name)

    def value(self, record: Any) -> str:
        return str(record.connection.name)


class DeliveryTable(ListTable):
    """Deliveries, the newest day first."""

    as_of = DateColumn(format="Y-m-d", verbose_name=_("True on"))
    connection = ConnectionColumn(verbose_name=_("Connection"))
    register = tables.Column(
        pgettext_lazy("of a department", "Register"), accessor="connection__register"
    )
    rows_brought = NumberColumn(verbose_name=_("Rows"), accessor="rows")
    loaded_at = MomentColumn(verbose_name=_("Loaded"))
    by = tables.Column(_("Brought by"), accessor="batch__by__name")
    undone_at = MomentColumn(verbose_name=_("Taken back"))

    class Meta:
        model = Delivery
        order_by = ("-as_of",)
        fields: ClassVar[tuple[str, ...]] = ()


class DeliveryFilters(ListFilters):
    """By register."""

    register = django_filters.ChoiceFilter(
        field_name="connection__register",
        choices=Register.choices,
        label=pgettext_lazy("of a department", "Register"),
    )


class DeliveryList(StaffMixin, ListPage):
    """Every table that was delivered."""

    roles = READERS
    table = DeliveryTable
    filters = DeliveryFilters
    title = _("Deliveries")
    pretitle = _("Registers")
    empty = _("No department has delivered a table yet.")
    request: StaffRequest

    def rows(self) -> Rows:
        seen = Delivery.objects.for_user(self.request.user)
        return seen.select_related("connection", "batch__by").order_by("-as_of", "-loaded_at")


class TroubleTable(ListTable):
    """Troubles, the latest first."""

    connection = ConnectionColumn(verbose_name=_("Connection"))
    kind = BadgeColumn(tones=TROUBLE_TONES, verbose_name=_("What was wrong"))
    since = MomentColumn(verbose_name=pgettext_lazy("moment", "From"))
    until = MomentColumn(verbose_name=pgettext_lazy("moment", "Until"), default=_("still so"))
    times = NumberColumn(verbose_name=_("Requests"))
    detail = tables.Column(_("What was seen"))

    class Meta:
        model = ServiceTrouble
        order_by = ("-since",)
        fields: ClassVar[tuple[str, ...]] = ()


class TroubleFilters(ListFilters):
    """By what was wrong, and only what still is."""

    kind = django_filters.ChoiceFilter(
        choices=ServiceTrouble.Kind.choices, label=_("What was wrong")
    )
    open = SwitchFilter(field_name="until", lookup_expr="isnull", label=_("Only what still is so"))


class TroubleList(StaffMixin, ListPage):
    """Which service was wrong in which way, from when to when."""

    roles = READERS
    table = TroubleTable
    filters = TroubleFilters
    title = _("Troubles of services")
    pretitle = _("Registers")
    empty = _("No service has failed so far.")
    request: StaffRequest

    def rows(self) -> Rows:
        seen = ServiceTrouble.objects.for_user(self.request.user).select_related("connection")
        rows: Rows = seen.order_by("-since", "-pk")
        return rows

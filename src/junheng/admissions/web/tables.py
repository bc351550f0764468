"""Columns that several lists of children share."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html

from junheng.admissions.models import Placement
from junheng.admissions.web.words import short_ticket
from junheng.commons.tables import BadgeColumn, ListTable

HOW_TONES = {
    "choice": "success",
    "zone": "info",
    "diverted": "warning",
    "offered": "warning",
    "moved": "warning",
    "unplaced": "danger",
}


class ChildrenTable(ListTable):
    """A list of children of one run; its export writes what is stored."""

    @cached_property
    def children_url(self) -> str:
        """Where the run's children are; asking for each child's address is most of the work."""
        return reverse("admissions:children", args=[self.request.resolver_match.kwargs["ref"]])

    def render_code(self, record: Placement) -> str:
        return format_html('<a href="{}{}/">{}</a>', self.children_url, record.pk, record.code)

    def value_code(self, value: str) -> str:
        return value

    def value_list_rank(self, value: int) -> int:
        return value

    def value_tier(self, value: int) -> int:
        return value

    def value_distance_m(self, value: int) -> int:
        return value


class HowColumn(BadgeColumn):
    """How a child came to its seat."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(labels=dict(Placement.How.choices), **kwargs)


class TicketColumn(tables.Column):  # type: ignore[misc]  # django-tables2 has no types
    """The beginning of a ticket on the page, all of it in an export."""

    def render(self, value: str) -> str:
        return format_html('<span title="{}" class="number">{}</span>', value, short_ticket(value))

    def value(self, value: str) -> str:
        return value

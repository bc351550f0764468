"""Lists of quota seats: plans, the computation of shares, and who sits where."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.admissions.models import QuotaPlacement, QuotaPlan, QuotaShare
from junheng.commons.filters import ListFilters
from junheng.commons.tables import BadgeColumn, ListTable, NumberColumn

FATE_TONES = {
    "own": "success",
    "others": "info",
    "none": "plain",
    "not_entitled": "warning",
    "undecided": "danger",
}
WHY = {
    "seated": gettext_lazy("seat"),
    "below_line": gettext_lazy("below the lowest score"),
    "no_quota": gettext_lazy("the school has no seat there"),
    "full": gettext_lazy("seats went to higher scores"),
    "not_reached": gettext_lazy("not needed"),
}


def claim_in_words(row: QuotaShare) -> str:
    """The exact claim of a school, to be done again by hand."""
    return f"{row.quota} × {row.pupils} ÷ {row.total}"


def remainder_in_words(row: QuotaShare) -> str:
    """The remainder as a fraction and, to read it faster, in thousandths."""
    return f"{row.rest}/{row.total} ≈ {row.rest / row.total:.3f}"


def _points(value: Decimal) -> str:
    """Points without the zeros that only the column has."""
    return f"{value.normalize():f}"


class PlanTable(ListTable):
    """Plans of quota seats, newest first."""

    year = tables.Column(orderable=True)
    place = tables.Column()
    permille = tables.Column(gettext_lazy("Share"))
    unfilled = tables.Column()
    basis = tables.Column()

    class Meta:
        model = QuotaPlan
        fields = ("year", "place", "permille", "unfilled", "basis")

    def render_year(self, record: QuotaPlan) -> str:
        url = reverse("admissions:quota", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, _("Quota seats %s") % record.year)

    def value_year(self, value: int) -> int:
        return value

    def render_permille(self, record: QuotaPlan) -> str:
        return f"{record.percent} %"


class ShareTable(ListTable):
    """The computation, row by row."""

    senior_name = tables.Column()
    name = tables.Column()
    pupils = NumberColumn()
    claim = NumberColumn(verbose_name=gettext_lazy("Claim"), empty_values=(), accessor="quota")
    whole = NumberColumn()
    rest = NumberColumn()
    rank = NumberColumn()
    extra = NumberColumn()
    seats = NumberColumn(verbose_name=gettext_lazy("Seats of the school"))

    class Meta:
        model = QuotaShare
        order_by = ("senior_code", "code")
        fields = ("senior_name", "name", "pupils", "whole", "rest", "rank", "extra", "seats")
        sequence = (
            *("senior_name", "name", "pupils", "claim", "whole", "rest", "rank", "extra"),
            "seats",
        )

    def render_claim(self, record: QuotaShare) -> str:
        return claim_in_words(record)

    def render_rest(self, record: QuotaShare) -> str:
        return remainder_in_words(record)

    def render_extra(self, value: int) -> str:
        return f"+{value}" if value else "—"

    def value_extra(self, value: int) -> int:
        return value


class PlacementTable(ListTable):
    """Pupils who wanted quota seats, and what each choice came to."""

    number = tables.Column(orderable=True)
    school_name = tables.Column()
    score = NumberColumn(default=gettext_lazy("missing"))
    tie = NumberColumn()
    fate = BadgeColumn(tones=FATE_TONES)
    senior_name = tables.Column()
    reasons = tables.Column(gettext_lazy("Choices and reasons"))

    class Meta:
        model = QuotaPlacement
        order_by = ("number",)
        fields = ("number", "school_name", "score", "tie", "fate", "senior_name", "reasons")

    def __init__(self, *args: Any, seniors: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seniors = seniors or {}

    def render_score(self, value: Decimal) -> str:
        return _points(value)

    def render_tie(self, value: Decimal) -> str:
        return _points(value)

    def render_reasons(self, record: QuotaPlacement) -> str:
        pairs = zip(record.choices, record.reasons, strict=False)  # nobody looked: no reasons
        return _("; ").join(f"{self.seniors.get(code, code)}: {WHY[why]}" for code, why in pairs)


class ShareFilters(ListFilters):
    """By school."""

    senior_code = django_filters.ChoiceFilter(label=gettext_lazy("Senior secondary school"))
    name = django_filters.CharFilter(lookup_expr="icontains", label=gettext_lazy("School"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seniors = self.queryset.order_by("senior_code").values_list("senior_code", "senior_name")
        pairs = list(seniors.distinct())
        words = _("%(what)s: all") % {"what": self.form.fields["senior_code"].label}
        self.form.fields["senior_code"].choices = pairs
        self.form.fields["senior_code"].widget.choices = [("", words), *pairs]


class PlacementFilters(ListFilters):
    """By number, school and result."""

    number = django_filters.CharFilter(
        lookup_expr="exact", label=gettext_lazy("Examination number")
    )
    school_code = django_filters.CharFilter(lookup_expr="exact", label=gettext_lazy("School code"))
    fate = django_filters.ChoiceFilter(
        choices=QuotaPlacement.Fate.choices, label=gettext_lazy("Result")
    )

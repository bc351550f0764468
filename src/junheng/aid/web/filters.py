"""Filters of aid's lists whose choices depend on who reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Left, Length
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.accounts.facade import scope_q
from junheng.aid.models.entitlements import SEES
from junheng.aid.selectors.audit import NOWHERE
from junheng.places.facade import Level, Organisation, Place

Choices = list[tuple[str, str]]


def policies(request: HttpRequest) -> Choices:
    """The policies to choose from: of those in charge only, since others read plain names."""
    titles: dict[str, str] = getattr(request, "policy_titles", {})
    return sorted(titles.items(), key=lambda item: item[1])


def schools(request: HttpRequest) -> Choices:
    """The schools that somebody sees, by code."""
    rows = Organisation.objects.filter(scope_q(request.user, "path", SEES))
    teaching = rows.filter(pupils__isnull=False).distinct()
    known = teaching.order_by("code").values_list("code", "name")
    return [*known, (NOWHERE, _("No school"))]


def townships(request: HttpRequest) -> Choices:
    """The townships that somebody sees, by code."""
    rows = Place.objects.filter(scope_q(request.user, "path", SEES), level=Level.TOWNSHIP)
    return [*rows.order_by("code").values_list("code", "name"), (NOWHERE, _("No township"))]


class ChosenFilter(django_filters.ChoiceFilter):  # type: ignore[misc]  # no types
    """A choice among what the reader may see."""

    def __init__(self, given: Callable[[HttpRequest], Choices], **kwargs: Any) -> None:
        self.given = given
        super().__init__(**kwargs)

    @property
    def field(self) -> Any:
        if not hasattr(self, "_field"):
            request = getattr(self.parent, "request", None)
            self.extra["choices"] = self.given(request) if request else []
        return super().field


class SchoolFilter(ChosenFilter):
    """Rows of a school, or of none."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value == NOWHERE:
            return qs.filter(organisation=None)
        return qs.filter(organisation__code=value) if value else qs


class TownshipFilter(ChosenFilter):
    """Rows whose path lies in a township, or in none."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value == NOWHERE:
            paths = Place.objects.filter(level=Level.TOWNSHIP).values("path")
            inside = paths.filter(path=Left(OuterRef("path"), Length("path")))
            return qs.exclude(Exists(inside))
        place = Place.objects.filter(code=value).first() if value else None
        return qs.filter(path__startswith=place.path) if place else qs


def policy_filter() -> ChosenFilter:
    """By policy, of which the rows have the code."""
    return ChosenFilter(policies, field_name="policy", label=pgettext_lazy("aid", "Policy"))


def school_filter() -> ChosenFilter:
    """By school of the row."""
    return SchoolFilter(schools, label=gettext_lazy("School"))


def township_filter() -> TownshipFilter:
    """By township of the row."""
    return TownshipFilter(townships, field_name="path", label=gettext_lazy("Township"))

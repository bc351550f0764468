"""Filters that several lists of the registry share."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from junheng.commons.filters import ListFilters
from junheng.places.facade import Place
from junheng.registry.models import LEVELS
from junheng.registry.selectors.schools import school_names_of, townships_of


def townships(request: HttpRequest | None) -> list[tuple[str, str]]:
    """The townships to choose from, by code."""
    if request is None or not request.user.is_authenticated:
        return []
    return [(place.code, place.name) for place in townships_of(request.user)]


def schools(request: HttpRequest | None) -> list[tuple[str, str]]:
    """The schools to choose from, by code."""
    if request is None or not request.user.is_authenticated:
        return []
    return school_names_of(request.user)


class TownshipFilter(django_filters.ChoiceFilter):  # type: ignore[misc]  # no types
    """Rows whose school or place lies in a township; `path` leads to it."""

    def __init__(self, *, path: str = "organisation__path", **kwargs: Any) -> None:
        self.path = path
        kwargs.setdefault("label", gettext_lazy("Township"))
        super().__init__(**kwargs)

    @property
    def field(self) -> Any:
        self.extra["choices"] = townships(getattr(self.parent, "request", None))
        return super().field

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        place = Place.objects.get(code=value)
        return qs.filter(**{f"{self.path}__startswith": place.path}).distinct()


class SchoolFilter(django_filters.ChoiceFilter):  # type: ignore[misc]  # no types
    """Rows of one school of those that somebody sees; `path` leads to its code."""

    def __init__(self, *, path: str = "organisation__code", **kwargs: Any) -> None:
        super().__init__(field_name=path, label=gettext_lazy("School"), **kwargs)

    @property
    def field(self) -> Any:
        if not hasattr(self, "_field"):
            self.extra["choices"] = schools(getattr(self.parent, "request", None))
        return super().field


class LevelFilter(django_filters.ChoiceFilter):  # type: ignore[misc]  # no types
    """Primary or lower secondary, for querysets that know `of_level`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=gettext_lazy("Level"), choices=LEVELS, **kwargs)

    def filter(self, qs: Any, value: str) -> Any:
        return qs.of_level(value) if value else qs


class RegistryFilters(ListFilters):
    """Base of the registry's filters."""

"""Filters of the administrators' and auditors' lists."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.accounts.access.tracking import tracked_kinds
from junheng.accounts.models import Outcome
from junheng.commons.filters import ListFilters, SearchFilter, SwitchFilter
from junheng.places.facade import Level, OrganisationKind, Role, current_on

Rows = QuerySet[Any]


class _Words(ListFilters):
    """A search box over several fields; `searched` names them."""

    searched: tuple[str, ...] = ()
    q = SearchFilter(method="by_words", label=gettext_lazy("Search"))

    def by_words(self, rows: Rows, _name: str, words: str) -> Rows:
        wanted = Q()
        for field in self.searched:
            wanted |= Q(**{f"{field}__icontains": words})
        return rows.filter(wanted)


class _Days(ListFilters):
    """From one day to another, both included; `moment` names the field."""

    moment = "at"
    since = django_filters.DateFilter(
        method="from_day",
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = django_filters.DateFilter(
        method="to_day", label=gettext_lazy("To"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def from_day(self, rows: Rows, _name: str, day: date) -> Rows:
        return rows.filter(**{f"{self.moment}__gte": _midnight(day)})

    def to_day(self, rows: Rows, _name: str, day: date) -> Rows:
        return rows.filter(**{f"{self.moment}__lt": _midnight(day + timedelta(days=1))})


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class PeopleFilters(_Words):
    """By words, role, and what is still missing."""

    searched = ("username", "name", "home__name")
    role = django_filters.ChoiceFilter(
        method="holding", choices=Role.choices, label=gettext_lazy("Role")
    )
    unsafe = SwitchFilter(
        field_name="has_second_factor",
        exclude=True,
        label=gettext_lazy("Only without a second factor"),
    )
    closed = SwitchFilter(
        field_name="is_active", exclude=True, label=gettext_lazy("Only closed accounts")
    )

    def holding(self, rows: Rows, _name: str, role: str) -> Rows:
        held = current_on(prefix="appointments__")
        return rows.filter(held, appointments__post__role=role).distinct()


class PostFilters(_Words):
    """By words, role, vacancy."""

    searched = ("title", "organisation__name")
    role = django_filters.ChoiceFilter(choices=Role.choices, label=gettext_lazy("Role"))
    vacant = SwitchFilter(method="only_vacant", label=gettext_lazy("Only vacant"))

    def only_vacant(self, rows: Rows, _name: str, wanted: bool) -> Rows:  # noqa: FBT001  # django-filter's signature
        held = rows.filter(current_on(prefix="appointments__"), appointments__isnull=False)
        return rows.exclude(pk__in=held.values("pk")) if wanted else rows


class AppointmentFilters(_Words):
    """By words, role, and whether it holds."""

    searched = ("user__username", "user__name", "post__title", "post__organisation__name")
    role = django_filters.ChoiceFilter(
        field_name="post__role", choices=Role.choices, label=gettext_lazy("Role")
    )
    today = SwitchFilter(method="only_today", label=gettext_lazy("Only those that hold today"))

    def only_today(self, rows: Rows, _name: str, wanted: bool) -> Rows:  # noqa: FBT001  # django-filter's signature
        return rows.filter(current_on()) if wanted else rows


class OrganisationFilters(_Words):
    """By words, kind, and whether it exists today."""

    searched = ("code", "name")
    kind = django_filters.ChoiceFilter(choices=OrganisationKind.choices, label=gettext_lazy("Kind"))
    today = SwitchFilter(method="only_today", label=gettext_lazy("Without those that ended"))

    def only_today(self, rows: Rows, _name: str, wanted: bool) -> Rows:  # noqa: FBT001  # django-filter's signature
        return rows.filter(current_on()) if wanted else rows


class PlaceFilters(_Words):
    """By words and level: both look through everything below, not only one step."""

    searched = ("code", "name")
    level = django_filters.ChoiceFilter(
        choices=Level.choices, label=pgettext_lazy("place", "Level")
    )
    today = SwitchFilter(method="only_today", label=gettext_lazy("Without those that ended"))

    def only_today(self, rows: Rows, _name: str, wanted: bool) -> Rows:  # noqa: FBT001  # django-filter's signature
        return rows.filter(current_on()) if wanted else rows


class SignInFilters(_Words, _Days):
    """By words, outcome, days."""

    searched = ("username", "user__name")
    address = SearchFilter(
        field_name="address", lookup_expr="startswith", label=pgettext_lazy("network", "Address")
    )
    outcome = django_filters.ChoiceFilter(choices=Outcome.choices, label=gettext_lazy("Outcome"))


class AttemptFilters(_Words, _Days):
    """By words, days."""

    searched = ("by__username", "by__name", "deed", "matter")


class ReadingFilters(_Words, _Days):
    """By words, kind and number of what was read, days."""

    searched = ("reader__username", "reader__name", "reason")
    key = SearchFilter(
        field_name="key", lookup_expr="exact", label=pgettext_lazy("record", "Number")
    )


def kinds() -> list[tuple[str, str]]:
    """The histories to choose from."""
    return [(kind, tracked.label) for kind, tracked in tracked_kinds().items()]


class ChangeFilters(_Days):
    """Which history, whose changes, which row, days."""

    moment = "pgh_created_at"
    kind = django_filters.ChoiceFilter(
        method="is_chosen", choices=kinds, label=gettext_lazy("Kind"), empty_label=None
    )
    username = SearchFilter(
        field_name="who_username", lookup_expr="exact", label=gettext_lazy("Username")
    )
    number = django_filters.NumberFilter(
        field_name="pgh_obj_id", label=pgettext_lazy("record", "Number")
    )

    def is_chosen(self, rows: Rows, _name: str, _kind: str) -> Rows:
        """The page has taken the rows of this history already."""
        return rows

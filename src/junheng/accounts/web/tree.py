"""The tree of places and the organisations in it. They live here since scope does."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.access.administration import may_keep_organisation
from junheng.accounts.access.gates import StaffMixin, StaffRequest, staff_required
from junheng.accounts.access.scopes import STAFF_ROLES, holds
from junheng.accounts.selectors import homes_for, organisations_for, places_for, roots_of
from junheng.accounts.web.filters import OrganisationFilters, PlaceFilters
from junheng.accounts.web.forms import ChangedOrganisation, NewOrganisation
from junheng.accounts.web.tables import OrganisationTable, PlaceTable
from junheng.commons.web.lists import ListPage, Rows
from junheng.places.facade import (
    Organisation,
    Place,
    Role,
    change_organisation,
    current_on,
    open_organisation,
)

FAR = ("q", "level")
"""Whoever looks for something looks through everything below."""


class PlaceList(StaffMixin, ListPage):
    """The places of somebody's part: one step down, or everything below that is looked for."""

    roles = STAFF_ROLES
    table = PlaceTable
    filters = PlaceFilters
    title = gettext_lazy("Places")
    empty = gettext_lazy("No place inside")
    template_name = "accounts/places.html"

    @cached_property
    def here(self) -> Place | None:
        """The place that was opened; None at the top of somebody's part."""
        code = self.kwargs.get("code")
        return get_object_or_404(places_for(self.request.user), code=code) if code else None

    def rows(self) -> Rows:
        seen = places_for(self.request.user)
        if any(self.request.GET.get(name) for name in FAR):
            found = seen.filter(path__startswith=self.here.path) if self.here else seen
            return with_counts(found)
        if self.here:
            return with_counts(seen.filter(parent=self.here))
        return with_counts(seen.filter(path__in=roots_of(self.request.user)))

    def context(self) -> dict[str, Any]:
        if self.here is None:
            return {}
        sited = organisations_for(self.request.user).filter(current_on(), place=self.here)
        return {"here": self.here, "above": self._above(self.here), "sited": sited[:50]}

    def _above(self, here: Place) -> list[Place]:
        """The way down to here, as far as somebody sees it."""
        codes = here.path.strip("/").split("/")[:-1]
        return list(places_for(self.request.user).filter(code__in=codes).order_by("path"))


def with_counts(places: QuerySet[Place]) -> QuerySet[Place]:
    """Each with how many places and organisations lie directly in it today."""

    def count(model: type[Place] | type[Organisation], within: str) -> Coalesce:
        inside = model.objects.filter(current_on(), **{within: OuterRef("pk")}).order_by()
        return Coalesce(Subquery(inside.values(within).annotate(n=Count("pk")).values("n")), 0)

    return places.annotate(inside=count(Place, "parent"), sited=count(Organisation, "place"))


class OrganisationList(StaffMixin, ListPage):
    """The organisations of somebody's part."""

    roles = STAFF_ROLES
    table = OrganisationTable
    filters = OrganisationFilters
    title = gettext_lazy("Organisations")
    empty = gettext_lazy("No organisation yet")
    template_name = "accounts/organisations.html"

    def rows(self) -> Rows:
        return organisations_for(self.request.user)

    def context(self) -> dict[str, Any]:
        return {"may_open": holds(self.request.user, Role.SYSTEM_ADMIN)}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.SYSTEM_ADMIN)
def new_organisation(request: StaffRequest) -> HttpResponse:
    """Add a bureau, office or agency."""
    form = NewOrganisation(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        made = open_organisation(**form.cleaned_data)
        messages.success(request, gettext("%(name)s is there now.") % {"name": made.name})
        return HttpResponseRedirect(reverse("places:organisations"))
    return _form(request, form, gettext("New organisation"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.SYSTEM_ADMIN)
def change(request: StaffRequest, code: str) -> HttpResponse:
    """Rename an organisation, or end it."""
    organisation = get_object_or_404(homes_for(request.user, ended=True), code=code)
    if not may_keep_organisation(request.user, organisation):
        raise Http404
    form = ChangedOrganisation(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        change_organisation(organisation, **form.cleaned_data)
        messages.success(request, gettext("Changed."))
        return HttpResponseRedirect(reverse("places:organisations"))
    return _form(request, form, organisation.name)


def _form(request: StaffRequest, form: Any, title: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": reverse("places:organisations")}
    return render(request, "accounts/form.html", context)

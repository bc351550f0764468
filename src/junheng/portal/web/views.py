"""The front door: what this is for the public, the workbench for staff."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from junheng.accounts.facade import STAFF_ROLES, StaffRequest, staff_required
from junheng.commons import demo
from junheng.commons.navigation import links_for, public_ways
from junheng.commons.widgets import cards_for


def home(request: HttpRequest) -> HttpResponse:
    """The public page; staff who are signed in go straight to their workbench."""
    if getattr(request.user, "is_employee", False):
        return HttpResponseRedirect(reverse("portal:workbench"))
    context = {"demo_accounts": demo.accounts(), "ways": public_ways()}
    return render(request, "portal/home.html", context)


@staff_required(*STAFF_ROLES)
def workbench(request: StaffRequest) -> HttpResponse:
    """What waits for this person, and the ways to their work."""
    here = reverse("portal:workbench")
    ways = [link for link in links_for(request) if link.url != here]
    context = {"cards": cards_for(request), "ways": ways}
    return render(request, "portal/workbench.html", context)

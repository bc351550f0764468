"""Posts and appointments: the desks, and who sat at them since when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.access.gates import StaffMixin, StaffRequest, staff_required
from junheng.accounts.access.scopes import ADMINISTRATORS, holds
from junheng.accounts.selectors import appointments_for, posts_for
from junheng.accounts.services import people
from junheng.accounts.web.filters import AppointmentFilters, PostFilters
from junheng.accounts.web.forms import NewPost
from junheng.accounts.web.tables import AppointmentTable, PostTable
from junheng.commons.web.lists import ListPage, Rows
from junheng.places.facade import Role


class PostList(StaffMixin, ListPage):
    """Posts in an administrator's part."""

    roles = ADMINISTRATORS
    table = PostTable
    filters = PostFilters
    title = gettext_lazy("Posts")
    pretitle = gettext_lazy("Administration")
    empty = gettext_lazy("No post yet")
    template_name = "accounts/posts.html"

    def rows(self) -> Rows:
        return posts_for(self.request.user)

    def context(self) -> dict[str, Any]:
        return {"may_open": holds(self.request.user, Role.SYSTEM_ADMIN)}


class AppointmentList(StaffMixin, ListPage):
    """Appointments in an administrator's part, past ones too."""

    roles = ADMINISTRATORS
    table = AppointmentTable
    filters = AppointmentFilters
    title = gettext_lazy("Appointments")
    pretitle = gettext_lazy("Administration")
    empty = gettext_lazy("Nobody was appointed yet")

    def rows(self) -> Rows:
        return appointments_for(self.request.user).order_by("-id")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(Role.SYSTEM_ADMIN)
def new_post(request: StaffRequest) -> HttpResponse:
    """Add a post to an organisation."""
    form = NewPost(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            people.open_post(by=request.user, **form.cleaned_data)
        except people.NoSuchRole as refusal:
            form.add_error("role", str(refusal))
        except people.AlreadyThere as refusal:
            form.add_error("title", str(refusal))
        else:
            messages.success(
                request, gettext("The post is open. The security administrator appoints to it.")
            )
            return HttpResponseRedirect(reverse("accounts:posts"))
    context = {"form": form, "title": gettext("New post"), "back": reverse("accounts:posts")}
    return render(request, "accounts/form.html", context)

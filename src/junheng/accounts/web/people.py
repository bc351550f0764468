"""People: the list, the page of one, and what the administrators do there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from junheng.accounts.access import administration as may
from junheng.accounts.access.gates import StaffMixin, StaffRequest, staff_required
from junheng.accounts.access.scopes import ADMINISTRATORS, holds
from junheng.accounts.models import Appointment, User
from junheng.accounts.selectors import appointments_for, last_sign_in, people_for
from junheng.accounts.services import people
from junheng.accounts.web.filters import PeopleFilters
from junheng.accounts.web.forms import NewAppointment, NewPerson, Reason
from junheng.accounts.web.tables import PeopleTable
from junheng.commons.history import history_of
from junheng.commons.refusals import Refusal
from junheng.commons.web.lists import ListPage, Rows
from junheng.places.facade import Role

form_page = require_http_methods(["GET", "HEAD", "POST"])


class PeopleList(StaffMixin, ListPage):
    """Accounts of staff in an administrator's part."""

    roles = ADMINISTRATORS
    table = PeopleTable
    filters = PeopleFilters
    title = gettext_lazy("People")
    pretitle = gettext_lazy("Administration")
    empty = gettext_lazy("No account yet")
    template_name = "accounts/people.html"

    def rows(self) -> Rows:
        return people_for(self.request.user)

    def context(self) -> dict[str, Any]:
        return {"may_open": holds(self.request.user, Role.SYSTEM_ADMIN)}


@require_safe
@staff_required(*ADMINISTRATORS)
def person(request: StaffRequest, pk: int) -> HttpResponse:
    """Who somebody is, which posts they held, and what may be done about their account."""
    somebody = _somebody(request, pk)
    actor = request.user
    held = appointments_for(actor).filter(user=somebody).order_by("-id")
    context = {
        "somebody": somebody,
        "last": last_sign_in(somebody),
        "appointments": [_appointment_row(actor, row) for row in held],
        "history": history_of(somebody)[:20],
        "may_manage": may.may_manage_account(actor, somebody),
        "may_clear": may.may_clear_second_factor(actor, somebody),
    }
    return render(request, "accounts/person.html", context)


def _appointment_row(actor: User, appointment: Appointment) -> dict[str, Any]:
    open_ended = appointment.valid_to is None or appointment.valid_to > timezone.localdate()
    return {
        "appointment": appointment,
        "may_end": open_ended and may.may_end(actor, appointment),
    }


@form_page
@never_cache
@staff_required(Role.SYSTEM_ADMIN)
def new_person(request: StaffRequest) -> HttpResponse:
    """Open an account and hand out its first password."""
    form = NewPerson(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made, password = people.open_account(by=request.user, **form.cleaned_data)
        except people.NameTaken as refusal:
            form.add_error("username", str(refusal))
        else:
            return _slip(request, made, password)
    return _form(request, form, gettext("New account"), reverse("accounts:people"))


@form_page
@never_cache
@staff_required(Role.SYSTEM_ADMIN)
def new_password(request: StaffRequest, pk: int) -> HttpResponse:
    """Hand out a new password."""
    somebody = _if(may.may_manage_account, request, pk)
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = people.give_new_password(by=request.user, user=somebody, **form.cleaned_data)
        return _slip(request, somebody, password)
    words = gettext("A new password, good for one use; the old one and all sessions end.")
    return _form(request, form, gettext("New password"), _page(somebody), words, somebody)


@form_page
@staff_required(Role.SYSTEM_ADMIN)
def close(request: StaffRequest, pk: int) -> HttpResponse:
    """Close an account."""
    words = gettext("The person is signed out and cannot sign in until the account is opened.")
    somebody = _if(may.may_manage_account, request, pk)
    return _act(request, somebody, people.close_account, gettext("Close the account"), words)


@form_page
@staff_required(Role.SYSTEM_ADMIN)
def reopen(request: StaffRequest, pk: int) -> HttpResponse:
    """Open a closed account."""
    words = gettext("Password and second factor are as they were.")
    somebody = _if(may.may_manage_account, request, pk)
    return _act(request, somebody, people.reopen_account, gettext("Open the account"), words)


@form_page
@staff_required(Role.SECURITY_ADMIN)
def clear_second_factor(request: StaffRequest, pk: int) -> HttpResponse:
    """Forget a lost telephone."""
    words = gettext(
        "Make sure that it is the person who asks: the next one to sign in with the password sets"
        " up a new second factor."
    )
    somebody = _if(may.may_clear_second_factor, request, pk)
    return _act(
        request, somebody, people.clear_second_factor, gettext("Clear the second factor"), words
    )


@form_page
@staff_required(Role.SECURITY_ADMIN)
def appoint(request: StaffRequest, pk: int) -> HttpResponse:
    """Give somebody a post."""
    somebody = _if(may.may_clear_second_factor, request, pk)
    form = NewAppointment(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            people.appoint(by=request.user, user=somebody, **form.cleaned_data)
        except PermissionDenied:
            raise Http404 from None
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, gettext("Appointed."))
            return HttpResponseRedirect(_page(somebody))
    return _form(request, form, gettext("Appoint to a post"), _page(somebody), "", somebody)


@form_page
@staff_required(Role.SECURITY_ADMIN)
def end_appointment(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a post away."""
    appointment = get_object_or_404(appointments_for(request.user), pk=pk)
    if not may.may_end(request.user, appointment):
        raise Http404
    form = Reason(request.POST or None)
    back = _page(appointment.user)
    if request.method == "POST" and form.is_valid():
        people.end_appointment(by=request.user, appointment=appointment, **form.cleaned_data)
        messages.success(request, gettext("The appointment has ended."))
        return HttpResponseRedirect(back)
    words = gettext("From today on %(person)s no longer holds: %(post)s.") % {
        "person": appointment.user,
        "post": appointment.post,
    }
    return _form(request, form, gettext("End an appointment"), back, words, appointment.user)


# ------------------------------------------------------------------------ what they share


def _somebody(request: StaffRequest, pk: int) -> User:
    return get_object_or_404(people_for(request.user), pk=pk)


def _if(allowed: Callable[[User, User], bool], request: StaffRequest, pk: int) -> User:
    """The person, where the rule lets this administrator; for others the page does not exist."""
    somebody = _somebody(request, pk)
    if not allowed(request.user, somebody):
        raise Http404
    return somebody


def _page(somebody: User) -> str:
    return reverse("accounts:person", args=[somebody.pk])


def _act(
    request: StaffRequest, somebody: User, do: Callable[..., None], title: str, words: str
) -> HttpResponse:
    """Ask for the reason, do it, go back to the person."""
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        do(by=request.user, user=somebody, **form.cleaned_data)
        messages.success(request, gettext("Done: %(what)s.") % {"what": title})
        return HttpResponseRedirect(_page(somebody))
    return _form(request, form, title, _page(somebody), words, somebody)


def _form(
    request: HttpRequest,
    form: Form,
    title: str,
    back: str,
    words: str = "",
    somebody: User | None = None,
) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "words": words, "somebody": somebody}
    return render(request, "accounts/form.html", context)


def _slip(request: HttpRequest, somebody: User, password: str) -> HttpResponse:
    """The one page that shows a password; it is kept nowhere."""
    context = {"somebody": somebody, "password": password}
    response = render(request, "accounts/slip.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response

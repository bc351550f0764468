"""A family's own data: what is held, from where, who has read it, how long; and its rights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from junheng.accounts.models import User
from junheng.accounts.selectors import readings_of
from junheng.commons import brakes, personal
from junheng.commons.exports import as_file
from junheng.commons.models import DataRequest, PersonalField
from junheng.commons.personal import Held
from junheng.commons.refusals import Refusal
from junheng.commons.workbooks import workbook

Right = DataRequest.Right
WRITTEN = (Right.CORRECT, Right.WITHDRAW, Right.DELETE)
MOST_A_DAY = 20


class RightForm(forms.Form):
    """Which right, about what, in the family's own words."""

    right = forms.ChoiceField(
        label=gettext_lazy("What do you want?"), choices=[(r.value, r.label) for r in WRITTEN]
    )
    subject = forms.ChoiceField(label=gettext_lazy("Which record"))
    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )

    def __init__(self, *args: Any, held: list[Held], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["subject"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- declared above
        field.choices = [(one.subject, one.title) for one in held if one.path]


def family_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Families alone have data here; staff find no such page."""

    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if getattr(request.user, "is_employee", True):
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(gate)


@require_safe
@family_only
def my_data(request: HttpRequest) -> HttpResponse:
    """What is held, and the requests so far."""
    return _page(request, personal.held_for(_family(request)))


def _page(
    request: HttpRequest, held: list[Held], form: RightForm | None = None, status: int = 200
) -> HttpResponse:
    register = {row.key: row for row in PersonalField.objects.filter(valid_to=None)}
    readings = readings_of([(one.kind, one.key) for one in held])
    requests = DataRequest.objects.filter(family=_family(request)).order_by("-asked_at")
    context = {
        "held": [
            (one, _rows(one, register), readings.get((one.kind, one.key), [])) for one in held
        ],
        "requests": requests[:50],
        "form": form or RightForm(held=held) if any(one.path for one in held) else None,
    }
    return render(request, "accounts/my_data.html", context, status=status)


def _rows(one: Held, register: dict[str, PersonalField]) -> list[dict[str, str]]:
    return [
        {
            "label": label,
            "value": value,
            "purpose": personal.said(register[key].purpose) if key in register else "",
            "basis": personal.said(register[key].basis) if key in register else "",
            "source": personal.said(register[key].source) if key in register else "",
            "recipients": personal.said(register[key].recipients) if key in register else "",
        }
        for key, label, value in one.rows
    ]


@require_POST
@sensitive_post_parameters()
@family_only
def ask(request: HttpRequest) -> HttpResponse:
    """Use a right."""
    family = _family(request)
    held = personal.held_for(family)
    form = RightForm(request.POST, held=held)
    if not form.is_valid():
        return _page(request, held, form, 422)
    if not _may_ask(family):
        form.add_error(None, _("That is many requests in one day. Please go on tomorrow."))
        return _page(request, held, form, 429)
    record = next(one for one in held if one.subject == form.cleaned_data["subject"])
    try:
        personal.ask_right(
            family,
            form.cleaned_data["right"],
            subject=record.subject,
            path=record.path,
            words=form.cleaned_data["words"],
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, held, form, 422)
    messages.success(request, _("Your request is noted. You see the answer on this page."))
    return HttpResponseRedirect(reverse("accounts:my_data"))


@require_POST
@family_only
def copy(request: HttpRequest) -> HttpResponse:
    """Everything as a workbook; that it was taken is noted."""
    family = _family(request)
    if not _may_ask(family):
        return _page(request, personal.held_for(family), status=429)
    held = personal.held_for(family)
    personal.ask_right(family, Right.COPY, subject="", path=held[0].path if held else "")
    register = {row.key: row for row in PersonalField.objects.filter(valid_to=None)}
    rows = [
        (one.title, row["label"], row["value"], row["purpose"], row["source"])
        for one in held
        for row in _rows(one, register)
    ]
    columns = (_("Record"), _("What"), _("Value"), _("Purpose"), _("Source"))
    title = _("My family's data")
    return as_file(workbook(title, columns, rows, watermark=family.name), title)


def _may_ask(family: User) -> bool:
    within = timedelta(days=1)
    slot = brakes.take("accounts.rights", str(family.pk), most=MOST_A_DAY, within=within)
    return slot is not None


def _family(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 -- the gate asked for it
    return request.user

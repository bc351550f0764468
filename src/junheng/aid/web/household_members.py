"""Who belongs to a household: somebody more, somebody less, another head."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import Role, StaffRequest, staff_required
from junheng.aid.models import Household
from junheng.aid.selectors.cards import card_of, household_seen
from junheng.aid.services.household_members import join, leave, make_head, may_change_people
from junheng.aid.web.fund_forms import paper_field
from junheng.aid.web.household_forms import PersonForm, day_field, relations
from junheng.aid.web.household_words import day_on
from junheng.commons.refusals import Refusal
from junheng.commons.web.choices import choose_from

WRITERS = frozenset({Role.VILLAGE_OFFICER, Role.TOWNSHIP_OFFICER, Role.AID_OFFICER})


class OfAHousehold(forms.Form):
    """Something about one of the people of a household."""

    member = forms.ChoiceField(label=gettext_lazy("Who"))

    def __init__(self, *args: Any, people: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "member", people.items())


class JoinForm(PersonForm):
    """Somebody more."""

    since = day_field(gettext_lazy("Belongs to it from"))
    paper = paper_field()

    def __init__(self, *args: Any, people: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = self.fields["relation"].required = True


class LeaveForm(OfAHousehold):
    """Somebody less."""

    on = day_field(gettext_lazy("Does not belong to it any more from"))
    paper = paper_field()


class HeadForm(OfAHousehold):
    """Another head."""

    before = forms.ChoiceField(
        label=gettext_lazy("The head until now is to the new one"), choices=relations
    )
    paper = paper_field()


FORMS: dict[str, tuple[Any, type[Any]]] = {
    "join": (gettext_lazy("Somebody joins"), JoinForm),
    "leave": (gettext_lazy("Somebody leaves"), LeaveForm),
    "head": (gettext_lazy("Another head"), HeadForm),
}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*WRITERS)
def members(request: StaffRequest, number: str) -> HttpResponse:
    """Write down who belongs to a household from when on, on which paper."""
    home = household_seen(request.user, number)
    if not may_change_people(request.user, home):
        raise Http404
    card = card_of(home, day_on(request))
    people = {str(row.key): f"{row.name} · {row.relation}" for row in card.members}
    what = request.POST.get("what", "")
    shown = {
        key: form(request.POST if key == what else None, prefix=key, people=people)
        for key, (_label, form) in FORMS.items()
    }
    if what in shown and shown[what].is_valid() and _written(request, home, what, shown[what]):
        return redirect("aid:household", number)
    context = {
        "home": home,
        "card": card,
        "forms": [(key, FORMS[key][0], form) for key, form in shown.items()],
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "aid/household_members.html", context, status=status)


def _written(request: StaffRequest, home: Household, what: str, form: Any) -> bool:
    given, by = form.cleaned_data, request.user
    paper = given["paper"]
    deeds: dict[str, Callable[[], object]] = {
        "join": lambda: join(home, form.person, since=given["since"], paper=paper, by=by),
        "leave": lambda: leave(_member(home, given), on=given["on"], paper=paper, by=by),
        "head": lambda: make_head(_member(home, given), before=given["before"], paper=paper, by=by),
    }
    try:
        deeds[what]()
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Written down."))
    return True


def _member(home: Household, given: dict[str, Any]) -> Any:
    return home.members.select_related("household__village").get(pk=given["member"])

"""The code lists of households: what holds since when; entries come and go by two people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import Role, StaffRequest, paths_of, staff_required
from junheng.aid.access import IN_CHARGE
from junheng.aid.models import CodeList, HouseholdCode
from junheng.aid.selectors.reviews import code_names
from junheng.aid.services import keeping_codes as services
from junheng.aid.services.declaring import waiting
from junheng.aid.services.keeping_codes import Entry
from junheng.aid.web.fund_forms import day_field, paper_field
from junheng.aid.web.setup import answer, asked, done, sent
from junheng.aid.web.setup_forms import EndForm
from junheng.commons.web.choices import choose_from

FORMS = ["GET", "HEAD", "POST"]


class EntryForm(forms.Form):
    """A new entry of a list."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=24,
        help_text=gettext_lazy("Lower-case letters, digits and underscores; it never changes."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Belongs to"),
        required=False,
        help_text=gettext_lazy("The status, for a category or a criterion."),
    )
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=100)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=100)
    since = day_field(pgettext_lazy("household", "Holds from"))
    basis = paper_field()

    def __init__(self, *args: Any, which: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.which = which
        names = code_names([CodeList.STATUS])
        choose_from(self, "kind", [
            ("", "—"), *((code, name) for (_list, code), name in names.items()),
        ])  # fmt: skip
        if which not in services.OF_A_STATUS:
            del self.fields["kind"]

    @property
    def entry(self) -> Entry:
        """What a sound form says."""
        given = self.cleaned_data
        since = given["since"].isoformat()
        return Entry(**{"kind": ""} | given | {"list": self.which, "since": since})


def _kept(request: StaffRequest) -> str:
    """The path of the county for which somebody keeps the lists; "" for nobody's."""
    paths = paths_of(request.user, frozenset({Role.AID_OFFICER}))
    if request.method == "POST" and not paths:
        raise Http404
    return paths[0] if paths else ""


@require_http_methods(FORMS)
@staff_required(*IN_CHARGE)
def codes(request: StaffRequest) -> HttpResponse:
    """One of the lists with all its entries, also ended ones, and the form for one more."""
    path, which = _kept(request), request.GET.get("list", "")
    which = which if which in CodeList.values else CodeList.CATEGORY
    form = EntryForm(sent(request), which=which)
    if request.method == "POST" and done(
        request,
        form,
        lambda _given: services.ask_to_begin(path, form.entry, by=request.user),
        asked(),
    ):
        return redirect(f"{request.path}?list={which}")
    names = code_names([CodeList.STATUS])
    rows = HouseholdCode.objects.filter(list=which).order_by("kind", "place_in_list", "valid_from")
    context = {
        "lists": CodeList.choices,
        "which": which,
        "rows": [(row, names.get((CodeList.STATUS, row.kind), row.kind)) for row in rows],
        "waiting": waiting(request.user, services.BEGIN, services.END),
        "form": form if path else None,
    }
    return answer(request, "aid/household_codes.html", context, form)


@require_http_methods(FORMS)
@staff_required(Role.AID_OFFICER)
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask that an entry does not hold any more from a day on."""
    row = get_object_or_404(HouseholdCode, pk=pk)
    path, form = _kept(request), EndForm(sent(request))

    def deed(given: dict[str, Any]) -> None:
        services.ask_to_end(path, row, given["day"], given["paper"], by=request.user)

    if request.method == "POST" and done(request, form, deed, asked()):
        return redirect("aid:household_codes")
    return answer(request, "aid/household_code_end.html", {"row": row, "form": form}, form)

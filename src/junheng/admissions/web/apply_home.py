"""The page of an application about the home: where it is, and what the family can show."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.admissions.engine.statement import Proof
from junheng.admissions.services.homes import village_of, villages_named
from junheng.admissions.web.apply_forms import LONG, SHORT, PageForm, Schools, text
from junheng.commons.web.choices import choose_from


class HomeForm(PageForm):
    """Where the family lives, and what it can show."""

    title = gettext_lazy("Your home")
    village = text(gettext_lazy("Village or community"), length=LONG, list="villages")
    place = forms.ChoiceField(
        label=gettext_lazy("Which of these?"), required=False, widget=forms.RadioSelect
    )
    address = text(gettext_lazy("Street and number, building and door"), length=LONG * 2)
    household = forms.BooleanField(
        label=gettext_lazy("Our child is in the household register at this address"), required=False
    )
    house = forms.BooleanField(label=gettext_lazy("We own this home"), required=False)
    certificate = text(gettext_lazy("Number of the property certificate"), needed=False)
    owner = text(gettext_lazy("Owner, if it is not the guardian"), length=SHORT * 2, needed=False)
    residence = forms.BooleanField(
        label=gettext_lazy("A guardian has a residence permit here"), required=False
    )
    permit = text(gettext_lazy("Number of the residence permit"), needed=False)
    work = forms.BooleanField(
        label=gettext_lazy("A guardian works or has a business here"), required=False
    )
    work_number = text(
        gettext_lazy("Number of the social insurance or the business licence"), needed=False
    )
    lottery = forms.BooleanField(
        required=False,
        help_text=gettext_lazy(
            "Lots decide there and nothing else. It costs nothing: a child that does not win keeps"
            " its whole claim to the schools of its zone."
        ),
    )

    hangs_on: ClassVar = {
        "certificate": "house",
        "owner": "house",
        "permit": "residence",
        "work_number": "work",
    }
    NEEDED: ClassVar = ("certificate", "permit", "work_number")

    def __init__(self, *args: Any, lotteries: Schools = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lottery"].label = _("We also name a school open by lottery: %s") % _(
            ", "
        ).join(name for _code, name in lotteries)
        if not lotteries:
            del self.fields["lottery"]
        self._offer(str(self.data.get(self.add_prefix("village"), "")) if self.is_bound else "")

    def _offer(self, typed: str) -> None:
        chosen = self.data.get(self.add_prefix("place"), "") if self.is_bound else ""
        self.known = villages_named(self.path, typed) if typed else []
        rows = [(one.code, f"{one.township} {one.name}") for one in self.known]
        if len(self.known) < 2 and not chosen:
            del self.fields["place"]
            return
        choose_from(self, "place", rows)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._place(data)
        for number in self.NEEDED:
            if data.get(self.hangs_on[number]) and not data.get(number):
                self.add_error(number, _("Please fill this in, or take the tick away above."))
        return data

    def _place(self, data: dict[str, Any]) -> None:
        if not data.get("village"):
            return
        if len(self.known) == 1:
            data["place"] = self.known[0].code
        elif not self.known:
            self.add_error(
                "village",
                _(
                    "No village or community of this name lies in the county. Compare it with the"
                    " household register, or ask at the counter."
                ),
            )
        elif not data.get("place"):
            self.add_error("place", _("Several may be meant. Please choose one."))

    def answers(self) -> dict[str, Any]:
        data = self.cleaned_data
        claims = [proof.value for proof in Proof if data[proof.value]]
        kept = ("place", "address", "certificate", "owner", "permit", "work_number")
        known = (one for one in self.known if one.code == data["place"])
        village = next(known, None) or village_of(self.path, data["place"])
        named = f"{village.township}{village.name}" if village else ""
        lottery = {"lottery": True} if data.get("lottery") else {}
        return {
            "claims": claims,
            "village": named,
            **lottery,
            **{name: data[name] for name in kept},
        }

    def typed(self, kept: dict[str, Any]) -> dict[str, Any]:
        """What was typed, from what is kept."""
        village = village_of(self.path, kept.get("place", ""))
        ticks = dict.fromkeys(kept.get("claims", ()), True)
        return {**kept, **ticks, "village": village.name if village else ""}

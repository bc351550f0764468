"""What an officer lays down for a round, turned into values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.admissions.engine.types import Method, Mode, Silence, Unranked
from junheng.admissions.files.identifiers import is_identifier
from junheng.admissions.models import Round
from junheng.admissions.models.plans import CAP
from junheng.admissions.selectors.rounds import LEVELS
from junheng.admissions.services.making import Announced
from junheng.places.facade import Place

ORDERS = {
    "tier,sibling,ticket": gettext_lazy("tier → older child at the school → ticket"),
    "sibling,tier,ticket": gettext_lazy("older child at the school → tier → ticket"),
    "tier,ticket": gettext_lazy("tier → ticket"),
    "sibling,ticket": gettext_lazy("older child at the school → ticket"),
    "ticket": gettext_lazy("ticket only"),
}
METHODS = {
    Method.HMAC.value: gettext_lazy("a ticket for each child from the seed"),
    Method.RING.value: gettext_lazy("ring with an interval"),
}
MODES = {
    Mode.ZONE.value: gettext_lazy("are diverted to the nearest free seats"),
    Mode.OPEN.value: gettext_lazy("rank the schools that are offered to them"),
    Mode.GRADE.value: gettext_lazy("go with their school's whole entering grade"),
    Mode.NONE.value: gettext_lazy("stay without"),
}
SILENCES = {
    Silence.NEAREST.value: gettext_lazy("the nearest schools first"),
    Silence.LAST.value: gettext_lazy("the nearest schools, after everybody who answered"),
    Silence.DECLINE.value: gettext_lazy("no seat is wanted"),
}
UNRANKED = {
    Unranked.NEAREST.value: gettext_lazy("follow by distance"),
    Unranked.DECLINE.value: gettext_lazy("are not wanted"),
}
NEW_MODES = (Mode.OPEN.value, Mode.GRADE.value)


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, required=False)


class AnnouncedForm(forms.Form):
    """Text and ages."""

    policy = forms.CharField(
        label=gettext_lazy("Text of the rules"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Families read it on the public page from the opening on."),
    )
    born_from = _day(gettext_lazy("Born from"))
    born_by = _day(gettext_lazy("Born by"))

    @staticmethod
    def said_by(the_round: Round) -> dict[str, Any]:
        """What a round says now."""
        names = ("policy", "born_from", "born_by")
        return {name: getattr(the_round, name) for name in names}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("born_from"), values.get("born_by")
        if first and not last:
            self.add_error("born_by", _("Say also by when."))
        if first and last and last < first:
            self.add_error("born_by", _("This day lies before the first one."))
        return values

    def announced(self) -> Announced:
        """What was filled in."""
        values = self.cleaned_data
        return Announced(values["policy"].strip(), values["born_from"], values["born_by"])


class RulesForm(AnnouncedForm):
    """The rules that the program reads, besides."""

    class_cap = forms.IntegerField(
        label=gettext_lazy("Class cap"), min_value=1, max_value=CAP, initial=CAP
    )
    priority = forms.ChoiceField(
        label=gettext_lazy("Schools order children by"), choices=list(ORDERS.items())
    )
    choices_only = forms.BooleanField(
        label=gettext_lazy("Only schools that a family asked for count, not those of its zone"),
        required=False,
    )
    method = forms.ChoiceField(label=gettext_lazy("Lottery"), choices=list(METHODS.items()))
    mode = forms.ChoiceField(
        label=gettext_lazy("Children without a seat by list"), choices=list(MODES.items())
    )
    max_distance_m = forms.IntegerField(
        label=gettext_lazy("At most so far, metres"), required=False, min_value=1, max_value=10**6
    )
    silence = forms.ChoiceField(
        label=gettext_lazy("If a family does not answer an offer"),
        choices=list(SILENCES.items()),
        help_text=gettext_lazy("Counts only where families rank offered schools."),
    )
    unranked = forms.ChoiceField(
        label=gettext_lazy("Offered schools that a family left out"),
        choices=list(UNRANKED.items()),
        help_text=gettext_lazy("Counts only where families rank offered schools."),
    )

    @classmethod
    def ruled_by(cls, the_round: Round) -> dict[str, Any]:
        """What a round says now, rules included."""
        rules = {k: v for k, v in the_round.rules.items() if k in cls.base_fields}
        order = ",".join(rules.get("priority", ()))
        return {**rules, "priority": order, **cls.said_by(the_round)}

    def sections(self) -> dict[str, dict[str, object]]:
        """The rules as `round.toml` has them."""
        values = self.cleaned_data
        mode = values["mode"]
        head = {
            "class_cap": values["class_cap"],
            "priority": values["priority"].split(","),
            "choices_only": values["choices_only"],
            "version": 2 if mode in NEW_MODES else 1,
        }
        diversion = {"mode": mode}
        if mode != Mode.NONE.value and values["max_distance_m"]:
            diversion["max_distance_m"] = values["max_distance_m"]
        if mode == Mode.OPEN.value:
            diversion |= {name: values[name] for name in ("silence", "unranked")}
        return {"round": head, "lottery": {"method": values["method"]}, "diversion": diversion}


class _Reference(forms.CharField):
    """What a round is called in addresses and files."""

    def clean(self, value: Any) -> str:
        ref: str = super().clean(value)
        if not is_identifier(ref):
            raise forms.ValidationError(_("Write a short name, such as 2026-g1."))
        return ref


def reference() -> forms.CharField:
    """The field for what a round is called."""
    return _Reference(
        label=gettext_lazy("Reference"),
        max_length=64,
        help_text=gettext_lazy("A short name without spaces, such as 2026-g1; files carry it too."),
    )


class MakeForm(RulesForm):
    """A whole round."""

    place: forms.ModelChoiceField[Place] = forms.ModelChoiceField(
        Place.objects.none(), label=gettext_lazy("County")
    )
    ref = reference()
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2100)
    level = forms.ChoiceField(label=gettext_lazy("Level"), choices=list(LEVELS.items()))

    field_order = ("place", "ref", "year", "level", "policy", "born_from", "born_by")

    def __init__(self, *args: Any, places: list[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["place"]
        choice.queryset = Place.objects.filter(pk__in=[place.pk for place in places])
        if len(places) == 1:
            choice.initial = places[0]
            choice.widget = forms.HiddenInput()
        self.fields["born_by"].help_text = _(
            "Left empty, both: those who turn six by 31 August, for primary school."
        )

    def sections(self) -> dict[str, dict[str, object]]:
        written = super().sections()
        named = {name: self.cleaned_data[name] for name in ("ref", "year", "level")}
        return {**written, "round": {**written["round"], **named}}

"""What is typed about terms, lists and schools."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.aid.models.told import IN_FULL, OF_A_SCHOOL
from junheng.aid.sentences.facts import NAMES
from junheng.aid.web.fund_forms import day_field, paper_field
from junheng.commons.web.choices import choose_from
from junheng.places.facade import Place

UNTIL = gettext_lazy("The first day on which it does not hold any more; blank while it lasts.")


class OfACounty(forms.Form):
    """Something of a county; which one is asked only of those who keep several."""

    place = forms.ChoiceField(label=gettext_lazy("County"))

    def __init__(self, *args: Any, counties: list[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counties = {place.code: place for place in counties}
        if len(counties) < 2:
            del self.fields["place"]
        else:
            choices = [(place.code, place.name) for place in counties]
            choose_from(self, "place", choices)

    def county(self) -> Place:
        """The county that was chosen, or the only one."""
        only = next(iter(self.counties.values()))
        return self.counties.get(self.cleaned_data.get("place", ""), only)


class TermForm(OfACounty):
    """A term to be opened."""

    code = forms.CharField(
        label=gettext_lazy("Term"),
        max_length=12,
        help_text=gettext_lazy("School year and first or second term, such as 2026-2027-1."),
    )
    starts_on = day_field(pgettext_lazy("term", "First day"))
    ends_on = day_field(gettext_lazy("Last day"))


class ListForm(OfACounty):
    """A list that is told in full."""

    fact = forms.ChoiceField(
        label=gettext_lazy("List"), choices=[(name, NAMES[name]) for name in IN_FULL]
    )
    since = day_field(gettext_lazy("Told in full from"))
    until = day_field(gettext_lazy("Holds no more from"), required=False, help_text=UNTIL)
    paper = paper_field()


class TraitForm(OfACounty):
    """What a school is."""

    school = forms.CharField(label=gettext_lazy("Code of the school"), max_length=64)
    fact = forms.ChoiceField(
        label=gettext_lazy("Trait"), choices=[(name, NAMES[name]) for name in OF_A_SCHOOL]
    )
    since = day_field(gettext_lazy("Holds from"))
    until = day_field(gettext_lazy("Holds no more from"), required=False, help_text=UNTIL)
    paper = paper_field()


class EndForm(forms.Form):
    """From when on something does not hold any more."""

    day = day_field(gettext_lazy("Holds no more from"))
    paper = paper_field()

"""Fields about a child who is to come into the register, and about whoever answers for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from junheng.accounts.facade import Role, User, scope_q
from junheng.kernel.codes import table
from junheng.kernel.mobile import NotMobile, mobile
from junheng.kernel.resident_id import NotResidentId, ResidentId
from junheng.places.facade import Organisation
from junheng.registry.access import RECORD_KEEPERS
from junheng.registry.engine.id_numbers import other_paper
from junheng.registry.models import School
from junheng.registry.selectors.arrivals import Answering, Child

DATE = forms.DateInput({"type": "date"}, "%Y-%m-%d")
OTHER_NUMBER = re.compile(r"[A-Z][A-Z0-9]{4,14}")
GRADES = [(str(number), str(number)) for number in range(1, 10)]


def codes(key: str, empty: str = "—") -> list[tuple[str, str]]:
    """The entries of a table of codes to choose from."""
    known, language = table(key), get_language() or "zh"
    return [("", empty), *((code, known.name(code, language)) for code in known.entries)]


def schools_of(user: User, roles: Iterable[Role] = RECORD_KEEPERS) -> Any:
    """The schools for which somebody holds one of these posts; by default, keeps the records."""
    teaching = School.objects.current(timezone.localdate()).values("organisation")
    mine = scope_q(user, "path", frozenset(roles))
    return Organisation.objects.filter(mine, pk__in=teaching).order_by("code")


class NumberField(forms.CharField):
    """A resident ID number: checked and normalised, never repaired."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput({"autocomplete": "off"}))
        super().__init__(max_length=24, required=False, **kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return ResidentId.parse(text).number if text else ""
        except NotResidentId as wrong:
            raise forms.ValidationError(wrong.said_in(_)) from None


class PaperField(NumberField):
    """A resident ID number, or that of a passport or travel permit, which begins with a letter."""

    def clean(self, value: Any) -> str:
        text = "".join(str(value or "").split()).upper()
        if not other_paper(text):
            return super().clean(value)
        if not OTHER_NUMBER.fullmatch(text):
            raise forms.ValidationError(
                _("A passport or travel permit has letters and digits only, five to fifteen.")
            )
        return text


class MobileField(forms.CharField):
    """A mobile number as people type it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput({"inputmode": "tel"}), **kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return mobile(text) if text else ""
        except NotMobile as wrong:
            raise forms.ValidationError(_(str(wrong))) from None


class ChildForm(forms.Form):
    """Who comes, and who answers for the child."""

    name = forms.CharField(label=gettext_lazy("Name in full"), max_length=50)
    resident_id = PaperField(
        label=gettext_lazy("Resident ID number"),
        help_text=gettext_lazy(
            "Birthday and sex are read from it. Where there is none, the number of the passport or "
            "travel permit. A child without any document is entered as well: leave this empty then."
        ),
    )
    born_on = forms.DateField(label=gettext_lazy("Birthday"), widget=DATE, required=False)
    sex = forms.ChoiceField(label=gettext_lazy("Sex"), required=False)
    ethnicity = forms.ChoiceField(label=gettext_lazy("Ethnicity"), required=False)
    national_number = forms.CharField(
        label=gettext_lazy("National pupil number"), max_length=30, required=False
    )
    household_number = forms.CharField(
        label=gettext_lazy("Household number"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("By it brothers and sisters are found."),
    )
    guardian_name = forms.CharField(label=gettext_lazy("Name of the guardian"), max_length=50)
    relation = forms.ChoiceField(label=gettext_lazy("Relation"), required=False)
    phone = MobileField(label=gettext_lazy("Mobile number of the guardian"))
    guardian_id = PaperField(label=gettext_lazy("Resident ID number of the guardian"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, key in (("sex", "sex"), ("ethnicity", "ethnicity"), ("relation", "relation")):
            chosen: Any = self.fields[field]
            chosen.choices = codes(key)

    def clean(self) -> dict[str, Any]:
        """Birthday and sex follow from the number; what was typed beside it has to agree."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        told = given.get("resident_id", "")
        if told and not other_paper(told):
            number = ResidentId(told)
            self._agrees("born_on", number.birth_date)
            self._agrees("sex", str(number.sex))
        elif "resident_id" in given:
            for name in ("born_on", "sex"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("Without an ID number this has to be told."))
        if given.get("born_on") and given["born_on"] > timezone.localdate():
            self.add_error("born_on", _("The day is yet to come."))
        return given

    def _agrees(self, name: str, said: object) -> None:
        typed = self.cleaned_data.get(name)
        if typed and typed != said:
            self.add_error(name, _("The ID number says otherwise. Compare both."))
        self.cleaned_data[name] = said

    def child(self) -> Child:
        """What was typed, as the service takes it."""
        given = self.cleaned_data
        return Child(
            name=given["name"].strip(),
            born_on=given["born_on"],
            sex=given["sex"],
            resident_id=given["resident_id"],
            ethnicity=given["ethnicity"],
            national_number=given["national_number"].strip().upper(),
            household_number=given["household_number"].strip(),
            guardian=Answering(
                name=given["guardian_name"].strip(),
                phone=given["phone"],
                relation=given["relation"],
                resident_id=given["guardian_id"],
            ),
        )

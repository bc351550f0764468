"""The pages of an application: few questions each, in the words of parents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.admissions.engine.statement import Document, Need
from junheng.admissions.web.apply_rows import rows_of
from junheng.admissions.web.apply_words import RELATIONS, SEXES
from junheng.admissions.web.public_words import by_lottery_in_words
from junheng.commons.lean import LeanRenderer
from junheng.commons.web.choices import choose_from
from junheng.kernel.mobile import NotMobile, mobile
from junheng.kernel.resident_id import NotResidentId, ResidentId

LONG, SHORT = 60, 20
BLANKS = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Characters that nobody sees and no name needs: control, direction, zero width."""


FIXED_LINE = re.compile(r"(?:0[0-9]{2,3}-?)?[2-9][0-9]{6,7}")
"""Area code and seven or eight digits: what a family without a mobile telephone may have."""

LOOKS: dict[type[Any], str] = {
    forms.Select: "form-select",
    forms.CheckboxInput: "form-check-input",
    forms.RadioSelect: "form-check-input",
}


class PlainField(forms.CharField):
    """Text of a line; characters that nobody sees are refused, not dropped."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if BLANKS.search(text):
            raise forms.ValidationError(_("This holds characters that cannot be seen. Type it."))
        return text


def text(label: Any, *, length: int = LONG, needed: bool = True, **attrs: str) -> PlainField:
    """A line of text."""
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return PlainField(label=label, max_length=length, required=needed, widget=widget)


class PageForm(forms.Form):
    """A page of the application; `path` is the county's."""

    title: ClassVar[Any] = ""
    default_renderer = LeanRenderer()
    hangs_on: ClassVar[Mapping[str, str]] = {}
    """Fields that are asked for only with a tick at another one, which stands before them."""

    def __init__(self, *args: Any, path: str = "", **kwargs: Any) -> None:
        self.path = path
        bare = {"label_suffix": "", "use_required_attribute": False}
        super().__init__(*args, **{**bare, **kwargs})
        for field in self.fields.values():
            look = LOOKS.get(type(field.widget), "form-control")
            field.widget.attrs.setdefault("class", look)

    @property
    def rows(self) -> SafeString:
        """Its fields with label, help and errors."""
        return rows_of(self, hangs_on=self.hangs_on)

    def answers(self) -> dict[str, Any]:
        """What is kept of the page."""
        return dict(self.cleaned_data)

    def typed(self, kept: dict[str, Any]) -> dict[str, Any]:
        """What was typed, from what is kept."""
        return dict(kept)

    def _resident_id(self, name: str, number: str) -> ResidentId | None:
        try:
            return ResidentId.parse(number)
        except NotResidentId as slip:
            self.add_error(name, slip.said_in(_))
        return None


DOCUMENTS = (
    (Document.RESIDENT_ID.value, gettext_lazy("Resident identity number")),
    (Document.OTHER.value, gettext_lazy("Passport or travel permit")),
    (Document.NONE.value, gettext_lazy("None yet")),
)


class ChildForm(PageForm):
    """Who the child is."""

    title = gettext_lazy("Your child")
    hangs_on: ClassVar = {"number": "document"}
    name = text(gettext_lazy("Child's name"), length=SHORT * 2)
    document = forms.ChoiceField(
        label=gettext_lazy("Document"), choices=DOCUMENTS, initial=Document.RESIDENT_ID.value
    )
    number = text(
        gettext_lazy("Number of the document"), length=30, needed=False, autocapitalize="characters"
    )
    born_on = forms.DateField(
        label=gettext_lazy("Born on"),
        required=False,
        help_text=gettext_lazy("Only where there is no resident identity number."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"),
        required=False,
        choices=(("", gettext_lazy("as in the number")), *SEXES.items()),
    )
    assessment = forms.BooleanField(
        label=gettext_lazy("Our child has a disability and needs a school that suits it"),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        document, number = data.get("document"), data.get("number") or ""
        if document == Document.RESIDENT_ID.value:
            self._read_number(data, number)
        else:
            self._need(data, "born_on")
            self._need(data, "sex")
            if document == Document.OTHER.value:
                self._need(data, "number")
        return data

    def _read_number(self, data: dict[str, Any], number: str) -> None:
        found = self._resident_id("number", number)
        if found is not None:
            data["number"] = found.number
            data["born_on"], data["sex"] = found.birth_date, found.sex.value

    def _need(self, data: dict[str, Any], name: str) -> None:
        if not data.get(name) and name not in self.errors:
            self.add_error(name, _("Please fill this in."))

    def answers(self) -> dict[str, Any]:
        data = self.cleaned_data
        needs = {
            Need.ASSESSMENT: data["assessment"],
            Need.ABROAD: data["document"] == Document.OTHER.value,
            Need.NO_RECORD: data["document"] == Document.NONE.value,
        }
        kept = {name: data[name] for name in ("name", "document", "number", "sex")}
        return {
            **kept,
            "born_on": data["born_on"].isoformat(),
            "needs": [need.value for need, has in needs.items() if has],
        }

    def typed(self, kept: dict[str, Any]) -> dict[str, Any]:
        """What was typed, from what is kept."""
        return {**kept, "assessment": Need.ASSESSMENT.value in kept.get("needs", ())}


class GuardianForm(PageForm):
    """Who answers for the child."""

    title = gettext_lazy("The guardian")
    name = text(gettext_lazy("Guardian's name"), length=SHORT * 2)
    relation = forms.ChoiceField(
        label=gettext_lazy("Relation to the child"), choices=[*RELATIONS.items()]
    )
    document = forms.ChoiceField(
        label=gettext_lazy("Document"),
        choices=DOCUMENTS[:2],
        initial=Document.RESIDENT_ID.value,
    )
    number = text(gettext_lazy("Number of the document"), length=30, autocapitalize="characters")
    phone = text(gettext_lazy("Mobile number"), length=SHORT, inputmode="tel")
    sibling = text(
        gettext_lazy("Older brother or sister who is a pupil (name)"),
        length=SHORT * 2,
        needed=False,
    )
    sibling_school = forms.ChoiceField(
        label=gettext_lazy("School of the brother or sister"), required=False
    )

    def __init__(
        self,
        *args: Any,
        schools: tuple[tuple[str, str], ...] = (),
        by_staff: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.by_staff = by_staff
        if by_staff:
            self.fields["phone"].label = _("Telephone")
            self.fields["phone"].required = False
            self.fields["phone"].help_text = _(
                "A fixed line will do. Leave it blank where the family has no telephone: the result"
                " is then looked up by the last four digits of the guardian's document."
            )
        rows = [("", _("none")), *schools]
        choose_from(self, "sibling_school", rows)

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"]
        if self.by_staff and (not typed or FIXED_LINE.fullmatch(typed)):
            return typed
        try:
            return mobile(typed)
        except NotMobile as slip:
            raise forms.ValidationError(_(str(slip))) from slip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("document") == Document.RESIDENT_ID.value and data.get("number"):
            found = self._resident_id("number", data["number"])
            if found is not None:
                data["number"] = found.number
        if bool(data.get("sibling")) != bool(data.get("sibling_school")):
            self.add_error("sibling_school", _("Please give both, name and school, or neither."))
        return data


Schools = tuple[tuple[str, str], ...]
"""Codes and names."""
MOST_LOTTERIES = 3
"""So many schools open by lottery can be wished for at once."""


class WishesForm(PageForm):
    """The zone's schools, and those open by lottery for who wants them; first wish first.

    A school of the zone that is left out follows behind, so that nobody loses it by naming others;
    where the zone has one school, that is nothing that would have to be kept as a wish.
    """

    title = gettext_lazy("Your wishes")

    def __init__(
        self,
        *args: Any,
        schools: Schools = (),
        lotteries: Schools = (),
        choices_only: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.lotteries, self.choices_only = schools, lotteries, choices_only
        named = [(code, _("%s (by lottery)") % name) for code, name in lotteries]
        nothing = [("", _("no further wish"))]
        for rank in range(1, len(schools) + min(len(lotteries), MOST_LOTTERIES) + 1):
            usual = rank <= len(schools)
            needed = usual and (rank == 1 or not lotteries)
            self.fields[f"wish_{rank}"] = forms.ChoiceField(
                label=_("Wish %d") % rank,
                choices=[*(() if needed else nothing), *schools, *named],
                initial=schools[rank - 1][0] if usual else "",
                required=needed,
                widget=forms.Select(attrs={"class": LOOKS[forms.Select]}),
            )

    @property
    def words(self) -> list[str]:
        """What the family has to know of schools open by lottery."""
        if not self.lotteries:
            return []
        return list(by_lottery_in_words([name for _code, name in self.lotteries]))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        named = [code for name in self.fields if (code := data.get(name))]
        if len(set(named)) < len(named):
            raise forms.ValidationError(_("Every school can be a wish once."))
        return data

    def answers(self) -> dict[str, Any]:
        named = [code for name in self.fields if (code := self.cleaned_data[name])]
        zone = [code for code, _name in self.zone]
        listed = [*named, *(code for code in zone if code not in named)]
        names = dict([*self.zone, *self.lotteries])
        said = [names[code] for code in listed]
        if len(zone) == 1 and listed[-1:] == zone and not self.choices_only:
            listed.pop()
        return {"schools": listed, "names": said}

    def typed(self, kept: dict[str, Any]) -> dict[str, Any]:
        """What was typed, from what is kept."""
        wishes = kept.get("schools", ())
        return {f"wish_{rank}": code for rank, code in enumerate(wishes, start=1)}

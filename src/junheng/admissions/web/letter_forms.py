"""What is typed about letters: what they say, why one is printed again or revoked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.admissions.models import CheckInDesk, RoundPapers
from junheng.admissions.services.printing import LANGUAGES
from junheng.commons.web.choices import choose_from

EVERY = "all"
DATE = {"type": "date"}


class PrintForm(forms.Form):
    """Letters of one school or of all, in which language, and why again."""

    school = forms.ChoiceField(label=gettext_lazy("School"))
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the letters"),
        choices=[(LANGUAGES[0], "中文"), (LANGUAGES[1], "English")],
        initial=LANGUAGES[0],
    )
    reason = forms.CharField(
        label=gettext_lazy("Why again"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Only needed for letters that were printed before."),
    )

    def __init__(
        self, *args: Any, schools: Sequence[tuple[int, str]], every: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, str]] = [(str(pk), label) for pk, label in schools]
        if every:
            choices.insert(0, (EVERY, _("all schools, a file for each")))
        choose_from(self, "school", choices)


class OneLetterForm(forms.Form):
    """Printing a single letter."""

    language = PrintForm.base_fields["language"]
    reason = PrintForm.base_fields["reason"]


class RevokeForm(forms.Form):
    """Ending a letter."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it revoked?"),
        max_length=200,
        help_text=gettext_lazy("Stays in the log. Name no other persons."),
    )


class PapersForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """What letters and public notice of a round say."""

    class Meta:
        model = RoundPapers
        fields = (
            *("check_in_when", "bring", "contact"),
            *("notice_from", "notice_until", "objections"),
        )
        labels = {
            "check_in_when": gettext_lazy("When do families check in?"),
            "bring": gettext_lazy("What do they bring?"),
            "contact": gettext_lazy("Telephone for questions"),
            "notice_from": gettext_lazy("Public notice from"),
            "notice_until": gettext_lazy("Public notice until"),
            "objections": gettext_lazy("Where to object: office, telephone, address"),
        }
        widgets = {
            "bring": forms.Textarea(attrs={"rows": 2}),
            "notice_from": forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
            "notice_until": forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["check_in_when"].required = True

    def clean(self) -> dict[str, Any]:
        """The notice has both days in order and a place for objections, or none of them."""
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("notice_from"), given.get("notice_until")
        if bool(first) != bool(last):
            self.add_error("notice_until", _("Give both days of the public notice, or none."))
        elif first and last and last < first:
            self.add_error("notice_until", _("The last day lies before the first."))
        elif first and not given.get("objections"):
            self.add_error("objections", _("A public notice says where to object."))
        return given


class DeskForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """Where a school receives its new children."""

    class Meta:
        model = CheckInDesk
        fields = ("where", "when", "contact")
        labels = {
            "where": gettext_lazy("Where do families check in?"),
            "when": gettext_lazy("When, if other than the bureau says"),
            "contact": gettext_lazy("The school's telephone for questions"),
        }

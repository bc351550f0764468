"""What is typed about checks: a signature, a visit, a decision, a rule."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.aid.engine.hits import Test
from junheng.aid.models import Household, HouseholdVisit, Speaks
from junheng.aid.models.check_rules import SIGNED_FOR, TESTS
from junheng.aid.selectors.checks import HitRow
from junheng.aid.services import check_rules
from junheng.aid.services.check_rules import ARTICLE, DOCUMENT, Wanted
from junheng.aid.web.household_forms import day_field
from junheng.aid.web.payment_forms import YuanField
from junheng.aid.web.setup_forms import OfACounty
from junheng.commons.masks import mask_name
from junheng.commons.web.choices import choose_from
from junheng.evidence.facade import COLUMNS, Register


class AuthorisationForm(forms.Form):
    """What a household signed."""

    signed_by = forms.ChoiceField(label=gettext_lazy("Signed by"))
    signed_on = day_field(gettext_lazy("Signed on"))
    valid_to = forms.DateField(
        label=gettext_lazy("Holds no more from"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Two years after the signature at most."),
    )
    paper = forms.CharField(
        label=gettext_lazy("Number of the paper"),
        max_length=100,
        help_text=gettext_lazy("A photo of the signed paper is added on the next page."),
    )
    registers = forms.MultipleChoiceField(
        label=gettext_lazy("Registers that may be asked"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(one, Register(one).label) for one in SIGNED_FOR],
        initial=list(SIGNED_FOR),
    )

    def __init__(self, *args: Any, home: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = home.members.filter(valid_to=None, name__isnull=False).order_by("born_on", "pk")
        self.members = {str(row.pk): row for row in rows}
        choose_from(
            self,
            "signed_by",
            [(key, mask_name(str(row.name))) for key, row in self.members.items()],
        )

    @property
    def given(self) -> dict[str, Any]:
        """What a sound form says, as the service takes it."""
        return {**self.cleaned_data, "signed_by": self.members[self.cleaned_data["signed_by"]]}


class RemovalForm(forms.Form):
    """Why a scan is to be removed."""

    why = forms.CharField(
        label=gettext_lazy("Why it is to be removed"),
        max_length=200,
        help_text=gettext_lazy("Such as: a photo of another household’s paper."),
    )


class HeardForm(forms.Form):
    """A visit."""

    on = day_field(gettext_lazy("Visited on"))
    met = forms.BooleanField(
        label=gettext_lazy("Somebody of the family was met"), required=False, initial=True
    )
    said = forms.CharField(
        label=gettext_lazy("What the family said"),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
    )
    seen = forms.CharField(
        label=gettext_lazy("What was seen"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("That day has not come yet."))
        return day


WRONG = (
    ("", "—"),
    ("no", gettext_lazy("It is so")),
    ("yes", gettext_lazy("Wrong flag: not theirs, or not so")),
)


class DecisionForm(forms.Form):
    """Every hit judged, and what becomes of the household."""

    def __init__(self, *args: Any, hits: list[HitRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hits = hits
        for hit in hits:
            self.fields[f"hit_{hit.key}"] = forms.ChoiceField(
                label=f"{hit.register} · {hit.name} · {hit.as_of}", choices=WRONG
            )
        self.fields["outcome"] = forms.ChoiceField(
            label=pgettext_lazy("visit", "The household"),
            choices=[("", "—"), *HouseholdVisit.Outcome.choices],
        )
        self.fields["words"] = forms.CharField(
            label=gettext_lazy("Why"), max_length=1000, widget=forms.Textarea({"rows": 3})
        )

    @property
    def given(self) -> dict[str, Any]:
        """What a sound form says, as the service takes it."""
        wrong: dict[UUID, bool] = {
            hit.key: self.cleaned_data[f"hit_{hit.key}"] == "yes" for hit in self.hits
        }
        rest = {name: self.cleaned_data[name] for name in ("outcome", "words")}
        return {"wrong": wrong, **rest}


class RuleForm(OfACounty):
    """A rule that is asked for."""

    connection = forms.ChoiceField(
        label=gettext_lazy("Register that is asked"),
        help_text=gettext_lazy(
            "A service is asked about those who signed, one by one and by number; only a table "
            "tells who is in need and in no household."
        ),
    )
    speaks = forms.ChoiceField(
        label=pgettext_lazy("check rule", "What it says"), choices=Speaks.choices
    )
    test = forms.ChoiceField(label=gettext_lazy("What counts as a hit"), choices=TESTS)
    least = YuanField(label=gettext_lazy("At least, in yuan"), least=1, required=False)
    column = forms.ChoiceField(label=pgettext_lazy("check rule", "Column"), required=False)
    words = forms.CharField(
        label=gettext_lazy("Words that count"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("One or more, with a comma between them."),
    )
    document = forms.CharField(
        label=gettext_lazy("Document it rests on"), max_length=200, initial=DOCUMENT
    )
    article = forms.CharField(label=gettext_lazy("Article"), max_length=60, initial=ARTICLE)
    since = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [
            one for county in self.counties.values() for one in check_rules.connections(county)
        ]
        self.connections = {str(one.pk): one for one in found}
        choose_from(
            self,
            "connection",
            [
                (key, f"{one.name} ({one.get_register_display()}, {one.get_way_display()})")
                for key, one in self.connections.items()
            ],
        )
        choose_from(self, "column", [("", "—"), *self._columns()])

    def _columns(self) -> list[tuple[str, str]]:
        registers = {one.register for one in self.connections.values()}
        columns = {one.name: str(one.title) for each in sorted(registers) for one in COLUMNS[each]}
        return sorted(columns.items(), key=lambda one: one[1])

    @property
    def wanted(self) -> Wanted:
        """The rule of a sound form."""
        given = self.cleaned_data
        plain = given["words"].replace("\uff0c", ",").replace("\u3001", ",")
        return check_rules.wanted(
            self.connections[given["connection"]],
            speaks=given["speaks"],
            test=Test(given["test"]),
            column=given["column"],
            words=tuple(word.strip() for word in plain.split(",") if word.strip()),
            least_fen=given["least"],
            document=given["document"],
            article=given["article"],
            since=given["since"],
        )


class ReplyForm(forms.Form):
    """What a family answers."""

    words = forms.CharField(
        label=gettext_lazy("Your answer"), max_length=1000, widget=forms.Textarea({"rows": 4})
    )


class LeftOutForm(forms.Form):
    """What came of a visit to somebody left out."""

    number = forms.CharField(
        label=gettext_lazy("Number of the household that was written down"),
        max_length=24,
        required=False,
        help_text=gettext_lazy("Blank: the person is not in need."),
    )
    words = forms.CharField(
        label=gettext_lazy("What was found"), max_length=500, widget=forms.Textarea({"rows": 3})
    )

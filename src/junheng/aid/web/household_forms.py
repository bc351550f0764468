"""What is typed about households: a family, a proposal, a meeting's list, an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from junheng.accounts.facade import User, paths_of
from junheng.aid.models import (
    HEAD,
    Action,
    CodeList,
    HouseholdCode,
    HouseholdReview,
    VillageMerge,
    WorkClass,
)
from junheng.aid.models.reviews import POSTED_DAYS
from junheng.aid.models.statuses import REGISTERED_POOR
from junheng.aid.selectors.reviews import codes_on, criteria_on
from junheng.aid.services.households import Person
from junheng.aid.services.reviews import Found, Meeting, Wanted
from junheng.aid.web.resident_ids import ResidentIdField
from junheng.commons.web.choices import choose_from
from junheng.kernel.codes import table
from junheng.kernel.resident_id import ResidentId
from junheng.places.facade import Level, Place, Role

MOST_PEOPLE = 10
YES_NO = (("", "—"), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))


def day_field(label: Any) -> forms.DateField:
    """A day, today unless said otherwise, never a day to come."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
    )


def _not_to_come(day: Any) -> Any:
    if day and day > timezone.localdate():
        raise forms.ValidationError(_("That day has not come yet."))
    return day


def relations() -> list[tuple[str, str]]:
    language = get_language() or "zh"
    known = table("relation")
    return [("", "—"), *((code, known.name(code, language)) for code in known.entries)]


class PersonForm(forms.Form):
    """Somebody of a household; a line without a name is nobody."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=50, required=False)
    relation = forms.ChoiceField(label=gettext_lazy("Relation"), choices=relations, required=False)
    resident_id = ResidentIdField()
    able = forms.ChoiceField(label=gettext_lazy("Able to work"), choices=YES_NO, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("name") and not given.get("relation"):
            self.add_error("relation", _("Say how the person is related to the head."))
        return given

    @property
    def person(self) -> Person:
        """The person of a sound form."""
        given = self.cleaned_data
        number = ResidentId.parse(given["resident_id"]) if given["resident_id"] else None
        return Person(
            name=given["name"].strip(),
            relation=given["relation"],
            resident_id=number.number if number else "",
            sex=number.sex.value if number else "",
            born_on=number.birth_date if number else None,
            able_to_work={"yes": True, "no": False}.get(given["able"]),
        )


People = forms.formset_factory(PersonForm, extra=4, max_num=MOST_PEOPLE, absolute_max=MOST_PEOPLE)


def first_people() -> list[Mapping[str, str]]:
    """The first line of an empty form is the head's."""
    return [{"relation": HEAD}]


def villages_of(user: User) -> list[tuple[str, str]]:
    """The villages for which somebody proposes."""
    paths = paths_of(user, frozenset({Role.VILLAGE_OFFICER}))
    rows = Place.objects.filter(level=Level.VILLAGE).only("code", "name", "path")
    rows = rows.exclude(pk__in=VillageMerge.objects.values("village"))
    return [
        (place.code, place.name)
        for path in paths
        for place in rows.filter(path__startswith=path).order_by("code")
    ]


class HouseholdForm(forms.Form):
    """In which village, and since when."""

    village = forms.ChoiceField(label=pgettext_lazy("household", "Village"))
    on = day_field(gettext_lazy("Written down on"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "village", villages_of(user))

    def clean_on(self) -> Any:
        return _not_to_come(self.cleaned_data["on"])


class ProposalForm(forms.Form):
    """What is proposed for one status, with an answer to each of its criteria."""

    words = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *args: Any, kind: str, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.action, today = kind, action, timezone.localdate()
        if action != Action.REMOVE:
            self._classify(kind, today)
        self.criteria = criteria_on(kind, today)
        for code in self.criteria:
            self.fields[f"met_{code.code}"] = forms.ChoiceField(
                label=str(code), choices=YES_NO, help_text=code.basis
            )
            self.fields[f"evidence_{code.code}"] = forms.CharField(
                label=_("What shows it: %(criterion)s") % {"criterion": code}, max_length=200
            )

    def _classify(self, kind: str, today: Any) -> None:
        """Class and cause of a registered poor household; a category wherever there are some."""
        if kind == REGISTERED_POOR:
            self.fields["work_class"] = forms.ChoiceField(
                label=pgettext_lazy("household", "Class"), choices=WorkClass.choices
            )
            self._choose("cause", gettext_lazy("Cause of poverty"), codes_on(CodeList.CAUSE, today))
        if categories := codes_on(CodeList.CATEGORY, today, kind):
            self._choose("category", gettext_lazy("Category"), categories)

    def _choose(self, name: str, label: Any, entries: Iterable[HouseholdCode]) -> None:
        choices = [("", "—"), *((code.code, str(code)) for code in entries)]
        self.fields[name] = forms.ChoiceField(label=label, choices=choices)

    @property
    def wanted(self) -> Wanted:
        """What a sound form proposes."""
        given = self.cleaned_data
        more = {name: given.get(name, "") for name in ("work_class", "cause", "category")}
        return Wanted(self.kind, self.action, given["words"], **more)

    @property
    def found(self) -> dict[str, Found]:
        """The answers of a sound form."""
        given = self.cleaned_data
        return {
            code.code: Found(given[f"met_{code.code}"] == "yes", given[f"evidence_{code.code}"])
            for code in self.criteria
        }


class MeetingForm(forms.Form):
    """A meeting and the list that it posted."""

    reviews = forms.MultipleChoiceField(
        label=gettext_lazy("Proposals"), widget=forms.CheckboxSelectMultiple
    )
    met_on = day_field(gettext_lazy("Meeting held on"))
    attended = forms.IntegerField(
        label=gettext_lazy("Villagers who attended"), min_value=1, max_value=20_000
    )
    minutes = forms.CharField(label=gettext_lazy("Minutes of the meeting"), max_length=200)
    posted_where = forms.CharField(label=gettext_lazy("Posted where"), max_length=100)
    posted_from = day_field(gettext_lazy("Posted from"))
    days = forms.IntegerField(
        label=gettext_lazy("Days"), min_value=POSTED_DAYS, max_value=60, initial=POSTED_DAYS
    )

    def __init__(self, *args: Any, proposals: list[HouseholdReview], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposals = {row.number: row for row in proposals}
        choose_from(
            self,
            "reviews",
            [
                (row.number, f"{row.number} · {row.household.number} · {row.get_action_display()}")
                for row in proposals
            ],
        )

    def clean_met_on(self) -> Any:
        return _not_to_come(self.cleaned_data["met_on"])

    @property
    def chosen(self) -> list[HouseholdReview]:
        """The proposals that a sound form names."""
        return [self.proposals[number] for number in self.cleaned_data["reviews"]]

    @property
    def meeting(self) -> Meeting:
        """The meeting of a sound form."""
        given = {name: self.cleaned_data[name] for name in self.fields if name != "reviews"}
        return Meeting(**given)


class StepForm(forms.Form):
    """A yes or no of the level that is next."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        choices=(("yes", gettext_lazy("Agreed")), ("no", gettext_lazy("Refused"))),
    )
    words = forms.CharField(
        label=gettext_lazy("Reason of a refusal"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    paper = forms.CharField(label=pgettext_lazy("review", "Paper"), max_length=200)
    on = day_field(gettext_lazy("Decided on"))

    def clean_on(self) -> Any:
        return _not_to_come(self.cleaned_data["on"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("verdict") == "no" and not given.get("words"):
            self.add_error("words", _("A refusal needs a reason."))
        return given

    @property
    def answer(self) -> dict[str, Any]:
        """The answer of a sound form."""
        given = self.cleaned_data
        words = given["words"] if given["verdict"] == "no" else ""
        yes = given["verdict"] == "yes"
        return {"yes": yes, "words": words, "paper": given["paper"], "on": given["on"]}


class ObjectionForm(forms.Form):
    """What somebody says against a posted proposal."""

    words = forms.CharField(
        label=gettext_lazy("What was objected"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("No name of whoever objects; it becomes a case of the aid officer."),
    )


class MeasuresForm(forms.Form):
    """A set of measures."""

    measures = forms.MultipleChoiceField(
        label=gettext_lazy("Measures"), widget=forms.CheckboxSelectMultiple
    )
    responsible = forms.CharField(label=gettext_lazy("Who is responsible"), max_length=100)
    plan = forms.CharField(
        label=gettext_lazy("Plan"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    on = day_field(gettext_lazy("From"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entries = codes_on(CodeList.MEASURE, timezone.localdate())
        choose_from(self, "measures", [(code.code, str(code)) for code in entries])

"""What is asked when pupils are put into classes: which classes, which event, what it said."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.registry.engine.class_assignment import NewClass, Wish
from junheng.registry.selectors.class_assignments import Household, Waiting, schools_to_regroup


class RegroupForm(forms.Form):
    """Which classes are to be split or merged."""

    school = forms.ChoiceField(label=gettext_lazy("School"))
    grade = forms.TypedChoiceField(
        label=gettext_lazy("Grade that they are in now"),
        coerce=int,
        choices=[(n, n) for n in range(1, 9)],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        school: Any = self.fields["school"]
        school.choices = schools_to_regroup(user)


class FreezeForm(forms.Form):
    """Which classes there are to be, and the event that decides."""

    sources = forms.MultipleChoiceField(
        label=gettext_lazy("Classes to be split, merged or mixed"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    first = forms.IntegerField(
        label=gettext_lazy("Number of the first class"), min_value=1, max_value=99
    )
    classes = forms.IntegerField(label=gettext_lazy("How many classes"), min_value=1, max_value=60)
    most = forms.IntegerField(
        label=gettext_lazy("Pupils in a class at most"), min_value=1, max_value=55
    )
    event = forms.CharField(
        label=gettext_lazy("Public event that decides"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Such as the drawing of a public lottery. One class alone needs none."
        ),
    )
    example = forms.CharField(
        label=gettext_lazy("How its figures are written, by an example"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("A digit stands for a digit, all else stays as it is: 03-11-28+07"),
    )
    event_at = forms.DateTimeField(
        label=gettext_lazy("When it takes place"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
    )

    def __init__(
        self, *args: Any, group: Waiting, households: list[Household], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        sources: Any = self.fields["sources"]
        sources.choices = [(str(n), _("Class %d") % n) for n in group.classes]
        if not group.classes:
            del self.fields["sources"]
        for household in households:
            self.fields[household.field] = forms.ChoiceField(
                label=_("Brothers and sisters: %s") % household.names,
                choices=[
                    ("", _("the family said nothing")),
                    (Wish.TOGETHER.value, _("in the same class")),
                    (Wish.APART.value, _("in different classes")),
                ],
                required=False,
            )

    def targets(self) -> list[NewClass]:
        """The new classes, numbered on from the first."""
        data = self.cleaned_data
        numbers = range(data["first"], data["first"] + data["classes"])
        return [NewClass(number, data["most"]) for number in numbers]


class FiguresForm(forms.Form):
    """What the event said."""

    figures = forms.CharField(label=gettext_lazy("Figures of the event"), max_length=60)

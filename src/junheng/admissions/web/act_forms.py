"""What is typed on the page of the act, turned into values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.admissions.engine import seeds
from junheng.admissions.models import PublicEvent, Round, RoundUpload
from junheng.admissions.services.events import Event

MOMENT = "%Y-%m-%dT%H:%M:%S"


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local", "step": "1"})
    return forms.DateTimeField(label=label, help_text=help_text, widget=widget)


class EventForm(forms.Form):
    """The public event, as it is announced."""

    name = forms.CharField(
        label=gettext_lazy("Public event"),
        max_length=200,
        help_text=gettext_lazy("Something that nobody here can foresee or steer, with its number."),
    )
    how_written = forms.CharField(
        label=gettext_lazy("How its figures are written"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    example = forms.CharField(
        label=gettext_lazy("Example"),
        max_length=100,
        help_text=gettext_lazy("Digits stand where digits will stand: 03-11-15-22-28-31+07."),
    )
    contributions_until = _moment(gettext_lazy("Contributions until"))
    takes_place_at = _moment(
        gettext_lazy("Takes place at"), gettext_lazy("The list has to be frozen before.")
    )

    def __init__(self, *args: Any, instance: PublicEvent | None = None, **kwargs: Any) -> None:
        if instance is not None:
            kwargs["initial"] = {name: getattr(instance, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)

    def event(self) -> Event:
        """What was filled in."""
        return Event(**self.cleaned_data)


class AskFamiliesForm(forms.Form):
    """Until when families may answer what they are offered."""

    until = _moment(gettext_lazy("Families may answer until"))


class ContributionForm(forms.Form):
    """Words towards the seed."""

    words = forms.CharField(
        label=gettext_lazy("Words of the parent"),
        max_length=seeds.WORDS_MAX,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "Typed by the parent, any words or numbers. They are sealed at once; "
            "nobody sees them before the event."
        ),
    )


class FiguresForm(forms.Form):
    """The event as it came out."""

    figures = forms.CharField(label=gettext_lazy("Figures of the event"), max_length=100)

    def __init__(self, *args: Any, event: PublicEvent | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        if event is not None:
            self.fields["figures"].help_text = f"{event.how_written} ({event.example})"

    def clean_figures(self) -> str:
        figures: str = self.cleaned_data["figures"]
        if self.event is not None and not seeds.fits(self.event.example, figures):
            raise forms.ValidationError(
                _("This is not written as announced. It has to look like “%s”.")
                % self.event.example
            )
        return figures


class CorrectionForm(forms.Form):
    """Which files correct the list, and why."""

    upload: forms.ModelChoiceField[RoundUpload] = forms.ModelChoiceField(
        RoundUpload.objects.none(),
        label=gettext_lazy("Corrected files"),
        help_text=gettext_lazy("Files that were sent and checked, but not loaded."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It is public: no names."),
    )

    def __init__(self, *args: Any, the_round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["upload"]
        choice.queryset = RoundUpload.objects.filter(
            place=the_round.place_id,
            state=RoundUpload.State.READY,
            summary__rules__ref=the_round.ref,
        ).order_by("-uploaded_at")
        choice.label_from_instance = lambda one: (
            f"{', '.join(one.names)} · {one.uploaded_at:%Y-%m-%d %H:%M}"
        )


class PackForm(forms.Form):
    """Who may take the pack."""

    access = forms.ChoiceField(
        label=gettext_lazy("Who may take the pack"), choices=Round.PackAccess.choices
    )

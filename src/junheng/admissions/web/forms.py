"""What officers type and send, turned into values."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.admissions.engine.types import Method
from junheng.commons.web.choices import choose_from
from junheng.places.facade import Place

RING = re.compile(r"[0-9]{1,9}:[0-9]{1,9}")
OWN, REHEARSAL = "own", "rehearsal"


class Files(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files, each under its own name."""

    widget = Files(attrs={"accept": ".xlsx,.csv,.toml"})

    def clean(self, data: Any, initial: Any = None) -> dict[str, UploadedFile[Any]]:
        given = data if isinstance(data, list | tuple) else [data]
        files = [super(FilesField, self).clean(one, initial) for one in given if one] or [
            super().clean(None, initial)
        ]
        named = {file.name: file for file in files}
        if len(named) < len(files):
            raise forms.ValidationError(_("Two of the files have the same name."))
        return named


class UploadForm(forms.Form):
    """The files of a round, and for which county they are."""

    documents = FilesField(
        label=gettext_lazy("Workbook or files"),
        help_text=gettext_lazy(
            "One .xlsx workbook, or round.toml with schools.csv, zones.csv, applicants.csv and, "
            "if there are any, choices.csv, distances.csv, offers.csv, offer_choices.csv and "
            "grade_moves.csv. Choose all of them together."
        ),
    )
    place: forms.ModelChoiceField[Place] = forms.ModelChoiceField(
        Place.objects.none(), label=gettext_lazy("County"), required=True
    )

    def __init__(self, *args: Any, places: list[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["place"]
        choice.queryset = Place.objects.filter(pk__in=[place.pk for place in places])  # type: ignore[attr-defined]  # declared above
        if len(places) == 1:
            choice.initial = places[0]
            choice.widget = forms.HiddenInput()


class RunForm(forms.Form):
    """With which seed a run draws."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Draw with"), widget=forms.RadioSelect, initial=REHEARSAL
    )
    words = forms.CharField(
        label=gettext_lazy("Seed of the rehearsal"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Any text. The same text gives the same result; “rehearsal:” is put in front of it."
        ),
    )

    def __init__(self, *args: Any, method: str, own_seed: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method = method
        choices = [(REHEARSAL, _("a rehearsal's seed"))]
        if own_seed:
            choices.insert(0, (OWN, _("the seed of the round: %s…") % own_seed[:12]))
        choose_from(self, "kind", choices)
        if not own_seed:
            self.fields["kind"].widget = forms.HiddenInput()
        if method == Method.RING.value:
            self.fields["words"].help_text = _("Start and interval, such as 6:3.")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("kind") == REHEARSAL:
            words = values.get("words", "").strip()
            if not words:
                self.add_error("words", _("Write some text, such as today's date."))
            elif self.method == Method.RING.value and not RING.fullmatch(words):
                self.add_error("words", _("Write two numbers with a colon between, such as 6:3."))
        return values

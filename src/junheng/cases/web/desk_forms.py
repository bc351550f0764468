"""Text to typed values at the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from junheng.cases.models import Channel, StandardAnswer
from junheng.cases.services.desk import Asked
from junheng.cases.web.forms import day_field, words_field

PHONE = r"\A\+?[0-9][0-9 \-]{4,19}\Z"


class Said(forms.Form):
    """What was answered: one of the collection, or words of one's own."""

    answer = forms.ModelChoiceField(
        label=_("Answer"), queryset=StandardAnswer.objects.none(), required=False
    )
    said = words_field(label=_("In your own words"), required=False, rows=2)

    def __init__(self, *args: Any, answers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answer: Any = self.fields["answer"]
        answer.queryset = answers


class TakeDown(Said):
    """A consultation, as fast as it can be typed."""

    question = forms.CharField(
        label=_("What they ask"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    channel = forms.ChoiceField(
        label=_("Channel"), choices=Channel.choices, initial=Channel.PHONE, widget=forms.RadioSelect
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=20,
        required=False,
        validators=[RegexValidator(PHONE, _("Digits, with blanks or hyphens between them."))],
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    until = day_field(label=_("Call back by"), required=False)

    def asked(self) -> Asked:
        """What and who."""
        given = self.cleaned_data
        return Asked(given["channel"], given["question"], given["name"], given["phone"])


class AnswerForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """An answer of the collection."""

    class Meta:
        model = StandardAnswer
        fields = ("topic", "question", "text", "key_words", "basis")
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "key_words": _("What people say instead, with blanks between."),
            "basis": _("Document and clause, for whoever asks where it is laid down."),
        }

    def validate_unique(self) -> None:
        """The service says it in words."""

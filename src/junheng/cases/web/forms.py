"""Text to typed values: one small form for every deed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User
from junheng.cases.engine.flow import Deed
from junheng.cases.models import Case
from junheng.cases.selectors.people import Candidate, candidates
from junheng.cases.services.cases import Holder
from junheng.places.facade import Organisation, Place, Role


def day_field(**kwargs: Any) -> forms.DateField:
    """A day, picked from the browser's calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, **kwargs)


def words_field(*, required: bool = True, label: Any = "", rows: int = 3) -> Any:
    """Some lines of text."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label or _("In words"), required=required, max_length=2000, widget=area
    )


class Words(forms.Form):
    """What has to be said."""

    words = words_field()


class MaybeWords(forms.Form):
    """What may be said."""

    words = words_field(required=False)


class Pause(forms.Form):
    """Why it waits, and until when."""

    words = forms.CharField(label=_("Reason"), max_length=300)
    until = day_field(label=_("Goes on on"))


class Done(forms.Form):
    """What was done, where, and a photo of it."""

    words = words_field(label=_("What was done"))
    place = forms.CharField(label=_("Where"), max_length=200, required=False)
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_(
            "JPEG, PNG or WebP, at most 12 MB. It is made smaller; where it was taken is removed."
        ),
        validators=[FileExtensionValidator(["jpg", "jpeg", "png", "webp"])],
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class Note(Done):
    """What was heard or done, without a step."""

    words = words_field(label=_("Note"))


class HandOver(forms.Form):
    """To whom, and why."""

    to = forms.ChoiceField(label=_("To whom"))
    words = forms.CharField(label=_("Why"), max_length=300, required=False)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = candidates(case)
        to: Any = self.fields["to"]
        to.choices = [("", ""), *self._choices(case)]
        to.widget.attrs["data-search"] = ""

    def holder(self) -> Holder:
        """Whose it becomes."""
        kind, _sign, key = self.cleaned_data["to"].partition(":")
        if kind == "role":
            return Holder(role=key)
        return Holder(User.objects.get(pk=key))

    def _choices(self, case: Case) -> list[tuple[Any, Any]]:
        roles = {person.role for person in self.found} | {case.role} - {""}
        people = [person for person in self.found if person.user != case.holder_id]
        labels = dict(Role.choices)
        return [
            (_("Person"), [(f"user:{p.user}", _person(p)) for p in people]),
            (_("Whoever holds the role"), [(f"role:{r}", labels[r]) for r in sorted(roles)]),
        ]


def _person(one: Candidate) -> str:
    return f"{one.name} ({one.post})"


FORMS: dict[Deed, type[forms.Form]] = {
    Deed.NOTE: Note,
    Deed.HAND_OVER: HandOver,
    Deed.PAUSE: Pause,
    Deed.RESUME: MaybeWords,
    Deed.DONE: Done,
    Deed.CHECK: MaybeWords,
    Deed.SEND_BACK: Words,
    Deed.ANSWER: Words,
    Deed.SATISFIED: MaybeWords,
    Deed.NOT_SATISFIED: Words,
    Deed.NO_REPLY: MaybeWords,
    Deed.REOPEN: Words,
}


class NewCase(forms.Form):
    """A matter that somebody brought up."""

    title = forms.CharField(
        label=_("What has to be settled"),
        max_length=200,
        help_text=_("One line, without names of children."),
    )
    where = forms.CharField(
        label=_("School or place"),
        max_length=64,
        help_text=_("Code of a school or of a township."),
    )
    asker = forms.CharField(
        label=_("Who waits for an answer"),
        max_length=120,
        required=False,
        help_text=_("Name and telephone; kept sealed. Leave it empty if nobody does."),
    )
    days = forms.IntegerField(label=_("Working days"), min_value=1, max_value=60, initial=5)

    def clean_where(self) -> str:
        """The path of what bears this code."""
        code = self.cleaned_data["where"].strip()
        found: Any = Organisation.objects.current().filter(code=code).first()
        found = found or Place.objects.current().filter(code=code).first()
        if found is None:
            raise forms.ValidationError(_("Nothing within your part bears this code."))
        return str(found.path)


class NewDay(forms.Form):
    """A day that is other than the week says."""

    day = day_field(label=_("Day"))
    works = forms.TypedChoiceField(
        label=_("This day is"),
        choices=[("off", _("off")), ("worked", _("worked"))],
        coerce=lambda value: value == "worked",
    )
    name = forms.CharField(label=_("Occasion"), max_length=60)

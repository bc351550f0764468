"""Text to typed values; what may be chosen is what the administrator's part of the tree holds."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from junheng.accounts.access.administration import NO_SCHOOLS
from junheng.accounts.models import User
from junheng.accounts.selectors import homes_for, places_for, posts_for
from junheng.places.facade import (
    GOVERNS_ITS_PLACE,
    ORGANISATION_CODE,
    Organisation,
    OrganisationKind,
    Post,
    Role,
    current_on,
)


def _day(**kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, **kwargs)


class Reason(forms.Form):
    """Why somebody does this; it stays in the history."""

    why = forms.CharField(label=gettext_lazy("Reason"), max_length=200, min_length=2)


class NewPerson(forms.Form):
    """An account of staff."""

    username = forms.CharField(
        label=gettext_lazy("Username"), max_length=64, validators=[UnicodeUsernameValidator()]
    )
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=100)
    home = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"), queryset=Organisation.objects.none()
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["home"].queryset = homes_for(actor)  # type: ignore[attr-defined]  # a ModelChoiceField


class NewPost(forms.Form):
    """A post at an organisation."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"), queryset=Organisation.objects.none()
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=100)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = homes_for(actor)  # type: ignore[attr-defined]  # a ModelChoiceField


class NewAppointment(Reason):
    """A post for somebody, from one day until before another."""

    post = forms.ModelChoiceField(label=gettext_lazy("Post"), queryset=Post.objects.none())
    valid_from = _day(label=gettext_lazy("From"), initial=timezone.localdate)
    valid_to = _day(
        label=gettext_lazy("Until (first day on which it holds no more)"), required=False
    )
    field_order = ("post", "valid_from", "valid_to", "why")

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = current_on(prefix="organisation__")
        self.fields["post"].queryset = posts_for(actor).filter(today)  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean(self) -> dict[str, Any]:
        """The end comes after the beginning."""
        values = super().clean() or {}
        begins: date | None = values.get("valid_from")
        ends: date | None = values.get("valid_to")
        if begins and ends and ends <= begins:
            self.add_error("valid_to", gettext("It must be later than the first day."))
        return values


class NewOrganisation(forms.Form):
    """A bureau, office or agency; schools are opened in the registry."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=64,
        validators=[
            RegexValidator(
                ORGANISATION_CODE,
                gettext_lazy("Use letters, digits, dots, hyphens and underscores only."),
            )
        ],
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[
            (kind.value, kind.label)
            for kind in OrganisationKind
            if kind in NO_SCHOOLS | GOVERNS_ITS_PLACE
        ],
    )
    place = forms.CharField(label=gettext_lazy("Code of the place"), max_length=32)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_code(self) -> str:
        """No two organisations share a code."""
        code: str = self.cleaned_data["code"]
        if Organisation.objects.filter(code=code).exists():
            raise forms.ValidationError(gettext("An organisation with this code exists."))
        return code

    def clean_place(self) -> Any:
        """A place within the administrator's part, by its code."""
        code = self.cleaned_data["place"]
        place = places_for(self.actor).filter(current_on(), code=code).first()
        if place is None:
            raise forms.ValidationError(
                gettext("No place within your part bears the code %(code)s.") % {"code": code}
            )
        return place


class ChangedOrganisation(Reason):
    """A new name, or an end."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    valid_to = _day(
        label=gettext_lazy("Ended on (first day on which it exists no more)"), required=False
    )
    field_order = ("name", "valid_to", "why")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"name": organisation.name, "valid_to": organisation.valid_to}
        self.begun = organisation.valid_from

    def clean_valid_to(self) -> date | None:
        """The end comes after the beginning."""
        ends: date | None = self.cleaned_data["valid_to"]
        if ends and self.begun and ends < self.begun:
            raise forms.ValidationError(gettext("It must not be before it began."))
        return ends

"""Guardians, household and tags of a pupil, from a day on, by whoever keeps the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.commons.masks import mask_name
from junheng.commons.refusals import Refusal
from junheng.kernel.codes import table
from junheng.registry.access import RECORD_KEEPERS, may_keep_record
from junheng.registry.models import Guardian, Pupil, PupilTag, Tag
from junheng.registry.selectors.arrivals import Answering
from junheng.registry.services import families
from junheng.registry.web.child_forms import DATE, MobileField, PaperField, codes


class DatedForm(forms.Form):
    """Since when, and what says so; two forms of a page are told apart by their prefix."""

    on = forms.DateField(label=gettext_lazy("From"), widget=DATE)
    why = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=200,
        help_text=gettext_lazy("Number or title of what it rests on."),
    )

    def __init__(self, *args: Any, pupil: Pupil, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": timezone.localdate()})
        super().__init__(*args, **kwargs)
        self.pupil = pupil


class GuardianForm(DatedForm):
    """Somebody who answers for the pupil."""

    name = forms.CharField(label=gettext_lazy("Name in full"), max_length=50)
    relation = forms.ChoiceField(label=gettext_lazy("Relation"), required=False)
    phone = MobileField(label=gettext_lazy("Mobile number"))
    resident_id = PaperField(label=gettext_lazy("Resident ID number"))
    instead_of = forms.ModelChoiceField(
        Guardian.objects.none(),
        label=gettext_lazy("Instead of"),
        required=False,
        empty_label=gettext_lazy("Beside the others"),
    )
    field_order = ("name", "relation", "phone", "resident_id", "instead_of", "on", "why")

    def __init__(self, *args: Any, pupil: Pupil, **kwargs: Any) -> None:
        super().__init__(*args, pupil=pupil, **kwargs)
        relation: Any = self.fields["relation"]
        relation.choices = codes("relation")
        offer_guardians(self.fields["instead_of"], pupil)

    def act(self) -> None:
        """Do what was typed."""
        given = self.cleaned_data
        who = Answering(given["name"], given["phone"], given["relation"], given["resident_id"])
        families.new_guardian(
            self.pupil, who, on=given["on"], instead_of=given["instead_of"], why=given["why"]
        )


class EndGuardianForm(DatedForm):
    """Somebody who answers no more."""

    guardian = forms.ModelChoiceField(Guardian.objects.none(), label=gettext_lazy("Guardian"))
    field_order = ("guardian", "on", "why")

    def __init__(self, *args: Any, pupil: Pupil, **kwargs: Any) -> None:
        super().__init__(*args, pupil=pupil, **kwargs)
        offer_guardians(self.fields["guardian"], pupil)

    def act(self) -> None:
        """Do what was typed."""
        given = self.cleaned_data
        families.end_guardian(given["guardian"], on=given["on"], why=given["why"])


class HouseholdForm(DatedForm):
    """The number of the household."""

    number = forms.CharField(
        label=gettext_lazy("Household number"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("As the household book has it; empty where none is known."),
    )
    field_order = ("number", "why")

    def __init__(self, *args: Any, pupil: Pupil, **kwargs: Any) -> None:
        super().__init__(*args, pupil=pupil, **kwargs)
        del self.fields["on"]

    def act(self) -> None:
        """Do what was typed."""
        given = self.cleaned_data
        families.set_household(self.pupil, given["number"], why=given["why"])


class TagForm(DatedForm):
    """Something the pupil is known for."""

    tag = forms.ChoiceField(label=gettext_lazy("Tag"), choices=Tag.choices)
    field_order = ("tag", "on", "why")

    def act(self) -> None:
        """Do what was typed."""
        given = self.cleaned_data
        families.begin_tag(self.pupil, given["tag"], on=given["on"], source=given["why"])


class EndTagForm(DatedForm):
    """Something that holds no more."""

    tag = forms.ModelChoiceField(PupilTag.objects.none(), label=gettext_lazy("Tag"))
    field_order = ("tag", "on", "why")

    def __init__(self, *args: Any, pupil: Pupil, **kwargs: Any) -> None:
        super().__init__(*args, pupil=pupil, **kwargs)
        tags: Any = self.fields["tag"]
        tags.queryset = pupil.tags.filter(valid_to=None)
        tags.label_from_instance = _tag_since

    def act(self) -> None:
        """Do what was typed."""
        given = self.cleaned_data
        families.end_tag(given["tag"], on=given["on"], why=given["why"])


def _tag_since(row: PupilTag) -> str:
    since = {"tag": row.get_tag_display(), "day": row.valid_from}
    return _("%(tag)s since %(day)s") % since


def offer_guardians(field: Any, pupil: Pupil) -> None:
    """The guardians of today to choose from, in masks."""
    language = get_language() or "zh"
    field.queryset = pupil.guardians.filter(valid_to=None)
    field.label_from_instance = lambda row: " ".join(
        (mask_name(str(row.name or "")), table("relation").name(row.relation, language))
    )


FORMS: Mapping[str, tuple[Callable[..., Any], Any]] = {
    "guardian": (GuardianForm, gettext_lazy("A new guardian")),
    "end-guardian": (EndGuardianForm, gettext_lazy("A guardian answers no more")),
    "household": (HouseholdForm, gettext_lazy("Number of the household")),
    "tag": (TagForm, gettext_lazy("A tag begins")),
    "end-tag": (EndTagForm, gettext_lazy("A tag ends")),
}


def offered(*, guardians: bool, tags: bool) -> list[tuple[str, str]]:
    """What can be written down of a family: keys and names; what is not there cannot end."""
    there = {"end-guardian": guardians, "end-tag": tags}
    return [(key, str(title)) for key, (_form, title) in FORMS.items() if there.get(key, True)]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*RECORD_KEEPERS)
def family(request: StaffRequest, number: str, what: str) -> HttpResponse:
    """Write one thing of a pupil's family down; it stands in the history with name and source."""
    seen = Pupil.objects.for_user(request.user).select_related("organisation")
    pupil = get_object_or_404(seen, number=number)
    kept = may_keep_record(request.user, pupil.organisation.path) and str(pupil.name)
    if what not in FORMS or not kept:
        raise Http404
    make, title = FORMS[what]
    form = make(request.POST if request.method == "POST" else None, pupil=pupil)
    if form.is_valid() and _acted(form):
        messages.success(request, _("Written down."))
        return HttpResponseRedirect(reverse("registry:pupil", args=[pupil.number]))
    context = {"pupil": pupil, "name": mask_name(str(pupil.name)), "form": form, "title": title}
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registry/family.html", context, status=status)


def _acted(form: Any) -> bool:
    try:
        form.act()
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True

"""Texts that families agree to: every version, a preview, and a new one by two people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from junheng.accounts.facade import StaffRequest, holds, staff_required
from junheng.admissions.models import NoticeText
from junheng.admissions.models.querysets import COUNTY, OFFICERS
from junheng.admissions.selectors.texts import texts as all_texts
from junheng.admissions.services import notices as services
from junheng.commons.refusals import Refusal

Kind = NoticeText.Kind
LONGEST = 20_000


class TextForm(forms.Form):
    """A new version of a text, in both languages."""

    kind = forms.ChoiceField(label=gettext_lazy("Which text"), choices=Kind.choices)
    version = forms.CharField(
        label=gettext_lazy("Version"),
        max_length=20,
        help_text=gettext_lazy("Such as 2027-1. Consents name it."),
    )
    body = forms.CharField(
        label=gettext_lazy("Text in Chinese"),
        widget=forms.Textarea(attrs={"rows": 14, "lang": "zh-Hans"}),
        max_length=LONGEST,
        help_text=gettext_lazy("This one binds."),
    )
    english = forms.CharField(
        label=gettext_lazy("Text in English"),
        widget=forms.Textarea(attrs={"rows": 10, "lang": "en"}),
        max_length=LONGEST,
        help_text=gettext_lazy("A translation, shown below the Chinese text."),
    )

    def clean(self) -> dict[str, Any]:
        """Line ends as they are kept, whatever browser sent them; and only what is new."""
        told: dict[str, Any] = super().clean() or {}
        for name in ("body", "english"):
            told[name] = "\n".join(told.get(name, "").splitlines()) + "\n"
        if not self.errors:
            try:
                services.require_new(**told)
            except Refusal as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return told


@require_safe
@staff_required(*COUNTY)
def texts(request: StaffRequest) -> HttpResponse:
    """Every version, and the form for the next one of a text."""
    return _page(request)


def _page(request: StaffRequest, form: TextForm | None = None, status: int = 200) -> HttpResponse:
    kind = Kind.DECLARATION if request.GET.get("kind") == Kind.DECLARATION else Kind.CONSENT
    current = services.newest(kind)
    initial = {"kind": kind.value, "body": current.body, "english": current.english}
    context = {
        "kinds": all_texts(),
        "form": (form or TextForm(initial=initial)) if holds(request.user, *OFFICERS) else None,
    }
    return render(request, "admissions/texts.html", context, status=status)


@require_POST
@staff_required(*OFFICERS)
def preview(request: StaffRequest) -> HttpResponse:
    """The new version as families would read it; nothing is kept."""
    form = TextForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    told = form.cleaned_data
    context = {
        "text": NoticeText(**told, sha256=services.fingerprint(told["body"], told["english"])),
        "hidden": list(told.items()),
    }
    return render(request, "admissions/text_preview.html", context)


@require_POST
@staff_required(*OFFICERS)
def ask(request: StaffRequest) -> HttpResponse:
    """Ask a second person to agree to the new version."""
    form = TextForm(request.POST)
    if form.is_valid():
        try:
            services.ask_to_issue(**form.cleaned_data, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("A second person is asked. Until then nothing changes."))
            return HttpResponseRedirect(reverse("admissions:texts"))
    return _page(request, form, 422)


@require_safe
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """One version, also an old one: for everybody, since families agreed to it."""
    found = get_object_or_404(NoticeText, pk=pk)
    return render(request, "admissions/text.html", {"text": found})

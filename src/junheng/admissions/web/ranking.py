"""Schools ranked by a family, first wish first, out of those that it can have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.admissions.web.apply_forms import PageForm

MOST = 6
"""So many wishes stand on one page."""


class RankForm(PageForm):
    """Up to six schools in the order wished for; the first is needed, the others may stay open."""

    title = gettext_lazy("Your wishes")

    def __init__(
        self,
        *args: Any,
        schools: Sequence[tuple[str, str]] = (),
        needed: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for rank in range(1, min(MOST, len(schools)) + 1):
            self.fields[f"wish_{rank}"] = forms.ChoiceField(
                label=_("Wish %d") % rank,
                choices=[("", "–"), *schools],
                required=needed and rank == 1,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        named = self.wishes()
        if len(set(named)) < len(named):
            raise forms.ValidationError(_("Every school can be a wish once."))
        return data

    def wishes(self) -> list[str]:
        """Codes of the schools, first wish first; what was left open in between is passed over."""
        return [v for k in self.fields if (v := self.cleaned_data.get(k))]

    def answers(self) -> dict[str, Any]:
        return {"schools": self.wishes()}

    def typed(self, kept: dict[str, Any]) -> dict[str, Any]:
        """What was typed, from what is kept."""
        return ranked(kept.get("schools", ()))


def ranked(codes: Sequence[str]) -> dict[str, str]:
    """Schools as the form takes them."""
    return {f"wish_{rank}": code for rank, code in enumerate(codes, start=1)}

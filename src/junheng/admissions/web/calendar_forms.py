"""What is typed into the calendar of a round, turned into values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.admissions.engine.calendar import Span
from junheng.admissions.models import RoundDate
from junheng.admissions.selectors.calendar import Entry

MINUTE = "%Y-%m-%dT%H:%M"
What = RoundDate.What


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format=MINUTE, attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, widget=widget, required=False)


class CalendarForm(forms.Form):
    """All dates of a round; what is left empty has no date yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for what in What.values:
            if what in RoundDate.MOMENTS:
                self.fields[f"{what}_begins"] = _moment(gettext_lazy("At"))
            else:
                self.fields[f"{what}_begins"] = _moment(gettext_lazy("From"))
                self.fields[f"{what}_ends"] = _moment(gettext_lazy("Until"))

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Self:
        """The form filled in with what is set."""
        initial = {f"{entry.what}_begins": entry.begins_at for entry in entries}
        initial |= {f"{entry.what}_ends": entry.ends_at for entry in entries}
        return cls(initial=initial)

    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The fields, by what they are the dates of."""
        for what in What:
            names = (f"{what}_begins", f"{what}_ends")
            yield str(what.label), [self[name] for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for what in What:
            if what in RoundDate.MOMENTS:
                continue
            begins, ends = values.get(f"{what}_begins"), values.get(f"{what}_ends")
            if (begins is None) != (ends is None) and not self.errors:
                empty = f"{what}_begins" if begins is None else f"{what}_ends"
                self.add_error(empty, _("“%s” needs both, from and until.") % what.label)
        return values

    def spans(self) -> list[Span]:
        """What was filled in."""
        values = self.cleaned_data
        found = []
        for what in What.values:
            begins = values[f"{what}_begins"]
            if begins is not None:
                found.append(Span(what, begins, values.get(f"{what}_ends", begins)))
        return found

"""Words and tones for what the registry shows."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.kernel.levels import Level

BANDS = {
    "fine": gettext_lazy("Within the cap"),
    "near": gettext_lazy("51 to 55"),
    "large": gettext_lazy("Large, 56 to 65"),
    "very_large": gettext_lazy("Very large, 66 and more"),
}
BAND_TONES = {"fine": "success", "near": "warning", "large": "danger", "very_large": "danger"}
LEVEL_TONES = {"primary": "primary", "lower_secondary": "info"}
LEVEL_NAMES = {
    Level.PRIMARY: gettext_lazy("Primary level"),
    Level.LOWER_SECONDARY: gettext_lazy("Lower secondary level"),
}


def year_name(school_year: int) -> str:
    """A school year as people say it: 2025-2026."""
    return f"{school_year}-{school_year + 1}"


def grade_name(grade: int) -> str:
    """A grade, counted through both levels."""
    return _("Grade %(grade)d") % {"grade": grade}


def class_name(grade: int, number: int) -> str:
    """A class within its school."""
    return _("Grade %(grade)d, class %(number)d") % {"grade": grade, "number": number}


def grade_span(lowest: int, highest: int) -> str:
    """The grades that a school teaches."""
    if lowest == highest:
        return grade_name(lowest)
    return _("Grades %(lowest)d to %(highest)d") % {"lowest": lowest, "highest": highest}


def listed(names: Iterable[str]) -> str:
    """Names one after the other, as the reader's language separates them."""
    return _(", ").join(names)


def share(value: float | None) -> str:
    """A share with one decimal place; a gap is a dash."""
    return "—" if value is None else f"{value:.1%}"

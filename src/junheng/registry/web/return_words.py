"""The words of the yearly return, and how its figures are written."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.registry.engine.ratios import Share
from junheng.registry.engine.standards import Indicator
from junheng.registry.selectors.returns import Resource
from junheng.registry.web.words import LEVEL_NAMES

DASH = "—"
SIZE_WORDS = {
    "standard": gettext_lazy("Within the standard"),
    "near": gettext_lazy("Up to 55"),
    "large": gettext_lazy("56 to 65"),
    "very_large": gettext_lazy("66 and more"),
}
RESOURCE_WORDS = {
    "building_m2": gettext_lazy("Building area per pupil, m²"),
    "sports_m2": gettext_lazy("Sports area per pupil, m²"),
    "books": gettext_lazy("Books per pupil"),
    "equipment_fen": gettext_lazy("Value of equipment per pupil, yuan"),
    "lessons_given": gettext_lazy("Laboratory lessons given"),
    "equipment_used": gettext_lazy("Equipment in use"),
}
COHORT_WORDS = {
    "entered": gettext_lazy("Entered"),
    "stayed": pgettext_lazy("cohort", "Stayed to the end"),
    "joined": pgettext_lazy("cohort", "Joined since"),
    "gone": pgettext_lazy("cohort", "No longer in the cohort"),
}
INDICATOR_WORDS = {
    Indicator.QUALIFIED_TEACHERS: gettext_lazy("Teachers above the required qualification"),
    Indicator.BACKBONE_TEACHERS: gettext_lazy("Backbone teachers, county and above"),
    Indicator.SPORT_AND_ARTS_TEACHERS: gettext_lazy("Sport and arts teachers"),
    Indicator.TEACHING_AREA: gettext_lazy("Teaching area, m²"),
    Indicator.SPORTS_AREA: gettext_lazy("Sports area, m²"),
    Indicator.EQUIPMENT_VALUE: gettext_lazy("Equipment, yuan"),
    Indicator.MULTIMEDIA_ROOMS: gettext_lazy("Multimedia classrooms"),
}
VERDICTS = {
    True: gettext_lazy("Reached"),
    False: gettext_lazy("Missed"),
    None: gettext_lazy("Not told enough"),
}
SHARES = ("lessons_given", "equipment_used")
FEN_A_YUAN = 100


def level_name(level: str) -> str:
    """A level as it is called; nothing for none."""
    return next((str(words) for each, words in LEVEL_NAMES.items() if each == level), "")


def shown_number(value: float | None, places: int = 2) -> str:
    """A figure rounded to its places, or a dash; Django by itself cuts places off."""
    if value is None:
        return DASH
    return str(number_format(round(value, places), places, force_grouping=True))


def shown_share(share: Share | None) -> str:
    """A share in percent with two places, or a dash."""
    percent = share.percent() if share else None
    return DASH if percent is None else f"{percent} %"


def shown_resource(figure: Resource) -> str:
    """A figure of resources as the return prints it."""
    if figure.name in SHARES:
        return shown_share(figure.share)
    value = figure.value
    return shown_number(in_yuan(figure.name, value) if value is not None else None)


def in_yuan(name: str, value: float) -> float:
    """A figure of resources in the unit in which it is shown."""
    return value / FEN_A_YUAN if name == "equipment_fen" else value

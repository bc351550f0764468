"""What facts, their values and their registers are called."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from junheng.aid.engine.facts import FACTS, Kind
from junheng.kernel.money import Fen

NAMES = {
    "stage": gettext_lazy("stage of schooling"),
    "grade": gettext_lazy("grade"),
    "sex": gettext_lazy("sex"),
    "born_on": gettext_lazy("birthday"),
    "age": gettext_lazy("full years of age"),
    "entered_on": gettext_lazy("on the roll since"),
    "studying": gettext_lazy("comes to school"),
    "boarder": gettext_lazy("boarder"),
    "disabled": gettext_lazy("disabled"),
    "orphan": gettext_lazy("orphan"),
    "left_behind": gettext_lazy("left-behind child"),
    "migrant": gettext_lazy("migrant worker's child"),
    "striving_class": gettext_lazy("in the striving class"),
    "degree": gettext_lazy("course entered"),
    "skills_certificate": gettext_lazy("has a skills certificate"),
    "private_school": gettext_lazy("private school"),
    "rural_school": gettext_lazy("rural school"),
    "meal_school": gettext_lazy("school in the meal programme"),
    "heated_school": gettext_lazy("school with heating"),
    "registered_poor": gettext_lazy("registered poor household"),
    "monitored": gettext_lazy("household watched against falling back"),
    "subsistence": gettext_lazy("household on minimum subsistence"),
    "destitute": gettext_lazy("supported as destitute"),
    "fee": gettext_lazy("fee for a term"),
}
SOURCES = {
    "pupils": gettext_lazy("the register of pupils"),
    "schools": gettext_lazy("the register of schools"),
    "households": gettext_lazy("the register of households"),
    "beneficiaries": gettext_lazy("the register of people outside grades 1 to 9"),
}
CODES = {
    "kindergarten": pgettext_lazy("stage", "kindergarten"),
    "primary": pgettext_lazy("stage", "primary school"),
    "lower_secondary": pgettext_lazy("stage", "lower secondary school"),
    "upper_secondary": pgettext_lazy("stage", "upper secondary school"),
    "vocational": pgettext_lazy("stage", "vocational school"),
    "higher": pgettext_lazy("stage", "higher education"),
    "college": gettext_lazy("college course"),
    "bachelor_second": gettext_lazy("bachelor's course, second batch"),
    "bachelor_first": gettext_lazy("bachelor's course, first batch"),
    "bachelor_key": gettext_lazy("bachelor's course, key batch"),
    "1": pgettext_lazy("person", "male"),
    "2": pgettext_lazy("person", "female"),
}


def value(name: str, found: Any) -> str:
    """A value in words; what nobody told is said to be missing."""
    if found is None:
        return _("not told")
    if FACTS[name].kind is Kind.YES_NO:
        return _("yes") if found else _("no")
    if FACTS[name].kind is Kind.MONEY:
        return yuan(found)
    return str(CODES.get(str(found), found))


def yuan(fen: int) -> str:
    """An amount with its unit."""
    return _("%(amount)s yuan") % {"amount": Fen(fen)}


def source(name: str) -> str:
    """The register that a fact comes from."""
    return str(SOURCES[FACTS[name].source])

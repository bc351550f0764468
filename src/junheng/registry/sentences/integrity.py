"""What a finding of the register has against a record, figure by figure, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from junheng.kernel.codes import table
from junheng.registry.engine.integrity.check import Check, Repair, Severity

Text = str | Promise
SEVERITIES: dict[str, Text] = {
    Severity.HIGH: pgettext_lazy("severity", "Urgent"),
    Severity.MIDDLE: pgettext_lazy("severity", "To be looked at"),
    Severity.LOW: pgettext_lazy("severity", "Minor"),
}
TABLES: dict[str, Text] = {
    "attendance": gettext_lazy("daily attendance"),
    "civil": gettext_lazy("civil registration"),
    "elsewhere": gettext_lazy("school rolls of other districts"),
}
REPAIRS: dict[str, Text] = {
    Repair.BIRTH_DATE: gettext_lazy("Write the birth date of the identity number"),
    Repair.SEX: gettext_lazy("Write the sex of the identity number"),
}
LABELS: dict[str, Text] = {
    "probability": gettext_lazy("Probability of one child"),
    "state": gettext_lazy("State"),
    "recorded": gettext_lazy("In the record"),
    "in_number": gettext_lazy("In the identity number"),
    "civil": gettext_lazy("In civil registration"),
    "born_on": gettext_lazy("Child born on"),
    "grade": gettext_lazy("Grade"),
    "age": gettext_lazy("Age on 31 August"),
    "relation": gettext_lazy("Relation"),
    "guardian_born": gettext_lazy("Guardian born on"),
    "years": gettext_lazy("Years between them"),
    "class": gettext_lazy("Class"),
    "classes": gettext_lazy("Classes"),
    "class_school": gettext_lazy("School of the class"),
    "class_grade": gettext_lazy("Grade of the class"),
    "days": gettext_lazy("School days"),
    "last_day": gettext_lazy("Last seen on"),
    "sits_at": gettext_lazy("Sits at"),
    "record_at": gettext_lazy("Record at"),
    "district": gettext_lazy("Other district"),
    "missing_since": gettext_lazy("Missing since"),
    "not_listed": gettext_lazy("Known to the class"),
    "since": gettext_lazy("Since"),
    "status": gettext_lazy("Civil registration says"),
    "on": gettext_lazy("Since"),
    "same_name": gettext_lazy("Same name"),
    "same_birth_date": gettext_lazy("Same birth date"),
    "signs": gettext_lazy("Signs"),
    "first_at": gettext_lazy("First record at"),
    "second_at": gettext_lazy("Second record at"),
    "number": gettext_lazy("Identity numbers"),
    "name": gettext_lazy("Names"),
    "birth": gettext_lazy("Birth dates"),
    "sex": gettext_lazy("Sexes"),
    "family": gettext_lazy("Families"),
    "place": gettext_lazy("Second record at"),
}
"""In the order in which a page has them; what is not here, only the program needs."""
CODES: dict[str, Text] = {
    "faulty": gettext_lazy("fails its check"),
    "lost_tail": gettext_lazy("last digits lost in a spreadsheet"),
    "died": gettext_lazy("died"),
    "moved": gettext_lazy("moved away"),
    "cancelled": gettext_lazy("cancelled"),
    "no_number": gettext_lazy("no identity number"),
    "not_in_civil": gettext_lazy("number not in civil registration"),
    "number_fails": gettext_lazy("number fails its check"),
    "no_guardian": gettext_lazy("no guardian"),
    "never_seen": gettext_lazy("never seen in class"),
    "late_in_bulk": gettext_lazy("entered late, together with many others"),
    "left": gettext_lazy("left"),
    "graduated": gettext_lazy("graduated"),
    "dropped_out": gettext_lazy("dropped out"),
    "missing": gettext_lazy("not known of both"),
    "same": gettext_lazy("the same"),
    "slip": gettext_lazy("the same but for a slip"),
    "slip_in_order": gettext_lazy("the same but for the last digits"),
    "different": gettext_lazy("different"),
    "sound": gettext_lazy("sound alike"),
    "one_off": gettext_lazy("one syllable differs"),
    "like_a_twin": gettext_lazy("one syllable differs"),
    "like_a_twin_apart": gettext_lazy("one syllable differs"),
    "one": gettext_lazy("knows one of the two names"),
    "both": gettext_lazy("knows both names"),
}
OF_SEX = {"1": gettext_lazy("male"), "2": gettext_lazy("female")}
Named = Mapping[str, Mapping[str, str]]


def lines(check: type[Check], figures: Mapping[str, Any], named: Named) -> list[tuple[Text, str]]:
    """What speaks, line by line.

    Args:
        check: Whose finding it is.
        figures: Of the finding.
        named: Names of "schools" and "classes" by their keys.
    """
    return [
        (label, _told(check, key, figures[key], named))
        for key, label in LABELS.items()
        if figures.get(key) is not None
    ]


def _told(check: type[Check], key: str, value: Any, named: Named) -> str:
    if key in _OWN:
        return _OWN[key](value)
    if check.key == "sex_differs":
        return str(OF_SEX.get(str(value), value))
    if isinstance(value, list):
        return _(", ").join(_one(key, one, named) for one in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _one(key, value, named)


def _one(key: str, value: Any, named: Named) -> str:
    if key in {"class", "classes"}:
        return named["classes"].get(str(value), "—")
    if key in {"sits_at", "record_at", "class_school", "first_at", "second_at", "place"}:
        return named["schools"].get(str(value), str(value))
    return str(CODES.get(str(value), value))


def _days(value: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", value) % {"n": value}


def _not_listed(value: bool) -> str:  # noqa: FBT001 - a figure of the engine
    return _("no") if value else _("yes")


def _relation(value: str) -> str:
    return table("relation").name(value, get_language() or "zh")


def _share(value: float) -> str:
    return f"{value:.1%}" if value < 1 else _("over 99.9 %")


_OWN: dict[str, Callable[[Any], str]] = {
    "days": _days,
    "not_listed": _not_listed,
    "probability": _share,
    "relation": _relation,
}


def sources(check: type[Check], receipt: Mapping[str, Any]) -> list[tuple[Text, str]]:
    """What a check compared the register with, each with the day on which it was true.

    Args:
        check: Whose finding it is.
        receipt: Of the run that found it last.
    """
    days = receipt.get("as_of", {})
    register = [(gettext_lazy("register of pupils"), str(receipt.get("on", "")))]
    return register + [(TABLES[table], days.get(table, "")) for table in sorted(check.needs)]


def undecided(tables: tuple[str, ...]) -> str:
    """Why a check said nothing."""
    missing = _(", ").join(str(TABLES[table]) for table in tables)
    return _("Undecided: %(what)s not delivered") % {"what": missing}

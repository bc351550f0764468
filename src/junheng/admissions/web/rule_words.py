"""Every rule of a round by name, and what files would make of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from junheng.admissions.engine.types import Mode
from junheng.admissions.models import Round
from junheng.admissions.selectors.rounds import LEVELS
from junheng.admissions.web.making_forms import METHODS, MODES, SILENCES, UNRANKED
from junheng.admissions.web.words import GAP, metres

Rules = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A rule that is another one afterwards."""

    name: str
    was: str
    becomes: str


def changed_rules(the_round: Round, rules: Rules) -> list[Change]:
    """What files change of the rules that a round has; nothing where it has none yet."""
    if not the_round.rules:
        return []
    was, becomes = dict(_told(the_round.rules)), dict(_told(rules))
    names = list(dict.fromkeys([*was, *becomes]))
    pairs = [Change(name, was.get(name, GAP), becomes.get(name, GAP)) for name in names]
    return [change for change in pairs if change.was != change.becomes]


def _told(rules: Rules) -> Iterator[tuple[str, str]]:
    yield _("Year"), str(rules["year"])
    yield _("Level"), _label(LEVELS, rules["level"])
    yield _("Class cap"), str(rules["class_cap"])
    yield _("Schools order children by"), " → ".join(_key(key) for key in rules["priority"])
    yield _("Schools that count"), _counting(rules)
    yield _("Lottery"), _label(METHODS, rules["method"])
    yield _("Children without a seat by list"), _label(MODES, rules["mode"])
    yield _("At most so far"), metres(rules.get("max_distance_m"))
    if rules["mode"] == Mode.OPEN.value:
        yield _("If a family does not answer an offer"), _label(SILENCES, rules.get("silence"))
        left_out = _label(UNRANKED, rules.get("unranked"))
        yield _("Offered schools that a family left out"), left_out
        answers = _("are in") if rules.get("first_run") else _("are awaited")
        yield _("Answers"), answers
    if rules.get("by_lottery"):
        yield _("Open by lottery"), ", ".join(rules["by_lottery"])
    yield _("Area in which homes may lie"), _area(rules.get("bbox"))
    yield _("Version of the format"), str(rules.get("version", 1))


def _label(labels: Mapping[str, Any], value: Any) -> str:
    return str(labels.get(value, value or GAP))


def _key(key: str) -> str:
    told = {"tier": _("tier"), "sibling": _("older child at the school"), "ticket": _("ticket")}
    return told.get(key, key)


def _counting(rules: Rules) -> str:
    if rules.get("choices_only"):
        return _("only those that a family asked for")
    return _("those that a family asked for, then those of its zone")


def _area(box: Any) -> str:
    return GAP if not box else ", ".join(str(edge) for edge in box)

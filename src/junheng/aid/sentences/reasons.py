"""Why somebody is entitled or not: clause, value, register, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from junheng.aid.engine.conditions import read_condition
from junheng.aid.engine.outcomes import Ground, Outcome, reason_of
from junheng.aid.engine.policies import Policy
from junheng.aid.sentences import facts as words
from junheng.aid.verify.entitlement import Truth, full_years, truth

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition as it stands for one person.

    Attributes:
        number: From 1.
        said: What the document says.
        place: Where in it.
        holds: Yes, no, or None where it cannot be told.
        found: Each fact that it asks for: what it is, its value and its register, in words.
    """

    number: int
    said: str
    place: str
    holds: Truth
    found: tuple[tuple[str, str, str], ...]


def facts_on(stored: Facts, day: date) -> dict[str, Any]:
    """The facts of an answer as values, with the age of its day."""
    told = dict(stored)
    for name in ("born_on", "entered_on"):
        if isinstance(told.get(name), str):
            told[name] = date.fromisoformat(told[name])
    return told | {"age": full_years(told.get("born_on"), day)}


def clauses_of(content: Mapping[str, Any], facts: Facts) -> list[Clause]:
    """Every condition of a version as it stands for one person."""
    return [
        Clause(
            number,
            one["clause"],
            one["place"],
            truth(one["text"], facts),
            tuple(
                (str(words.NAMES[name]), words.value(name, facts.get(name)), words.source(name))
                for name in read_condition(one["text"]).facts
            ),
        )
        for number, one in enumerate(content["conditions"], 1)
    ]


def for_other_stages(content: Mapping[str, Any], facts: Facts) -> bool:
    """Whether a version is made for others: it fails by the stage, whatever else is true."""
    alone = {"stage": facts.get("stage")}
    return any(truth(one["text"], alone) is False for one in content["conditions"])


def why(policy: Policy, answer: int, clauses: list[Clause], titles: Mapping[str, str]) -> str:
    """The answer in one sentence, for a page or a letter.

    Args:
        policy: The version.
        answer: Its number.
        clauses: From `clauses_of`.
        titles: What policies are called, by code.
    """
    reason = reason_of(policy, answer)
    if reason.outcome is Outcome.ENTITLED:
        return _("Every condition is met.")
    undecided = reason.outcome is Outcome.UNDECIDED
    match reason.ground:
        case Ground.CONDITION:
            return _of_a_clause(clauses[reason.number - 1], undecided=undecided)
        case Ground.RATES:
            return (
                _("Which amount applies cannot be told yet, because a fact is missing.")
                if undecided
                else _("None of the amounts is meant for this case.")
            )
        case Ground.GIVEN_BEFORE:
            return _("It is given once in a lifetime, and was given before.")
        case _:
            other = policy.gives_way_to[reason.number - 1]
            return (
                _("It is not paid beside “%(other)s”, and whether that is due cannot be told yet.")
                if undecided
                else _("It is not paid beside “%(other)s”, which is due.")
            ) % {"other": titles.get(other, other)}


def _of_a_clause(clause: Clause, *, undecided: bool) -> str:
    found = " · ".join(
        _("%(source)s says “%(fact)s”: %(value)s") % {"source": told, "fact": name, "value": value}
        for name, value, told in clause.found
    )
    sentence = (
        _("It cannot be told whether “%(clause)s” (%(place)s) is met: %(found)s.")
        if undecided
        else _("“%(clause)s” (%(place)s) is not met: %(found)s.")
    )
    return sentence % {"clause": clause.said, "place": clause.place, "found": found}


def what_would_change(clauses: list[Clause]) -> list[str]:
    """What would have to be otherwise, or be told; nothing where every condition is met."""
    return [
        (
            _("The office has to be told, with a paper, whether this holds: “%(clause)s”.")
            if one.holds is None
            else _("This would have to hold on the counting day: “%(clause)s”.")
        )
        % {"clause": one.said}
        for one in clauses
        if one.holds is not True
    ]

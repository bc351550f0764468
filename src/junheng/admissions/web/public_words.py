"""The rules of a round as a family reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

from django.utils.translation import gettext as _

from junheng.admissions.engine.types import Key, Method
from junheng.admissions.web.diversion_words import diversion_in_words


def rules_in_words(
    rules: Mapping[str, Any], names: Mapping[str, str] | None = None
) -> Iterator[str]:
    """One sentence for each rule, in the order in which they are applied.

    Args:
        rules: As the round keeps them.
        names: Names of its schools by code, as far as they are known.
    """
    yield _lists(rules)
    yield _order(rules)
    if named := [(names or {}).get(code, code) for code in rules.get("by_lottery", ())]:
        yield from by_lottery_in_words(named)
    yield _lottery(rules)
    yield _("Children who must stay together, such as twins, get seats at one school or none.")
    yield _("No class has more than %(n)s pupils.") % {"n": rules["class_cap"]}
    yield from diversion_in_words(rules)


def by_lottery_in_words(names: Sequence[str]) -> Iterator[str]:
    """What it means that schools are open by lottery, as a family has to know it."""
    schools = _(", ").join(names)
    yield (
        _(
            "Open by lottery, for whoever names them: %s. If more families ask than there are "
            "seats, lots decide and nothing else: no tier, no older child, no address."
        )
        % schools
    )
    yield _(
        "Naming such a school costs nothing: a child that does not win keeps its whole claim to "
        "the schools of its zone. Nobody is sent there who did not ask for it."
    )


def _lists(rules: Mapping[str, Any]) -> str:
    if rules.get("choices_only"):
        return _("The schools that the family asked for count, in its order.")
    return _(
        "The schools that the family asked for count first, in its order; after them the schools "
        "of the zone in which the child lives."
    )


def _order(rules: Mapping[str, Any]) -> str:
    told = {
        Key.TIER: _("by tier, the smaller first"),
        Key.SIBLING: _("with an older brother or sister at the school first"),
        Key.TICKET: _("by lottery ticket"),
    }
    steps = [told[Key(name)] for name in rules["priority"]]
    then = _("%(first)s; among equals %(next)s")
    order = reduce(lambda first, following: then % {"first": first, "next": following}, steps)
    return _("A school with too few seats takes children in this order: %s.") % order


def _lottery(rules: Mapping[str, Any]) -> str:
    if rules["method"] == Method.RING.value:
        return _(
            "All codes of children stand on a ring. The public event says where the drawing "
            "begins and which of them is drawn each time; who is drawn earlier comes first."
        )
    return _(
        "Every child has one ticket for the year, which follows from its code and the seed of the "
        "round. Nobody chooses tickets, and applying again does not change them."
    )

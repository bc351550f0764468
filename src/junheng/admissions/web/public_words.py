"""The rules of a round as a family reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

from django.utils.translation import gettext as _

from junheng.admissions.engine.types import Key, Method
from junheng.admissions.web.diversion_words import diversion_in_words


def rules_in_words(rules: Mapping[str, Any]) -> Iterator[str]:
    """One sentence for each rule, in the order in which they are applied."""
    yield _lists(rules)
    yield _order(rules)
    yield _lottery(rules)
    yield _("Children who must stay together, such as twins, get seats at one school or none.")
    yield _("No class has more than %(n)s pupils.") % {"n": rules["class_cap"]}
    yield from diversion_in_words(rules)


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

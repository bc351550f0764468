"""What a rate pays, in words: an amount, or a share of one that a register tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from junheng.aid.engine.policies import Policy, Rate
from junheng.aid.engine.shares import Share
from junheng.aid.sentences import facts as words
from junheng.aid.verify.entitlement import rate_for, truth

Facts = Mapping[str, Any]


def in_words(rate: Rate) -> str:
    """Such as “450.00 yuan” or “50 % of the fee”."""
    if isinstance(rate.pays, int):
        return words.yuan(rate.pays)
    return _("%(share)s of “%(fact)s”") % _named(rate.pays)


def basis(policy: Policy, facts: Facts) -> str:
    """Of what somebody's amount is a share, in one sentence; "" where it is none."""
    share = _share(policy, facts)
    if share is None:
        return ""
    found = facts.get(share.of)
    sentence = (
        _("The amount is %(share)s of “%(fact)s”, which %(source)s does not tell.")
        if found is None
        else _("The amount is %(share)s of “%(fact)s”; %(source)s says: %(value)s.")
    )
    told = {"source": words.source(share.of), "value": words.value(share.of, found)}
    return sentence % (_named(share) | told)


def what_is_missing(policy: Policy, facts: Facts) -> list[str]:
    """What would have to be told, so that a share can be."""
    share = _share(policy, facts)
    if share is None or facts.get(share.of) is not None:
        return []
    return [_("The office has to be told, with a paper: “%(fact)s”.") % _named(share)]


def _share(policy: Policy, facts: Facts) -> Share | None:
    """What somebody has or would have a share of, if it is certain that this rate is meant."""
    place, _holds = rate_for(policy.rates, facts)
    if not place:
        return None
    rate = policy.rates[place - 1]
    meant = rate.when is None or truth(rate.when.text, facts)
    return rate.pays if meant and isinstance(rate.pays, Share) else None


def _named(share: Share) -> dict[str, str]:
    return {"share": share.percent, "fact": str(words.NAMES[share.of])}

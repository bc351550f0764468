"""Policies as the engine knows them, and as pages show them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language

from junheng.aid.engine.conditions import read_condition
from junheng.aid.engine.facts import FACTS
from junheng.aid.engine.policies import CountedOn, Period, Policy, Rate
from junheng.aid.engine.shares import Share
from junheng.aid.models import AidPolicy, PolicyVersion
from junheng.kernel.canonical import canonical_json

Content = Mapping[str, Any]
HOUSEHOLDS = "households"
"""The source of facts that are nobody else's business."""


def content_of(version: PolicyVersion) -> dict[str, Any]:
    """All that is decided by, and what it rests on: what two people agree to."""
    return {
        "code": version.policy.code,
        "version": version.number,
        "valid_from": version.valid_from.isoformat(),
        "valid_to": version.valid_to.isoformat() if version.valid_to else None,
        "counted_on": version.counted_on,
        "conditions": version.conditions,
        "rates": version.rates,
        "gives_way_to": version.gives_way_to,
        "once": version.once,
        "document": version.document,
        "document_number": version.document_number,
    }


def fingerprint(content: Content) -> str:
    """SHA-256 of a content as it was agreed to; an open end may end later."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def policy_from(content: Content) -> Policy:
    """A content as the engine knows it.

    Raises:
        NotAllowed: If a condition is none.
        ValueError: If rates or days are out of range.
    """
    end = content["valid_to"]
    return Policy(
        code=content["code"],
        version=content["version"],
        valid_from=date.fromisoformat(content["valid_from"]),
        valid_to=date.fromisoformat(end) if end else None,
        counted_on=CountedOn(content["counted_on"]),
        conditions=tuple(read_condition(one["text"]) for one in content["conditions"]),
        rates=tuple(map(rate_from, content["rates"])),
        gives_way_to=tuple(content["gives_way_to"]),
        once=content["once"],
    )


def rate_from(kept: Content) -> Rate:
    """A rate as the engine knows it.

    Raises:
        NotAllowed: If its condition is none.
        ValueError: If it is out of range.
    """
    when = read_condition(kept["when"]) if kept["when"] else None
    return Rate(when, Share(kept["permille"], kept["of"]) if "of" in kept else kept["fen"])


def as_kept(rate: Rate) -> dict[str, Any]:
    """The same as a version keeps it."""
    when = {"when": rate.when.text if rate.when else ""}
    if isinstance(rate.pays, int):
        return when | {"fen": rate.pays}
    return when | {"permille": rate.pays.permille, "of": rate.pays.of}


def contents_for(path: str, period: Period) -> list[dict[str, Any]]:
    """The approved versions of a county that hold on a day of a period, by code and number."""
    rows = PolicyVersion.objects.approved().filter(
        Q(valid_to=None) | Q(valid_to__gt=period.starts_on),
        policy__path=path,
        valid_from__lte=period.ends_on,
    )
    return [
        content_of(row) for row in rows.select_related("policy").order_by("policy__code", "number")
    ]


def asks_households(content: Content) -> bool:
    """Whether being entitled, or not, tells something of a household."""
    return any(FACTS[name].source == HOUSEHOLDS for name in policy_from(content).facts)


def titles_of(path: str, *, plain: bool) -> dict[str, str]:
    """What the policies of a county are called in the reader's language, by code.

    Args:
        path: Of the county.
        plain: Whether for others than those in charge.
    """
    rows = AidPolicy.objects.filter(path=path)
    return {row.code: title_of(row, plain=plain) for row in rows}


def title_of(row: AidPolicy, *, plain: bool = False) -> str:
    """What a policy is called; plainly, where its name would tell what a household is."""
    chinese = (get_language() or "zh").startswith("zh")
    full = row.title_zh if chinese else row.title_en
    told = row.plain_zh if chinese else row.plain_en
    return told or full if plain else full


def confidential(contents: Iterable[Content]) -> frozenset[str]:
    """Codes of policies of which others than those in charge learn no reason.

    A policy that asks of households, and one that gives way to such a one.
    """
    known = {one["code"]: one for one in contents}
    closed = {code for code, one in known.items() if asks_households(one)}
    while (
        more := {code for code, one in known.items() if set(one["gives_way_to"]) & closed} - closed
    ):
        closed |= more
    return frozenset(closed)

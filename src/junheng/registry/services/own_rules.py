"""A county's own rules for transfers: proposed by the keeper of its register, two people agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User, Visitor, holds, scope_q
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal
from junheng.evidence.facade import LOOKED_UP
from junheng.places.facade import Place
from junheng.registry.access import (
    TRANSFER_DECIDERS,
    may_decide_transfer,
    may_keep,
)
from junheng.registry.models import TransferRuleVersion

STEP = "registry.transfer_rules"
TITLE = gettext_lazy("Rules for transfers")
LONGEST = 92
"""Days of the longest window that can be set: a window is a part of a term, not the year."""


class UnsoundRules(Refusal):
    """Rules by which nothing could be decided."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason that counts outside the window, as the county words it.

    Attributes:
        code: Its key; transfers keep it.
        name: In Chinese.
        paper: The paper it needs, in Chinese.
        clause: Of the county's document.
        registers: Keys of departments' registers that know of it.
        name_en, paper_en: In English; "" where nobody wrote it.
    """

    code: str
    name: str
    paper: str
    clause: str
    registers: tuple[str, ...] = ()
    name_en: str = ""
    paper_en: str = ""


def propose(
    place: Place,
    *,
    document: str,
    window_days: int,
    reasons: Sequence[Reason],
    starts_on: date,
    by: User,
) -> Approval:
    """Ask that these rules hold from a day on; another one agrees.

    Args:
        place: The county.
        document: What they rest on, with its number.
        window_days: Days from the first of the school year on which any reason counts.
        reasons: What counts outside of it.
        starts_on: The first day, one to come, so that nobody is judged by later rules.
        by: Who asks.

    Raises:
        UnsoundRules: If something is missing, twice or unknown.
    """
    content = {
        "document": {"zh": document.strip(), "en": document.strip()},
        "window_days": window_days,
        "ground": [_as_data(one) for one in reasons],
    }
    return approvals.ask(
        STEP,
        matter=f"registry.transfer_rules.{place.code}",
        path=place.path,
        by=by,
        payload={"place": place.code, "from": starts_on.isoformat(), "content": content},
        title=f"{TITLE} · {place.name}",
    )


def _as_data(one: Reason) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": {"zh": one.name, "en": one.name_en or one.name},
        "paper": {"zh": one.paper, "en": one.paper_en or one.paper},
        "clause": one.clause,
        "registers": list(one.registers),
    }


def register() -> None:
    """Make the step known to the pages of approvals."""
    approvals.register(
        approvals.Step(
            STEP,
            TITLE,
            may_keep,
            may_decide_transfer,
            lambda user: scope_q(user, "path", frozenset(TRANSFER_DECIDERS)),
            _takes_part,
            _check,
            _carry_out,
            _facts,
        )
    )


def _takes_part(user: Visitor) -> bool:
    return holds(user, *TRANSFER_DECIDERS)


def _check(approval: Approval) -> None:
    said, content = approval.payload, approval.payload["content"]
    begins = date.fromisoformat(said["from"])
    if begins <= timezone.localdate():
        raise UnsoundRules(_("Rules begin on a day to come: nobody is judged by what came after."))
    if not 1 <= content["window_days"] <= LONGEST:
        raise UnsoundRules(_("The window has 1 to %(most)d days.") % {"most": LONGEST})
    if TransferRuleVersion.objects.filter(place__code=said["place"], valid_from=begins).exists():
        raise UnsoundRules(_("Another version begins on that day already."))
    for one in _unsound(content["ground"]):
        raise UnsoundRules(one)


def _unsound(grounds: Sequence[dict[str, Any]]) -> Iterator[str]:
    codes = [one["code"] for one in grounds]
    if len(set(codes)) < len(codes):
        yield _("A code stands there twice.")
    for one in grounds:
        if not all((one["code"], one["name"]["zh"], one["paper"]["zh"])):
            yield _("Every reason has a code, a name and a paper.")
        for key in one["registers"]:
            if key not in LOOKED_UP:
                yield _("There is no register “%(key)s”.") % {"key": key}


def _carry_out(approval: Approval) -> None:
    said = approval.payload
    place = Place.objects.select_for_update().get(code=said["place"])
    begins = date.fromisoformat(said["from"])
    before = TransferRuleVersion.objects.filter(place=place, valid_from__year=begins.year).count()
    TransferRuleVersion.objects.create(
        place=place,
        version=f"{place.code}-{begins.year}-{before + 1}",
        valid_from=begins,
        content=said["content"],
        asked_by=approval.asked_by,
        approved_by=cast(User, approval.decided_by),
    )


def _facts(approval: Approval) -> Iterator[tuple[str, object]]:
    said = approval.payload
    yield _("From"), date.fromisoformat(said["from"])
    yield _("Document that it rests on"), said["content"]["document"]["zh"]
    yield _("Days of the window"), said["content"]["window_days"]
    for one in said["content"]["ground"]:
        yield f"{_('Reason')} {one['clause']}", f"{one['name']['zh']} – {one['paper']['zh']}"

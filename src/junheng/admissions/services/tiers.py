"""How a round reads proofs is laid down before the opening, and stays as it was announced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.engine.standard_rules import STANDARD, rules_from
from junheng.admissions.models import Round, VerificationRules
from junheng.admissions.services.acts import Deed, locked, log, require
from junheng.commons.refusals import Refusal


class CannotBeRules(Refusal):
    """The tiers contradict each other, or one asks for nothing."""


def announce_standard(the_round: Round) -> None:
    """Write the standard groups down for a round made on a page that says nothing else.

    A round that came in files has its tiers in them, and takes no applications here unless
    its groups are laid down; a second round has those of the first if families who came late
    may apply.
    """
    if the_round.input_id is None and the_round.second_of_id is None:
        VerificationRules.objects.get_or_create(round=the_round, defaults={"content": STANDARD})


def lay_down(
    the_round: Round,
    tiers: Sequence[Mapping[str, Any]],
    *,
    house_years: int,
    house_clause: str,
    by: User,
) -> VerificationRules:
    """Write down how proofs are read in a planned round.

    Args:
        the_round: One that is planned.
        tiers: Each with `number`, `needs` (names of proofs) and `clause`.
        house_years: For so many years a house gives one family a seat; 0 for no limit.
        house_clause: Clause of that limit.
        by: Who lays it down.

    Raises:
        OutOfTurn: If the round was opened already.
        CannotBeRules: If a tier needs nothing, or two need the same.
    """
    content = {
        "tiers": [dict(tier) for tier in tiers],
        "house_years": house_years,
        "house_clause": house_clause,
    }
    needs = [frozenset(tier["needs"]) for tier in tiers]
    try:
        rules_from(content)
    except (KeyError, ValueError):
        raise CannotBeRules(_("Every group needs at least one proof.")) from None
    if not tiers or len(set(needs)) < len(needs):
        raise CannotBeRules(_("Two groups need the same proofs, or there is none."))
    with transaction.atomic():
        held = locked(the_round.pk)
        require(held, Round.State.PLANNED)
        made, _new = VerificationRules.objects.update_or_create(
            round=held, defaults={"content": content}
        )
        log(held, Deed.PLANNED, by=by, text=_("groups of the rules"))
    rules: VerificationRules = made
    return rules

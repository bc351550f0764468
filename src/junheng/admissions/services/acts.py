"""The round's log, and the lock under which every step of the act is taken."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from junheng.admissions.models import Round, RoundAct
from junheng.commons.attempts import Breach

Deed = RoundAct.Deed


class OutOfTurn(Breach):
    """The step does not follow from where the round stands."""


def matter_of(the_round: Round) -> str:
    """What approvals and attempts call a round."""
    return f"admissions.round.{the_round.pk}"


def locked(round_id: int) -> Round:
    """The round, held until the transaction ends: two steps never overtake each other."""
    held: Round = (
        Round.objects.select_for_update(of=("self",)).select_related("input").get(pk=round_id)
    )
    return held


def require(the_round: Round, *states: str) -> None:
    """Make sure that the round stands where a step begins.

    Raises:
        OutOfTurn: If it stands elsewhere; it says where.
    """
    if the_round.state not in states:
        raise OutOfTurn(
            _("The round %(ref)s is in the state “%(state)s”, so this is not possible.")
            % {"ref": the_round.ref, "state": the_round.get_state_display()}
        )


def move(the_round: Round, state: str, *fields: str) -> None:
    """Move the round on; the database refuses a step that is none."""
    the_round.state = state
    the_round.save(update_fields=["state", *fields])


def log(
    the_round: Round,
    deed: str,
    *,
    by: AbstractBaseUser | None,
    second: AbstractBaseUser | None = None,
    **figures: Any,
) -> None:
    """Write a line into the round's log."""
    RoundAct.objects.create(
        round=the_round,
        deed=deed,
        by_id=by.pk if by else None,
        second_id=second.pk if second else None,
        figures=figures,
    )

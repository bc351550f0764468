"""Freezing the list that is drawn from, and correcting one that was published."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.translation import gettext as _

from junheng.admissions.engine.receipt import rules_as_tables
from junheng.admissions.files.canonical import canonical_tables, table_hashes
from junheng.admissions.models import FrozenList, Round, RoundInput, SeatDecision
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.services.reading import Checked, read_round
from junheng.commons import runs
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal
from junheng.kernel.canonical import canonical_json

FORMAT = "admission-round/1"


class NothingLoaded(Refusal):
    """The round has no list."""


class AnsweredTooEarly(Refusal):
    """The list holds answers to offers that no run has made yet."""


def list_content(checked: Checked) -> dict[str, Any]:
    """What the fingerprint of a list is of: the rules, and the hash of every table."""
    rules = rules_as_tables(checked.round.rules)
    tables = table_hashes(canonical_tables(checked.inputs))
    return {"format": FORMAT, "rules": rules, "tables": tables}


def fingerprint(content: dict[str, Any]) -> str:
    """SHA-256 of the content as canonical JSON."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def content_of(loaded: RoundInput) -> dict[str, Any]:
    """The content of a loaded list; one that an earlier version loaded is read again."""
    return loaded.content or list_content(read_round(runs.thaw(loaded.snapshot)))


def require_list(the_round: Round) -> RoundInput:
    """The list that can be frozen.

    Raises:
        NothingLoaded: If there is none.
        AnsweredTooEarly: If it holds answers of families to offers.
    """
    if the_round.input is None:
        raise NothingLoaded(_("Nothing is loaded yet."))
    if the_round.input.rules.get("first_run"):
        raise AnsweredTooEarly(
            _(
                "The list holds answers to offers, but nothing was offered yet. Take first_run and "
                "the answers out; they come in after the first result is published."
            )
        )
    return the_round.input


def freeze_list(
    the_round: Round, loaded: RoundInput, approval: Approval, *, reason: str = ""
) -> FrozenList:
    """Freeze a list under its fingerprint; inside the caller's transaction."""
    content = content_of(loaded)
    frozen: FrozenList = FrozenList.objects.create(
        round=the_round,
        version=the_round.lists.count() + 1,
        input=loaded,
        list_sha256=fingerprint(content),
        content=content,
        reason=reason,
        approval=approval,
    )
    return frozen


def latest_list(the_round: Round) -> FrozenList | None:
    """The list that runs are made from."""
    found: FrozenList | None = the_round.lists.order_by("-version").first()
    return found


def correction_of(the_round: Round, input_id: int) -> RoundInput:
    """The input that corrects a published round.

    Raises:
        OutOfTurn: If it is the one that is frozen already, seats were decided since, or a
            second round follows.
    """
    if Round.objects.filter(second_of=the_round.pk).exists():
        raise OutOfTurn(_("A second round follows this one, so its list is not corrected."))
    if SeatDecision.objects.filter(round=the_round).exists():
        raise OutOfTurn(
            _("Seats were decided one by one since the result, so the list is not corrected.")
        )
    loaded: RoundInput = the_round.inputs.get(pk=input_id)
    if loaded.pk == the_round.input_id:
        raise OutOfTurn(_("These files are the frozen list already."))
    return loaded

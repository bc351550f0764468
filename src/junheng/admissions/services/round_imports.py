"""Tables that come into one round: which round, whose, and who may bring them."""

from __future__ import annotations

from typing import Any, ClassVar

from junheng.admissions.access import may_run
from junheng.admissions.models import Round
from junheng.commons.imports import Importer, Target


class RoundImporter(Importer):
    """An import into the round that its target names; the officer of the place may."""

    target_keys: ClassVar[tuple[str, ...]] = ("round",)

    def may(self, user: Any, target: Target) -> bool:
        the_round = round_of(target)
        return the_round is not None and may_run(user, the_round)

    def path(self, target: Target) -> str:
        the_round = round_of(target)
        return the_round.path if the_round else ""

    def where(self, target: Target) -> str:
        the_round = round_of(target)
        return the_round.ref if the_round else ""


def round_of(target: Target) -> Round | None:
    """The round of an import, if there is one."""
    key = target.get("round", "")
    found: Round | None = Round.objects.filter(pk=int(key)).first() if key.isdigit() else None
    return found

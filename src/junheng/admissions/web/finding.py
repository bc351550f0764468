"""The round that an address names, for those who may see it; for everybody else there is none."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from junheng.accounts.facade import Visitor
from junheng.admissions.models import Round

_BESIDE = ("input__loaded_by", "place")


def visible_round(user: Visitor, pk: int) -> Round:
    """A round that somebody may see, or 404."""
    found: Round = get_object_or_404(Round.objects.for_user(user).select_related(*_BESIDE), pk=pk)
    return found


def round_to_run(user: Visitor, pk: int) -> Round:
    """A round that somebody may load and run, or 404."""
    found: Round = get_object_or_404(Round.objects.run_by(user).select_related(*_BESIDE), pk=pk)
    return found

"""Seeds: one per round counts, any number of others only rehearse."""

from __future__ import annotations

from junheng.admissions.engine.types import Method
from junheng.commons.models.runs import REHEARSAL

PREVIEW_SEED = {Method.HMAC.value: f"{REHEARSAL}preview", Method.RING.value: "1:1"}
"""Stands in while a round without a seed is only read and checked."""


def is_rehearsal(seed: str) -> bool:
    """Whether a run with this seed can never be published."""
    return seed.startswith(REHEARSAL)


def rehearsal_seed(text: str) -> str:
    """The seed of a rehearsal, whatever somebody typed."""
    return f"{REHEARSAL}{text.strip().removeprefix(REHEARSAL)}"


def seed_to_draw(seed: str, method: str) -> str:
    """What the engine draws with: a ring's numbers stand after the mark of a rehearsal."""
    return seed.removeprefix(REHEARSAL) if method == Method.RING.value else seed

"""Asking for a run: who may draw with which seed, and never two at once."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.models import Round, RoundRun
from junheng.admissions.services.seeds import is_rehearsal
from junheng.commons import runs
from junheng.commons.models import Run
from junheng.commons.refusals import Refusal

KIND = "admissions.assignment"
RULES_VERSION = "admission-round/1"

Enqueue = Callable[[Run], object]
"""Put the run into the queue, inside the transaction that made it."""


class NothingLoaded(Refusal):
    """The round has no input."""


class NoSeed(Refusal):
    """The round has no seed of its own and the one given is no rehearsal's."""


def request(the_round: Round, *, seed: str, by: User | None, enqueue: Enqueue) -> RoundRun:
    """Ask for a run.

    Args:
        the_round: What to run.
        seed: One that begins "rehearsal:", or "" for the round's own.
        by: Who asks.
        enqueue: Called with the new run inside the transaction.

    Raises:
        AlreadyRunning: If a run of this round is under way; it says whose and since when.
        NothingLoaded, NoSeed: If there is nothing to run, or nothing to draw with.
    """
    with transaction.atomic():
        locked: Round = Round.objects.select_for_update(of=("self",)).get(pk=the_round.pk)
        if locked.input is None:
            raise NothingLoaded(_("Nothing is loaded yet."))
        drawn = seed if is_rehearsal(seed) else _own_seed(locked, seed)
        run = runs.request_run(
            kind=KIND,
            matter=f"{KIND}.{locked.pk}",
            snapshot=locked.input.snapshot,
            rules_version=RULES_VERSION,
            seed=drawn,
            by=by,
        )
        record: RoundRun = RoundRun.objects.create(
            run=run, round=locked, input=locked.input, rehearsal=is_rehearsal(drawn)
        )
        enqueue(run)
    return record


def _own_seed(the_round: Round, seed: str) -> str:
    """The round's seed; the first run with one that is no rehearsal's fixes it for ever."""
    own = the_round.seed or (the_round.input.seed if the_round.input else "")
    if not own or seed not in ("", own):
        raise NoSeed(
            _("The round has no such seed. Until it is drawn in public only rehearsals are run.")
        )
    if not the_round.seed and not is_rehearsal(own):
        the_round.seed = own
        the_round.save(update_fields=["seed"])
    return own

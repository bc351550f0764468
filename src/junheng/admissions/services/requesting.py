"""Asking for a run: who may draw with which seed, and never two at once."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.models import Round, RoundRun
from junheng.admissions.services.acts import matter_of
from junheng.admissions.services.seeds import is_rehearsal
from junheng.commons import runs
from junheng.commons.attempts import Breach, noting
from junheng.commons.models import Run
from junheng.commons.refusals import Refusal

KIND = "admissions.assignment"
RULES_VERSION = "admission-round/1"

Enqueue = Callable[[Run], object]
"""Put the run into the queue, inside the transaction that made it."""


class NothingLoaded(Refusal):
    """The round has no input."""


class NoSeed(Breach):
    """The seed given is no rehearsal's and was not drawn in public."""


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
    with (
        noting(KIND, by=by, matter=matter_of(the_round), path=the_round.path),
        transaction.atomic(),
    ):
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
    """The round's seed, drawn in public; what a file says is no seed."""
    if not the_round.seed or seed not in ("", the_round.seed):
        raise NoSeed(
            _("The round has no such seed. Until it is drawn in public only rehearsals are run.")
        )
    return the_round.seed

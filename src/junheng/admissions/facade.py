"""What other rooms, the command line and the demo may do with rounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from junheng.accounts.facade import User
from junheng.admissions.engine import statement
from junheng.admissions.models import Application, Round, RoundApplicant, RoundRun
from junheng.admissions.models.plans import CAP
from junheng.admissions.selectors.materials import contact_of
from junheng.admissions.services import (
    applying,
    drill,
    loading,
    materials,
    publishing,
    quota_drill,
    requesting,
    roster,
    verifying,
)
from junheng.admissions.services.events import Event
from junheng.admissions.services.making import Announced
from junheng.admissions.services.quota_planning import Rule as QuotaRule
from junheng.admissions.services.reading import Told, read_round, untold
from junheng.admissions.services.seeds import rehearsal_seed
from junheng.admissions.services.wording import PaperWords, word_papers
from junheng.commons import messages, runs
from junheng.commons.models import Run
from junheng.places.facade import place_by_code

__all__ = [
    "LoadedRound",
    "PaperWords",
    "QuotaRule",
    "RanRound",
    "apply_for",
    "fill_roster",
    "has_result",
    "hold_drill",
    "load_round",
    "open_for_families",
    "rehearsal_seed",
    "run_round",
    "say_contact",
    "say_in_papers",
    "share_quota_seats",
]


EVENT_AS, EVENT_LIKE = "按开奖号码顺序，以连字符相连", "00-00-00-00-00-00+00"


@dataclass(frozen=True, slots=True)
class LoadedRound:
    """A round whose input is loaded.

    Attributes:
        id: What addresses call it.
        ref: What its files call it.
        children, schools, seats: How many were loaded.
    """

    id: int
    ref: str
    children: int
    schools: int
    seats: int


@dataclass(frozen=True, slots=True)
class RanRound:
    """A finished run.

    Attributes:
        ref: Reference of the run.
        rehearsal: Whether it can never be published.
        placements_sha256: Hash of `placements.csv`.
    """

    ref: str
    rehearsal: bool
    placements_sha256: str


def has_result(round_id: int) -> bool:
    """Whether a run of the round's present input is done.

    Args:
        round_id: Which round, see `LoadedRound`.
    """
    the_round = Round.objects.get(pk=round_id)
    done = RoundRun.objects.filter(input=the_round.input_id, run__state=Run.State.DONE)
    return done.exists()


def fill_roster(
    round_id: int, families: Callable[[Sequence[str]], Sequence[Mapping[str, Any]]]
) -> int:
    """Give the children of a round names without a file; those who have one keep it.

    Args:
        round_id: Which round, see `LoadedRound`.
        families: Given the codes of the list, gives rows with `applicant_id`, `child_name`,
            `born_on`, `guardian_name`, `phone`, `deferral_paper` and `number`.

    Returns:
        How many applications were made.
    """
    the_round = Round.objects.get(pk=round_id)
    codes = RoundApplicant.objects.filter(input=the_round.input_id).values_list("code", flat=True)
    with transaction.atomic():
        return roster.fill(the_round, [dict(row) for row in families(list(codes))])


def hold_drill(
    round_id: int,
    *,
    officer: User,
    leader: User,
    contributions: Sequence[str],
    figures: str,
    told: Told = untold,
) -> str:
    """Take a loaded round through the whole act to its published result, by two people.

    What an earlier call has done stays done. Nobody is told: it is a drill.

    Args:
        round_id: Which round, see `LoadedRound`.
        officer: Who asks for each step.
        leader: Who agrees.
        contributions: Words given towards the seed.
        figures: The figures of the drill's public event.
        told: Told which stage begins and what share of the work, 0 to 1, is behind it.

    Returns:
        Reference of the published run.

    Raises:
        Refusal: If a step is out of turn, or one of the two has no such post.
    """
    the_round = Round.objects.get(pk=round_id)
    if (published := publishing.published_run(the_round)) is not None:
        return str(published.run.ref)
    drill.take_to_seed(
        the_round, officer=officer, leader=leader, contributions=contributions, figures=figures
    )
    done = RoundRun.objects.filter(round=the_round, rehearsal=False, run__state=Run.State.DONE)
    record = done.select_related("run").first()
    ref = record.run.ref if record else run_round(round_id, by=officer, told=told).ref
    with messages.held_back():
        drill.publish(the_round, ref, officer=officer, leader=leader)
    return ref


def open_for_families(
    place_code: str,
    *,
    ref: str,
    year: int,
    text: str,
    born: tuple[date, date],
    event: str,
    days: int,
    officer: User,
    leader: User,
) -> int:
    """Open a round of first-graders that takes applications in, by two people.

    What an earlier call has done stays done.

    Args:
        place_code: Code of the county.
        ref: What the round is called.
        year: The year in which school begins.
        text: What families read.
        born: First and last day of birth of those who may apply.
        event: Name of the public event.
        days: So many days from now it takes place; at least 14.
        officer: Who asks for the opening.
        leader: Who agrees.

    Returns:
        What addresses call the round.

    Raises:
        Refusal: If a step is out of turn, or one of the two has no such post.
    """
    moment = timezone.now() + timedelta(days=days)
    the_round = drill.open_for_families(
        place_by_code(place_code),
        _first_grade(ref, year),
        Announced(text, *born),
        event=Event(event, EVENT_AS, EVENT_LIKE, moment, moment),
        officer=officer,
        leader=leader,
    )
    return the_round.pk


def _first_grade(ref: str, year: int) -> dict[str, dict[str, object]]:
    """The usual rules of first-graders, as `round.toml` has them."""
    return {
        "round": {
            "ref": ref,
            "year": year,
            "level": "primary",
            "class_cap": CAP,
            "priority": ["tier", "sibling", "ticket"],
            "choices_only": False,
        },
        "lottery": {"method": "hmac-sha256"},
        "diversion": {"mode": "zone"},
    }


def apply_for(round_id: int, statements: Iterable[tuple[User, Mapping[str, Any]]]) -> int:
    """Submit applications of families, and have the program check them at once; nobody is told.

    What an earlier call has done stays done: a round that has applications gets no more.

    Args:
        round_id: Which round, see `LoadedRound`; it takes applications in.
        statements: Each family's account, and what it states, as `engine.statement.read` reads it.

    Returns:
        How many were submitted.
    """
    the_round = Round.objects.get(pk=round_id)
    online = Application.objects.filter(round=the_round).exclude(channel=Application.Channel.ROSTER)
    if online.exists():
        return 0
    with messages.held_back():
        for owner, plain in statements:
            draft = applying.fill_in(applying.begin(the_round, owner=owner), statement.read(plain))
            applying.submit(draft.pk, owner=owner)
        for batch in verifying.batches():
            verifying.verify(batch)
    return int(online.count())


def say_contact(round_id: int, *, hotline: str, supervision: str, counters: str) -> None:
    """Say where families ask about a round and are helped in person; said once stays.

    Args:
        round_id: What addresses call it.
        hotline: Telephone for questions.
        supervision: Telephone for complaints.
        counters: One a line: place, address, hours.

    Raises:
        NoDraft: If the round is closed.
    """
    the_round = Round.objects.get(pk=round_id)
    if contact_of(the_round) is None:
        materials.say_contact(
            the_round, hotline=hotline, supervision=supervision, counters=counters, by=None
        )


def say_in_papers(round_id: int, words: PaperWords) -> None:
    """Say what the letters and the public notice of a round say; what was said before stays.

    Args:
        round_id: Which round, see `LoadedRound`.
        words: What its calendar does not know.

    Raises:
        OutOfTurn: If the calendar of the round is not whole.
    """
    word_papers(Round.objects.get(pk=round_id), words)


def share_quota_seats(
    place_code: str,
    *,
    year: int,
    rule: QuotaRule,
    tables: Sequence[Sequence[Mapping[str, Any]]],
    officer: User,
    leader: User,
) -> int:
    """Share out and publish the quota seats of a year, and fill them; what was done stays done.

    Args:
        place_code: Code of the county.
        year: The year of the examination.
        rule: Share, years at the school, unfilled seats, legal basis.
        tables: Senior schools, lower secondary schools and pupils, rows by the columns of their
            imports.
        officer: Who asks for the publication of the shares.
        leader: Who agrees.

    Returns:
        What addresses call the plan.

    Raises:
        Refusal: If a step is out of turn, or one of the two has no such post.
    """
    place = place_by_code(place_code)
    plan = quota_drill.share_and_fill(place, year, rule, tables, officer=officer, leader=leader)
    return plan.pk


def load_round(
    place_code: str, files: Mapping[str, bytes], *, by: User | None = None, told: Told = untold
) -> LoadedRound:
    """Load a round from its files, as the pages do; the same files again change nothing.

    Args:
        place_code: Code of the county that holds the round, such as "990100".
        files: `round.toml`, `schools.csv` and so on by name, or one workbook.
        by: Who loads it, None for the system itself.
        told: Told which stage begins and what share of the work, 0 to 1, is behind it.

    Raises:
        Place.DoesNotExist: If there is no such county.
        Refused: With every fault of the files; nothing was loaded.
        ListIsFrozen, AnnouncedStays: If the round can take no such input.

    Source:
        The public format "An admission round in files", version 1, "In".
    """
    place = place_by_code(place_code)
    checked = read_round(files, told=told)
    snapshot = runs.freeze(loading.KIND, files)
    the_round = loading.load(place, snapshot, checked, by, told)
    counts = checked.round
    return LoadedRound(
        the_round.pk,
        the_round.ref,
        len(counts.applicants.ids),
        len(counts.schools.ids),
        int(counts.schools.seats.sum()),
    )


def run_round(
    round_id: int, *, seed: str = "", by: User | None = None, told: Told = untold
) -> RanRound:
    """Run a loaded round here and now, without the worker.

    Args:
        round_id: Which round, see `LoadedRound`.
        seed: One that begins "rehearsal:", or "" for the one that was drawn in public.
        by: Who asks, None for the system itself.
        told: Told which stage begins and what share of the work, 0 to 1, is behind it.

    Raises:
        AlreadyRunning: If a run of the round is under way.
        NothingLoaded, NoSeed: If there is nothing to run, or nothing to draw with.
        CannotRun, CheckFailed: If there is no result; the run is kept as failed.
    """
    from junheng.admissions.services import running  # the engine is heavy, and web workers spare it

    record: RoundRun = requesting.request(
        Round.objects.get(pk=round_id), seed=seed, by=by, enqueue=lambda _run: None
    )
    run = Run.objects.get(pk=record.pk)
    try:
        running.execute(run, told)
    except BaseException as error:
        runs.fail(run, str(error))
        raise
    return RanRound(run.ref, record.rehearsal, run.result_sha256)

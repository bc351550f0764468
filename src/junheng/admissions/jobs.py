"""Long work on rounds: reading and loading large files, running."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.admissions.models import QuotaPlan, Round, RoundRun, RoundSchool, RoundUpload
from junheng.admissions.selectors.rounds import RUN_JOB
from junheng.admissions.services import (
    loading,
    printing,
    quota_running,
    reminding,
    requesting,
    telling,
    verifying,
)
from junheng.admissions.services.reading import Told
from junheng.commons import messages
from junheng.commons.jobs import Progress, job
from junheng.commons.models import Job, Run
from junheng.commons.regular import regular
from junheng.evidence.facade import Register

SMALL = 3_000_000
"""Files of so many bytes together are read within the request: that takes under a second."""

STAGES = {
    "reading": gettext_lazy("Reading the files"),
    "checking": gettext_lazy("Checking every row"),
    "loading": gettext_lazy("Loading"),
    "tickets": gettext_lazy("Drawing the tickets"),
    "assignment": gettext_lazy("Assigning by list"),
    "diversion": gettext_lazy("Looking for seats nearby for those without one"),
    "explanations": gettext_lazy("Writing the reasons for every child"),
    "verifying": gettext_lazy("The result is checked independently"),
    "storing": gettext_lazy("Storing the result"),
    "pack": gettext_lazy("Packing what everybody may know"),
    "done": gettext_lazy("Done"),
}


def told_to(progress: Progress) -> Told:
    """What services tell, as percent and words on the progress bar."""

    def told(stage: str, share: float) -> None:
        progress.step(int(share * 100), 100, str(STAGES.get(stage, "")))

    return told


@job("admissions.read_upload", title=gettext_lazy("Read the files of a round"))
def read_upload(progress: Progress, *, upload: str) -> None:
    """Read and check large files."""
    loading.read_upload(UUID(upload), told_to(progress))


@job("admissions.load_upload", title=gettext_lazy("Load a round"))
def load_upload(progress: Progress, *, upload: str, person: int) -> str:
    """Load large files; the officer is led to the round."""
    by = User.objects.get(pk=person)
    the_round = loading.load_upload(UUID(upload), by, told_to(progress))
    return reverse("admissions:round", args=[the_round.pk])


@job(RUN_JOB, title=gettext_lazy("Run an admission round"))
def run_round(progress: Progress, *, run: str) -> None:
    """Run a round, from its frozen files to the stored result."""
    from junheng.admissions.services import running  # the engine is heavy, and web workers spare it

    running.execute(Run.objects.get(ref=run), told_to(progress))


def read_now_or_later(upload: RoundUpload, by: User) -> Job | None:
    """Read small files at once; for large ones, the job that will."""
    if upload.snapshot.bytes <= SMALL:
        loading.read_upload(upload.pk)
        return None
    url = reverse("admissions:upload", args=[upload.pk])
    return read_upload.later(by=by, path=upload.path, url=url, upload=str(upload.pk))


def load_now_or_later(upload: RoundUpload, by: User) -> Round | Job:
    """Load small files at once; for large ones, the job that will."""
    if upload.snapshot.bytes <= SMALL:
        return loading.load_upload(upload.pk, by)
    url = reverse("admissions:upload", args=[upload.pk])
    return load_upload.later(by=by, path=upload.path, url=url, upload=str(upload.pk), person=by.pk)


def start_run(the_round: Round, *, seed: str, by: User) -> RoundRun:
    """Ask for a run and put it into the queue, both or neither.

    Raises:
        AlreadyRunning: If one is under way; it says whose and since when.
        NothingLoaded, NoSeed: If there is nothing to run, or nothing to draw with.
    """

    def enqueue(run: Run) -> None:
        run_round.later(
            by=by,
            path=the_round.path,
            title=_("Run the round %s") % the_round.ref,
            url=reverse("admissions:run", args=[run.ref]),
            run=run.ref,
        )

    with transaction.atomic():
        return requesting.request(the_round, seed=seed, by=by, enqueue=enqueue)


@job("admissions.print_letters", title=gettext_lazy("Print admission letters"))
def print_letters(
    progress: Progress, *, round: int, schools: list[int], person: int, reason: str, language: str
) -> str:
    """Make a file of letters for each school, and one bundle where there are several."""
    the_round = Round.objects.get(pk=round)
    by = User.objects.get(pk=person)
    order = printing.Order(by, reason, language, progress.job)
    printing.kept().drop_older(days=printing.KEPT_DAYS)
    for place, school in enumerate(printing.still_to_print(the_round, schools, by)):
        progress.step(place, len(schools), school.name or school.code)
        printing.print_school(the_round, school, order)
    if len(schools) > 1:
        progress.step(len(schools) - 1, len(schools), _("Putting the files together"))
        printing.bundle(the_round, progress.job, by)
    return reverse("admissions:letters", args=[round])


def start_printing(
    the_round: Round, schools: Sequence[RoundSchool], *, by: User, reason: str, language: str
) -> Job:
    """Ask for letters to be printed; what would stop it is said at once.

    Raises:
        NotPublished: If the round has no published result.
        PapersIncomplete, NeedsReason: If the letters cannot be printed like this.
    """
    printing.require_printable(the_round, schools, reason)
    alone = schools[0] if len(schools) == 1 else None
    what = (alone.name or alone.code) if alone else the_round.ref
    return print_letters.later(
        by=by,
        path=alone.path if alone else the_round.path,
        title=_("Print the letters of %s") % what,
        url=reverse("admissions:letters", args=[the_round.pk]),
        round=the_round.pk,
        schools=[school.pk for school in schools],
        person=by.pk,
        reason=reason,
        language=language,
    )


@job("admissions.make_pack", title=gettext_lazy("Make the pack of a round"))
def make_pack(progress: Progress, *, record: int) -> str:
    """Make the pack of a published run; the officer is led to its page."""
    from junheng.admissions.services import packs  # the engine is heavy, and web workers spare it

    found = RoundRun.objects.select_related("run__snapshot", "round__place", "input")
    the_run = found.get(pk=record)
    packs.make_pack(the_run, told_to(progress))
    return reverse("public:pack", args=[the_run.round.place.code, the_run.round.ref])


def make_pack_of(record: RoundRun, by: User) -> None:
    """Put the making of a pack into the queue, with the publication or not at all."""
    the_round = record.round
    make_pack.later(
        by=by,
        path=the_round.path,
        title=_("Make the pack of the round %s") % the_round.ref,
        url=reverse("public:pack", args=[the_round.place.code, the_round.ref]),
        record=record.pk,
    )


@job("admissions.tell_result", title=gettext_lazy("Tell families that the result is out"))
def tell_result(progress: Progress, *, record: int) -> None:
    """Write the messages; run twice, every family is told once."""
    progress.step(0, 1, _("Writing messages"))
    with transaction.atomic():
        told = telling.tell_result(RoundRun.objects.get(pk=record))
    progress.step(told, max(told, 1), _("Writing messages"))


def tell_result_of(record: RoundRun, by: User) -> None:
    """Put the telling into the queue, with the publication or not at all; a drill tells nobody."""
    if messages.are_held_back():
        return
    title = _("Tell families the result of the round %s") % record.round.ref
    tell_result.later(by=by, path=record.round.path, title=title, record=record.pk)


# ------------------------------------------------------------------------------ applications

VERIFY = "admissions.verify"
GATHER = timedelta(seconds=3)
"""So long applications are gathered: sixty at once take a quarter of the work of sixty singly."""


@job(VERIFY, title=gettext_lazy("Check applications with the registers"))
def verify_applications(progress: Progress, *, register: str = "") -> None:
    """Check all that came in, batch by batch; or those that wait for a register, once it answers.

    Every batch is done when it is done: killed and run again, the rest is checked.
    """
    done, total = 0, verifying.count_waiting(register)
    for batch in verifying.batches(register):
        verifying.verify(batch)
        done += len(batch)
        progress.step(done, max(done, total), str(gettext_lazy("Checking every row")))


def check_soon(by: User | None, register: str = "") -> None:
    """Have waiting applications checked; one job that waits already does it for all."""
    queued = Job.objects.filter(kind=VERIFY, state=Job.State.QUEUED, args={"register": register})
    if not queued.exists():
        verify_applications.later(by=by, delay=GATHER, register=register)


def check_again(*, register: Register, **_news: object) -> None:
    """A register has news, or may answer again: ask it for those who wait for it."""
    if verifying.count_waiting(register.value):
        check_soon(None, register.value)


@regular("admissions.remind", cron="*/10 * * * *")
def remind() -> None:
    """Remind families of papers, offered seats and check-in."""
    reminding.remind()


# ------------------------------------------------------------------------------- quota seats


@job("admissions.run_quota", title=gettext_lazy("Work out quota seats"))
def run_quota(progress: Progress, *, run: str) -> None:
    """Share out or fill quota seats, from the frozen files to the stored result."""
    progress.step(0, 1, _("Working out and checking"))
    quota_running.execute(Run.objects.get(ref=run))


def start_quota(plan: QuotaPlan, stage: str, *, by: User) -> Job:
    """Ask for a run of a plan of quota seats; the job that will do it.

    Raises:
        AlreadyRunning: If one is under way; it says whose and since when.
        NothingBroughtIn, SharesFirst: If what it needs is not there.
    """
    queued: list[Job] = []

    def enqueue(run: Run) -> None:
        queued.append(
            run_quota.later(
                by=by,
                path=plan.path,
                title=_("Work out the quota seats of %s") % plan.year,
                url=reverse("admissions:quota_run", args=[run.ref]),
                run=run.ref,
            )
        )

    quota_running.request(plan, stage, by=by, enqueue=enqueue)
    return queued[0]

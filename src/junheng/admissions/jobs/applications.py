"""Applications: checked with the registers when they come and when one is back; reminded of."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.admissions.services import reminding, verifying
from junheng.commons.jobs import Progress, job
from junheng.commons.models import Job
from junheng.commons.regular import regular
from junheng.evidence.facade import Register

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

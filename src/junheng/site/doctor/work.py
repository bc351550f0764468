"""Checks of the worker and what waits for it."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Min
from django.utils import timezone

from junheng.commons.models import Job, Message, Upload
from junheng.kernel.faults import gettext_noop as _
from junheng.site.doctor.findings import Findings, Needs, Patient, check, fault, warning
from junheng.site.watch.state import worker_is_alive

WAITS = timedelta(minutes=15)
RUNS = timedelta(hours=6)
LATELY = timedelta(days=1)
PHOTO_WAITS = timedelta(hours=1)


@check("worker", needs=Needs.DATABASE)
def worker_does_jobs(_patient: Patient) -> Findings:
    """Does a worker do the jobs?"""
    if not worker_is_alive():
        yield fault(
            _("No worker is running: runs, imports and exports wait."),
            _("Start it: `systemctl restart junheng`, or `junheng serve`."),
        )


@check("jobs-waiting", needs=Needs.DATABASE)
def jobs_do_not_wait_long(_patient: Patient) -> Findings:
    """Does no job wait or run too long?"""
    now = timezone.now()
    waiting = Job.objects.filter(state=Job.State.QUEUED, queued_at__lt=now - WAITS)
    if count := waiting.count():
        first = waiting.aggregate(first=Min("queued_at"))["first"]
        yield warning(
            _("%(count)s jobs wait, the first since %(since)s."),
            _("Look whether the worker is busy (My jobs) or gone (check “worker”)."),
            count=count,
            since=timezone.localtime(first).strftime("%Y-%m-%d %H:%M"),
        )
    running = Job.objects.filter(state=Job.State.RUNNING, started_at__lt=now - RUNS)
    if count := running.count():
        yield warning(
            _("%(count)s jobs run for more than six hours."),
            _("Look at their progress on the page of jobs; cancel what does not move."),
            count=count,
        )


@check("jobs-failed", needs=Needs.DATABASE)
def jobs_did_not_fail(_patient: Patient) -> Findings:
    """Did no job fail since yesterday?"""
    since = timezone.now() - LATELY
    count = Job.objects.filter(state=Job.State.FAILED, finished_at__gt=since).count()
    if count:
        yield warning(
            _("%(count)s jobs failed since yesterday."),
            _("The page of each job says why; the log has the details under its number."),
            count=count,
        )


@check("photos-waiting", needs=Needs.DATABASE)
def photos_are_checked(_patient: Patient) -> Findings:
    """Is no photo of a family kept waiting?"""
    since = timezone.now() - PHOTO_WAITS
    checking = Upload.objects.filter(state=Upload.State.CHECKING, begun_at__lt=since)
    if count := checking.count():
        yield warning(
            _("%(count)s photos of families wait to be checked."),
            _("Look whether the worker is busy, and whether the scanner of JUNHENG_CLAMD answers."),
            count=count,
        )


@check("messages-waiting", needs=Needs.DATABASE)
def messages_are_sent(_patient: Patient) -> Findings:
    """Does no text message wait for long, and was none given up since yesterday?"""
    now = timezone.now()
    waiting = Message.objects.filter(state=Message.State.WAITING, written_at__lt=now - WAITS)
    given_up = Message.objects.filter(state=Message.State.GIVEN_UP, written_at__gt=now - LATELY)
    if count := waiting.count() + given_up.count():
        yield warning(
            _("%(count)s text messages were not sent, or wait for more than a quarter of an hour."),
            _("Look whether the gateway of JUNHENG_SMS_URL answers, and whether the worker runs."),
            count=count,
        )

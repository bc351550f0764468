"""Runs: a frozen snapshot, versioned rules, and the receipt that they gave.

The database itself keeps what a run promises; `guards.py` says how.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from junheng.commons.history import tracked
from junheng.commons.models import guards

REHEARSAL = "rehearsal:"
"""How the seed of a run begins that nobody may publish."""


class Snapshot(models.Model):
    """Files frozen under the hash of their contents; the same contents are the same row."""

    sha256 = models.CharField(_("fingerprint"), max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=60)
    content_path = models.CharField(_("stored as"), max_length=120)
    bytes = models.BigIntegerField(_("size in bytes"))
    created_at = models.DateTimeField(_("frozen at"), auto_now_add=True)

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        triggers = [guards.never_changes("snapshot")]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"


@tracked(exclude=["receipt"])
class Run(models.Model):
    """One decision made by machine: what it was made from and what came out."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    ref = models.CharField(_("reference"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=60)
    matter = models.CharField(_("matter"), max_length=120)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, verbose_name=_("snapshot"))
    rules_version = models.CharField(_("version of the rules"), max_length=60)
    seed = models.TextField(_("seed"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    receipt = models.JSONField(_("receipt"), null=True, blank=True)
    receipt_sha256 = models.CharField(_("fingerprint of the receipt"), max_length=64, blank=True)
    result_sha256 = models.CharField(_("fingerprint of the result"), max_length=64, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("requested by"),
    )
    requested_at = models.DateTimeField(_("requested at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    software = models.CharField(_("software"), max_length=60, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    superseded_at = models.DateTimeField(_("superseded at"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        indexes = [models.Index(fields=["matter", "-requested_at"], name="run_matter")]
        constraints = [
            models.UniqueConstraint(
                "matter", condition=Q(state__in=["queued", "running"]), name="run_one_under_way"
            ),
            models.UniqueConstraint(
                "matter",
                condition=Q(published_at__isnull=False, superseded_at__isnull=True),
                name="run_one_published",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(state="done"),
                name="run_published_is_done",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | ~Q(seed__startswith=REHEARSAL),
                name="run_rehearsal_unpublished",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(published_at__isnull=False),
                name="run_superseded_was_published",
            ),
            models.CheckConstraint(
                condition=Q(state="done", receipt__isnull=False)
                & ~Q(receipt_sha256="")
                & ~Q(result_sha256="")
                | Q(receipt__isnull=True, receipt_sha256="", result_sha256="") & ~Q(state="done"),
                name="run_done_has_receipt",
            ),
        ]
        triggers = guards.of_a_run()

    def __str__(self) -> str:
        return self.ref


class RunFile(models.Model):
    """A file that a run put out; it can be added while the run works and never changed."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="files", verbose_name=_("run"))
    name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    bytes = models.BigIntegerField(_("size in bytes"))

    class Meta:
        verbose_name = _("file of a run")
        verbose_name_plural = _("files of a run")
        constraints = [models.UniqueConstraint("run", "name", name="run_file_once")]
        triggers = guards.of_a_run_file()

    def __str__(self) -> str:
        return self.name

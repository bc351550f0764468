"""Tables that came in as files, and tables that went out as files."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from junheng.commons.history import tracked
from junheng.commons.models import guards


@tracked
class ImportBatch(models.Model):
    """One file that somebody brought in: looked at, taken over, perhaps undone."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        REFUSED = "refused", _("Has mistakes")
        PREVIEWED = "previewed", _("Checked, not yet taken over")
        APPLIED = "applied", _("Taken over")
        UNDONE = "undone", _("Undone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    path = models.CharField(_("path"), max_length=200, blank=True)
    target = models.JSONField(_("where it goes"), default=dict)
    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    rows = models.IntegerField(_("rows"), default=0)
    faults = models.IntegerField(_("mistakes"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECEIVED)
    report_sha256 = models.CharField(_("preview"), max_length=64, blank=True)
    errors_sha256 = models.CharField(_("workbook of mistakes"), max_length=64, blank=True)
    job = models.ForeignKey(
        "commons.Job", models.SET_NULL, null=True, related_name="+", verbose_name=_("job")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("brought by")
    )
    at = models.DateTimeField(_("brought at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("taken over at"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("undone by"),
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["kind", "-at"], name="import_kind")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(applied_at__isnull=False),
                name="import_applied_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="undone")
                | Q(applied_at__isnull=False, undone_at__isnull=False, undone_by__isnull=False),
                name="import_undone_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("commons:import", args=[self.id])


class ExportLog(models.Model):
    """One file that left the system: who took which rows of which list, and when."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("exported by")
    )
    at = models.DateTimeField(_("exported at"), auto_now_add=True)
    title = models.CharField(_("title"), max_length=200)
    url = models.CharField(_("page"), max_length=500, blank=True)
    columns = models.JSONField(_("columns"), default=list)
    rows = models.IntegerField(_("rows"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [models.Index(fields=["-at"], name="export_at")]
        triggers = [guards.never_changes("record")]

    def __str__(self) -> str:
        return self.title

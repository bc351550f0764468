"""What the checks of the register found, and what became of it."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.registry.engine.integrity.check import Severity
from junheng.registry.models import finding_guards


class IntegrityFindingQuerySet(models.QuerySet["IntegrityFinding"]):
    """Findings."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those at the schools within the scope of their posts."""
        return self.filter(scope_q(user, "organisation__path"))

    def open(self) -> Self:
        """Those that somebody has to look into."""
        return self.filter(state=IntegrityFinding.State.OPEN)


@tracked(exclude=["figures"])
class IntegrityFinding(models.Model):
    """What one check has against one record, or against a pair.

    Attributes:
        path: The place whose register was checked.
        rule: The key of the check.
        severity: Of its rule, 0 for the highest, so that lists can sort by it.
        subject, other: As the engine names them: a pupil, an entry of a roll call or register.
        figures: What speaks; references, dates and codes only.
        fingerprint: Of the facts; while a false alarm's stays the same, it stays silent.
        first_run, last_run: By which runs it was found first and last.
    """

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", pgettext_lazy("finding", "Open")
        FALSE_ALARM = "false_alarm", _("False alarm")
        MENDED = "mended", _("Mended")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    path = models.TextField(_("path"), db_collation="C")
    rule = models.CharField(_("check"), max_length=40)
    severity = models.PositiveSmallIntegerField(_("severity"))
    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="+", verbose_name=_("school")
    )
    subject = models.CharField(_("subject"), max_length=80)
    other = models.CharField(_("second of the pair"), max_length=80, blank=True, default="")
    pupil = models.ForeignKey(
        "registry.Pupil",
        models.PROTECT,
        null=True,
        related_name="findings",
        verbose_name=_("pupil"),
    )
    other_pupil = models.ForeignKey(
        "registry.Pupil", models.PROTECT, null=True, related_name="+", verbose_name=_("other pupil")
    )
    repair = models.CharField(_("repair"), max_length=12, blank=True, default="")
    figures = models.JSONField(_("figures"), default=dict)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    first_run = models.ForeignKey(
        "commons.Run", models.PROTECT, related_name="+", verbose_name=_("found first by")
    )
    last_run = models.ForeignKey(
        "commons.Run", models.PROTECT, related_name="+", verbose_name=_("found last by")
    )
    first_on = models.DateField(_("first seen on"))
    last_on = models.DateField(_("last seen on"))
    mended_run = models.ForeignKey(
        "commons.Run", models.PROTECT, null=True, related_name="+", verbose_name=_("gone in")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("marked by"),
    )
    marked_at = models.DateTimeField(_("marked at"), null=True)

    objects: ClassVar[Any] = IntegrityFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding in the register")
        verbose_name_plural = _("findings in the register")
        ordering = ["severity", "-first_on", "id"]
        indexes = [
            models.Index(fields=["severity", "-first_on", "id"], name="registry_finding_list"),
            models.Index(fields=["organisation", "state"], name="registry_finding_school"),
            models.Index(fields=["state", "rule"], name="registry_finding_rule"),
        ]
        constraints = [
            UniqueConstraint(
                fields=["path", "rule", "subject", "other"], name="registry_finding_once"
            ),
            CheckConstraint(
                condition=Q(state="false_alarm", marked_by__isnull=False, marked_at__isnull=False)
                & ~Q(reason="")
                | ~Q(state="false_alarm") & Q(reason="", marked_by=None, marked_at=None),
                name="registry_finding_reason",
            ),
            CheckConstraint(
                condition=Q(state="mended", mended_run__isnull=False)
                | ~Q(state="mended") & Q(mended_run=None),
                name="registry_finding_mended",
            ),
            CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="registry_finding_days"),
            CheckConstraint(
                condition=Q(state__in=["open", "false_alarm", "mended"]),
                name="registry_finding_state",
            ),
        ]
        triggers = [finding_guards.stands_open()]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}"


SEVERITIES = list(Severity)
"""Highest first: what a finding has as a figure is its place here."""

"""A round, what was loaded into it, and files that wait to be loaded."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from junheng.admissions.models.guards import rows_stay_as_loaded, seed_is_set_once
from junheng.admissions.models.querysets import RoundQuerySet, UploadQuerySet
from junheng.commons.history import tracked

CODE_LENGTH = 64
"""Identifiers of the format are 1 to 64 characters."""


@tracked
class Round(models.Model):
    """One admission round of a county: a year, a level, its rules and its present input."""

    class State(models.TextChoices):
        """How far the act has come; freezing and publishing add theirs."""

        DRAFT = "draft", _("nothing loaded")
        LOADED = "loaded", _("loaded")

    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("place")
    )
    path = models.TextField(_("path"), db_collation="C")
    ref = models.CharField(_("reference"), max_length=CODE_LENGTH, db_collation="C")
    year = models.PositiveSmallIntegerField(_("year"))
    level = models.CharField(_("level"), max_length=20)
    rules = models.JSONField(_("rules"), default=dict)
    seed = models.TextField(_("seed"), blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    input = models.ForeignKey(
        "admissions.RoundInput",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("input"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)

    objects: ClassVar[Any] = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("admission round")
        verbose_name_plural = _("admission rounds")
        constraints = [
            models.UniqueConstraint(fields=["place", "ref"], name="round_ref_once_per_place"),
            models.CheckConstraint(
                condition=models.Q(state="draft", input=None)
                | models.Q(~models.Q(state="draft"), input__isnull=False),
                name="round_past_draft_has_input",
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="round_path"),
            models.Index(fields=["-year", "ref"], name="round_year_ref"),
        ]
        triggers = [seed_is_set_once()]


class RoundInput(models.Model):
    """The tables of a round as they were loaded once; loading again makes another one."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="inputs", verbose_name=_("round"))
    snapshot = models.ForeignKey(
        "commons.Snapshot", models.PROTECT, related_name="+", verbose_name=_("snapshot")
    )
    rules = models.JSONField(_("rules"))
    seed = models.TextField(_("seed"), blank=True, default="")
    summary = models.JSONField(_("summary"))
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("loaded by"),
    )
    loaded_at = models.DateTimeField(_("loaded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("loaded input")
        verbose_name_plural = _("loaded inputs")
        constraints = [
            models.UniqueConstraint(fields=["round", "snapshot"], name="input_once_per_round"),
        ]
        triggers = [rows_stay_as_loaded("round_input")]


class RoundUpload(models.Model):
    """Files that somebody sent: read, found good or faulty, and perhaps loaded."""

    class State(models.TextChoices):
        """What is known about the files."""

        READING = "reading", _("being read")
        REFUSED = "refused", _("faults found")
        READY = "ready", _("ready to load")
        LOADED = "loaded", _("loaded")
        DROPPED = "dropped", _("not wanted")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("place")
    )
    path = models.TextField(_("path"), db_collation="C")
    snapshot = models.ForeignKey(
        "commons.Snapshot", models.PROTECT, related_name="+", verbose_name=_("snapshot")
    )
    names = models.JSONField(_("file names"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READING)
    summary = models.JSONField(_("summary"), null=True)
    faults = models.JSONField(_("faults"), default=list)
    fault_count = models.PositiveIntegerField(_("number of faults"), default=0)
    round = models.ForeignKey(
        Round, models.SET_NULL, null=True, related_name="uploads", verbose_name=_("round")
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("sent by"),
    )
    uploaded_at = models.DateTimeField(_("sent at"), auto_now_add=True)

    objects: ClassVar[Any] = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        indexes = [models.Index(fields=["path", "-uploaded_at"], name="upload_path_at")]

"""A round, what was loaded into it, and files that wait to be loaded."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.admissions.models.act_guards import of_a_round
from junheng.admissions.models.guards import rows_stay_as_loaded
from junheng.admissions.models.material_guards import opens_with_its_materials
from junheng.admissions.models.opening_guards import of_an_opening
from junheng.admissions.models.querysets import RoundQuerySet, UploadQuerySet
from junheng.admissions.models.second_guards import of_a_second_round
from junheng.commons.history import tracked

CODE_LENGTH = 64
"""Identifiers of the format are 1 to 64 characters."""


@tracked
class Round(models.Model):
    """One admission round of a county: a year, a level, its rules and its present input."""

    class State(models.TextChoices):
        """How far the act has come; each step forward has its conditions (`services/steps.py`)."""

        PLANNED = "planned", pgettext_lazy("round", "being planned")
        OPEN = "open", pgettext_lazy("round", "open")
        FROZEN = "frozen", pgettext_lazy("round", "list frozen")
        RUN = "run", pgettext_lazy("round", "seats assigned")
        PUBLISHED = "published", pgettext_lazy("round", "published")
        CLOSED = "closed", pgettext_lazy("round", "closed")

    class PackAccess(models.TextChoices):
        """Who may take away the pack by which the round can be repeated."""

        NOBODY = "nobody", _("nobody yet")
        FAMILIES = "families", _("families who are signed in")
        EVERYBODY = "everybody", _("everybody")

    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("place")
    )
    path = models.TextField(_("path"), db_collation="C")
    ref = models.CharField(_("reference"), max_length=CODE_LENGTH, db_collation="C")
    year = models.PositiveSmallIntegerField(_("year"))
    level = models.CharField(_("level"), max_length=20)
    rules = models.JSONField(_("rules"), default=dict)
    seed = models.TextField(_("seed"), blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    policy = models.TextField(_("text of the rules"), blank=True, default="")
    born_from = models.DateField(_("born from"), null=True, blank=True)
    born_by = models.DateField(_("born by"), null=True, blank=True)
    pack_access = models.CharField(
        _("who may take the pack"),
        max_length=10,
        choices=PackAccess,
        default=PackAccess.NOBODY,
    )
    second_of = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="second_round",
        verbose_name=_("second round of"),
    )
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
                condition=models.Q(state__in=["planned", "open"]) | models.Q(input__isnull=False),
                name="round_frozen_has_input",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["planned", "open", "frozen"]) | ~models.Q(seed=""),
                name="round_run_has_seed",
            ),
            models.CheckConstraint(
                condition=models.Q(born_from=None)
                | models.Q(born_by__isnull=False, born_by__gte=models.F("born_from")),
                name="round_born_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="round_path"),
            models.Index(fields=["-year", "ref"], name="round_year_ref"),
        ]
        triggers = [
            *of_a_round(),
            *of_an_opening(),
            *of_a_second_round(),
            opens_with_its_materials(),
        ]


class RoundInput(models.Model):
    """The tables of a round as they were loaded once; loading again makes another one."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="inputs", verbose_name=_("round"))
    snapshot = models.ForeignKey(
        "commons.Snapshot", models.PROTECT, related_name="+", verbose_name=_("snapshot")
    )
    rules = models.JSONField(_("rules"))
    seed = models.TextField(_("seed"), blank=True, default="")
    summary = models.JSONField(_("summary"))
    content = models.JSONField(_("what its fingerprint is of"), default=dict)
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

"""The tables that were loaded: schools, zones, children and their choices."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from junheng.admissions.models.guards import rows_stay_as_loaded
from junheng.admissions.models.querysets import SchoolQuerySet
from junheng.admissions.models.rounds import CODE_LENGTH, RoundInput


class RoundSchool(models.Model):
    """A school in a round; `path` says who may see it: the organisation's, or the township's."""

    input = models.ForeignKey(
        RoundInput, models.CASCADE, related_name="schools", verbose_name=_("input")
    )
    code = models.CharField(_("code"), max_length=CODE_LENGTH, db_collation="C")
    name = models.TextField(_("name"), blank=True)
    township = models.TextField(_("township"), blank=True)
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    classes = models.PositiveIntegerField(_("classes"))
    class_size = models.PositiveIntegerField(_("pupils per class"))
    class_cap = models.PositiveIntegerField(_("class cap"))
    continuing = models.PositiveIntegerField(_("continuing pupils"))
    reserved = models.PositiveIntegerField(_("reserved seats"))
    seats = models.PositiveIntegerField(_("seats"))
    organisation = models.ForeignKey(
        "places.Organisation",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    path = models.TextField(_("path"), db_collation="C")

    objects: ClassVar[Any] = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("school of a round")
        verbose_name_plural = _("schools of a round")
        constraints = [
            models.UniqueConstraint(fields=["input", "code"], name="school_once_per_input"),
            models.CheckConstraint(
                condition=Q(
                    seats=F("classes") * Least("class_size", "class_cap")
                    - F("continuing")
                    - F("reserved")
                ),
                name="school_seats_within_class_cap",
            ),
        ]
        indexes = [models.Index(fields=["input", "path"], name="round_school_path")]
        triggers = [rows_stay_as_loaded("round_school")]


class RoundZone(models.Model):
    """A block or a village, and by its rows which schools serve it."""

    input = models.ForeignKey(
        RoundInput, models.CASCADE, related_name="zones", verbose_name=_("input")
    )
    code = models.CharField(_("code"), max_length=CODE_LENGTH, db_collation="C")
    name = models.TextField(_("name"), blank=True)
    path = models.TextField(_("path"), db_collation="C")

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        constraints = [
            models.UniqueConstraint(fields=["input", "code"], name="zone_once_per_input"),
        ]
        triggers = [rows_stay_as_loaded("round_zone")]


class RoundZoneSchool(models.Model):
    """A school of a zone and its place in the zone's list."""

    zone = models.ForeignKey(
        RoundZone, models.CASCADE, related_name="ranks", verbose_name=_("zone")
    )
    rank = models.PositiveSmallIntegerField(_("rank"))
    school = models.ForeignKey(
        RoundSchool, models.CASCADE, related_name="zone_ranks", verbose_name=_("school")
    )

    class Meta:
        verbose_name = _("school of a zone")
        verbose_name_plural = _("schools of a zone")
        constraints = [
            models.UniqueConstraint(fields=["zone", "rank"], name="zone_rank_once"),
            models.UniqueConstraint(fields=["zone", "school"], name="zone_school_once"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="zone_rank_from_one"),
        ]
        triggers = [rows_stay_as_loaded("round_zone_school")]


class RoundApplicant(models.Model):
    """A child of a round, known by its random code; `path` is where it lives."""

    input = models.ForeignKey(
        RoundInput, models.CASCADE, related_name="applicants", verbose_name=_("input")
    )
    code = models.CharField(_("code"), max_length=CODE_LENGTH, db_collation="C")
    zone = models.ForeignKey(
        RoundZone, models.CASCADE, null=True, related_name="applicants", verbose_name=_("zone")
    )
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    tier = models.PositiveIntegerField(_("tier"))
    sibling_school = models.ForeignKey(
        RoundSchool,
        models.CASCADE,
        null=True,
        related_name="siblings",
        verbose_name=_("older child's school"),
    )
    group = models.CharField(_("group"), max_length=CODE_LENGTH, blank=True, db_collation="C")
    path = models.TextField(_("path"), db_collation="C")

    class Meta:
        verbose_name = _("child of a round")
        verbose_name_plural = _("children of a round")
        constraints = [
            models.UniqueConstraint(fields=["input", "code"], name="applicant_once_per_input"),
            models.CheckConstraint(condition=Q(tier__gte=1), name="applicant_tier_from_one"),
        ]
        indexes = [
            models.Index(fields=["input", "path"], name="applicant_path"),
            models.Index(fields=["input", "group"], condition=~Q(group=""), name="applicant_group"),
        ]
        triggers = [rows_stay_as_loaded("round_applicant")]


class RoundChoice(models.Model):
    """A school that a family asked for, and its rank."""

    applicant = models.ForeignKey(
        RoundApplicant, models.CASCADE, related_name="choices", verbose_name=_("child")
    )
    rank = models.PositiveSmallIntegerField(_("rank"))
    school = models.ForeignKey(
        RoundSchool,
        models.CASCADE,
        related_name="choosers",
        db_index=False,
        verbose_name=_("school"),
    )

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints = [
            models.UniqueConstraint(fields=["applicant", "rank"], name="choice_rank_once"),
            models.UniqueConstraint(fields=["applicant", "school"], name="choice_school_once"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="choice_rank_from_one"),
        ]
        triggers = [rows_stay_as_loaded("round_choice")]

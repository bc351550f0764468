"""What a school has, from one day until before another: room, books, equipment, lessons given."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.dated import DatedQuerySet
from junheng.commons.history import tracked
from junheng.kernel.levels import Level
from junheng.registry.models.schools import LEVELS, days, one_key


class ResourcesQuerySet(DatedQuerySet):
    """Resources of schools."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the schools within the scope of their posts."""
        return self.filter(scope_q(user, "organisation__path"))


def _one_truth_a_day(level: Level) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=f"registry_resources_once_{level.value}",
        expressions=[
            (one_key(F("organisation_id")), RangeOperators.OVERLAPS),
            (days(), RangeOperators.OVERLAPS),
        ],
        condition=Q(level=level.value),
    )


@tracked
class Resources(models.Model):
    """What a school of one level has; None where nobody has told."""

    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="resources", verbose_name=_("school")
    )
    level = models.CharField(_("level"), max_length=16, choices=LEVELS)
    building_m2 = models.PositiveIntegerField(_("building area, m²"), null=True, blank=True)
    teaching_m2 = models.PositiveIntegerField(
        _("teaching and auxiliary area, m²"), null=True, blank=True
    )
    sports_m2 = models.PositiveIntegerField(_("sports area, m²"), null=True, blank=True)
    books = models.PositiveIntegerField(_("books"), null=True, blank=True)
    equipment_fen = models.BigIntegerField(_("value of equipment, fen"), null=True, blank=True)
    equipment_sets = models.PositiveIntegerField(_("sets of equipment"), null=True, blank=True)
    equipment_used = models.PositiveIntegerField(_("sets in use"), null=True, blank=True)
    multimedia_rooms = models.PositiveSmallIntegerField(
        _("multimedia classrooms"), null=True, blank=True
    )
    lessons_planned = models.PositiveIntegerField(
        _("laboratory lessons planned"), null=True, blank=True
    )
    lessons_given = models.PositiveIntegerField(
        _("laboratory lessons given"), null=True, blank=True
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("ended on"), null=True, blank=True)

    objects: ClassVar[Any] = ResourcesQuerySet.as_manager()

    class Meta:
        verbose_name = _("resources of a school")
        verbose_name_plural = _("resources of schools")
        ordering = ["organisation__code", "level", "-valid_from"]
        indexes = [
            models.Index(fields=["organisation", "valid_from"], name="registry_resources_school")
        ]
        constraints = [
            CheckConstraint(
                condition=Q(level__in=[level.value for level in Level]),
                name="registry_resources_level",
            ),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="registry_resources_dates",
            ),
            CheckConstraint(
                condition=(Q(equipment_fen=None) | Q(equipment_fen__gte=0))
                & (Q(teaching_m2=None) | Q(building_m2=None) | Q(teaching_m2__lte=F("building_m2")))
                & (
                    Q(equipment_used=None)
                    | Q(equipment_sets=None)
                    | Q(equipment_used__lte=F("equipment_sets"))
                )
                & (
                    Q(lessons_given=None)
                    | Q(lessons_planned=None)
                    | Q(lessons_given__lte=F("lessons_planned"))
                ),
                name="registry_resources_figures",
            ),
            *(_one_truth_a_day(level) for level in Level),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.valid_from}"

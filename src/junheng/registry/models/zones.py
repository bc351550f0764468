"""Zones: villages and blocks, and the schools that their children belong to."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import (
    BigIntegerField,
    CheckConstraint,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    UniqueConstraint,
    Value,
)
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.kernel.levels import Level
from junheng.places.facade import Dated, DatedQuerySet
from junheng.registry.models import guards
from junheng.registry.models.schools import LEVELS, days, one_key

ZONE_CODE = r"^[0-9A-Za-z._-]{1,64}$"
ENTRY_GRADES = tuple(level.entry_grade.number for level in Level)


def hashed(text: str) -> Func:
    """A text as a number, which `one_key` can take; 64 bits leave no two codes the same in life."""
    return Func(F(text), Value(0), function="hashtextextended", output_field=BigIntegerField())


class ZoneQuerySet(DatedQuerySet):
    """Zones."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: zones with a place or a school in the scope of their posts."""
        places = ZonePlace.objects.filter(scope_q(user, "place__path"), zone=OuterRef("pk"))
        schools = ZoneSchool.objects.filter(
            scope_q(user, "organisation__path"), zone=OuterRef("pk")
        )
        return self.filter(Exists(places) | Exists(schools))


@tracked
class Zone(Dated):
    """One version of a zone; a change ends it and begins the next under the same code."""

    code = models.CharField(_("code"), max_length=64, validators=[RegexValidator(ZONE_CODE)])
    name = models.CharField(_("name"), max_length=100)
    level = models.CharField(_("level"), max_length=16, choices=LEVELS)
    places = models.ManyToManyField(
        "places.Place", through="ZonePlace", related_name="zones", verbose_name=_("places")
    )
    schools = models.ManyToManyField(
        "places.Organisation", through="ZoneSchool", related_name="zones", verbose_name=_("schools")
    )

    objects: ClassVar[Any] = ZoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ["code", "-valid_from"]
        indexes = [models.Index(fields=["code", "valid_from"], name="registry_zone_code")]
        constraints = [
            CheckConstraint(
                condition=Q(level__in=[level.value for level in Level]), name="registry_zone_level"
            ),
            CheckConstraint(condition=Q(code__regex=ZONE_CODE), name="registry_zone_code_form"),
            CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="registry_zone_dates_in_order",
            ),
            UniqueConstraint(
                fields=["code"], condition=Q(valid_to=None), name="registry_zone_open_once"
            ),
            UniqueConstraint(
                fields=["code", "valid_from"],
                nulls_distinct=False,
                name="registry_zone_begins_once",
            ),
            ExclusionConstraint(
                name="registry_zone_one_version_a_day",
                expressions=[
                    (one_key(hashed("code")), RangeOperators.OVERLAPS),
                    (days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [guards.dates_reach_its_places()]

    def __str__(self) -> str:
        return self.name


@tracked
class ZonePlace(Dated):
    """A village or block belongs to a zone; a trigger gives it the zone's level and dates."""

    zone = models.ForeignKey(Zone, models.CASCADE, related_name="parts", verbose_name=_("zone"))
    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="zone_parts", verbose_name=_("place")
    )
    entry_grade = models.PositiveSmallIntegerField(_("entry grade"), editable=False, default=1)

    class Meta:
        verbose_name = _("place of a zone")
        verbose_name_plural = _("places of zones")
        ordering = ["zone", "place__code"]
        constraints = [
            UniqueConstraint(fields=["zone", "place"], name="registry_zoneplace_once"),
            CheckConstraint(
                condition=Q(entry_grade__in=ENTRY_GRADES), name="registry_zoneplace_entry_grade"
            ),
            ExclusionConstraint(
                name="registry_zoneplace_in_one_zone",
                expressions=[
                    (one_key(F("place_id") * 10 + F("entry_grade")), RangeOperators.OVERLAPS),
                    (days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [guards.as_its_zone()]

    def __str__(self) -> str:
        return f"{self.zone} · {self.place}"


@tracked
class ZoneSchool(models.Model):
    """A school of a zone; where there are several, families are asked in this order."""

    zone = models.ForeignKey(Zone, models.CASCADE, related_name="ranked", verbose_name=_("zone"))
    rank = models.PositiveSmallIntegerField(_("rank"))
    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="zone_ranks", verbose_name=_("school")
    )

    class Meta:
        verbose_name = _("school of a zone")
        verbose_name_plural = _("schools of zones")
        ordering = ["zone", "rank"]
        constraints = [
            CheckConstraint(condition=Q(rank__gte=1), name="registry_zoneschool_rank"),
            UniqueConstraint(fields=["zone", "rank"], name="registry_zoneschool_one_a_rank"),
            UniqueConstraint(fields=["zone", "organisation"], name="registry_zoneschool_once"),
        ]
        triggers = [guards.zone_has_no_private_school()]

    def __str__(self) -> str:
        return f"{self.zone} · {self.rank} · {self.organisation}"

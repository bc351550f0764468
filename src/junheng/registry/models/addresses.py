"""Which addresses and which areas belong to a zone; both outlive a new version of the zone."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, CheckConstraint, F, Func, Q, UniqueConstraint, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.kernel.levels import Level
from junheng.places.facade import Dated, DatedQuerySet
from junheng.registry.engine.addresses import LARGEST
from junheng.registry.models import guards
from junheng.registry.models.schools import LEVELS, days, one_key
from junheng.registry.models.zones import ZONE_CODE, hashed

STREET_LENGTH = 50
STREET = r"^[0-9A-Za-z\u2e80-\ufaff-]{1,50}$"
"""A street in its plain form: no blanks, no punctuation, half-width."""


class Parity(models.TextChoices):
    """Which numbers of a range belong to it."""

    ALL = "all", pgettext_lazy("house numbers", "all")
    ODD = "odd", pgettext_lazy("house numbers", "odd")
    EVEN = "even", pgettext_lazy("house numbers", "even")


class Counted(models.TextChoices):
    """What the numbers count."""

    DOOR = "door", _("House numbers")
    BUILDING = "building", _("Buildings")


class AddressRangeQuerySet(DatedQuerySet):
    """Ranges of addresses."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the streets of places in the scope of their posts."""
        return self.filter(scope_q(user, "place__path"))

    def around(self, path: str) -> Self:
        """The streets of a place, of what lies in it and of what it lies in."""
        return self.filter(Q(place__path__startswith=path) | Q(place__path__in=above(path)))


class ZoneAreaQuerySet(DatedQuerySet):
    """Areas of zones."""

    def around(self, path: str) -> Self:
        """The areas of counties at, in or around a place."""
        return self.filter(Q(path__startswith=path) | Q(path__in=above(path)))

    def near(self, lon: float, lat: float, reach: float) -> Self:
        """Those whose box is no farther from a point than this many degrees."""
        return self.filter(
            west__lte=lon + reach,
            east__gte=lon - reach,
            south__lte=lat + reach,
            north__gte=lat - reach,
        )


def above(path: str) -> list[str]:
    """A path and everything it lies in."""
    steps = path.strip("/").split("/")
    return ["/" + "/".join(steps[: n + 1]) + "/" for n in range(len(steps))]


def _kinds() -> list[CheckConstraint]:
    return [
        CheckConstraint(
            condition=Q(level__in=[level.value for level in Level]), name="registry_range_level"
        ),
        CheckConstraint(condition=Q(parity__in=Parity.values), name="registry_range_parity"),
        CheckConstraint(condition=Q(counted__in=Counted.values), name="registry_range_counted"),
    ]


def _in_order(name: str) -> CheckConstraint:
    later = Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
    return CheckConstraint(condition=later, name=name)


def _numbers() -> Func:
    return Func(F("first"), F("last"), Value("[]"), function="int4range")


def _sides() -> Func:
    """The sides of the street as a range: even is 0, odd is 1."""
    side = models.PositiveSmallIntegerField()
    lowest = Case(When(parity=Parity.ODD, then=Value(1)), default=Value(0), output_field=side)
    highest = Case(When(parity=Parity.EVEN, then=Value(0)), default=Value(1), output_field=side)
    return Func(lowest, highest, Value("[]"), function="int4range")


def _which_street() -> Func:
    """Level and what is counted, as one number, beside the place."""
    primary = When(level=Level.PRIMARY.value, then=Value(0))
    doors = When(counted=Counted.DOOR, then=Value(0))
    number = models.BigIntegerField()
    level = Case(primary, default=Value(1), output_field=number)
    counted = Case(doors, default=Value(2), output_field=number)
    return one_key(F("place_id") * Value(4) + level + counted)


@tracked
class AddressRange(Dated):
    """House numbers of a street, or buildings of an estate, that belong to a zone."""

    zone_code = models.CharField(
        _("zone"), max_length=64, validators=[RegexValidator(ZONE_CODE)], db_index=True
    )
    level = models.CharField(_("level"), max_length=16, choices=LEVELS)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("place")
    )
    street = models.CharField(_("street or estate"), max_length=STREET_LENGTH)
    counted = models.CharField(_("counted"), max_length=8, choices=Counted, default=Counted.DOOR)
    parity = models.CharField(_("side"), max_length=4, choices=Parity, default=Parity.ALL)
    first = models.PositiveIntegerField(_("first number"), default=1)
    last = models.PositiveIntegerField(_("last number"), default=LARGEST)

    objects: ClassVar[Any] = AddressRangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("address range")
        verbose_name_plural = _("address ranges")
        ordering = ["street", "first", "parity"]
        indexes = [models.Index(fields=["street", "first", "id"], name="registry_range_street")]
        constraints = [
            *_kinds(),
            CheckConstraint(condition=Q(street__regex=STREET), name="registry_range_plain"),
            CheckConstraint(
                condition=Q(first__gte=1, last__lte=LARGEST, last__gte=F("first")),
                name="registry_range_numbers",
            ),
            _in_order("registry_range_dates"),
            ExclusionConstraint(
                name="registry_range_in_one_zone",
                expressions=[
                    (one_key(hashed("street")), RangeOperators.OVERLAPS),
                    (_which_street(), RangeOperators.OVERLAPS),
                    (_numbers(), RangeOperators.OVERLAPS),
                    (_sides(), RangeOperators.OVERLAPS),
                    (days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [guards.zone_is_known()]

    def __str__(self) -> str:
        return f"{self.street} {self.first}\u2013{self.last}"


@tracked
class ZoneArea(Dated):
    """The area of a zone on the map, as one version of it was drawn."""

    zone_code = models.CharField(_("zone"), max_length=64, validators=[RegexValidator(ZONE_CODE)])
    level = models.CharField(_("level"), max_length=16, choices=LEVELS)
    path = models.TextField(_("path"), db_collation="C")
    geometry = models.JSONField(_("area"))
    west = models.FloatField(_("western end"))
    south = models.FloatField(_("southern end"))
    east = models.FloatField(_("eastern end"))
    north = models.FloatField(_("northern end"))

    objects: ClassVar[Any] = ZoneAreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("zone area")
        verbose_name_plural = _("zone areas")
        ordering = ["zone_code", "-valid_from"]
        indexes = [models.Index(fields=["path", "level"], name="registry_area_path")]
        constraints = [
            CheckConstraint(
                condition=Q(level__in=[level.value for level in Level]), name="registry_area_level"
            ),
            CheckConstraint(
                condition=Q(west__gte=-180, east__lte=180, south__gte=-90, north__lte=90)
                & Q(west__lt=F("east"), south__lt=F("north")),
                name="registry_area_on_earth",
            ),
            _in_order("registry_area_dates"),
            UniqueConstraint(
                fields=["zone_code"], condition=Q(valid_to=None), name="registry_area_open_once"
            ),
            ExclusionConstraint(
                name="registry_area_one_a_day",
                expressions=[
                    (one_key(hashed("zone_code")), RangeOperators.OVERLAPS),
                    (days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [guards.zone_is_known()]

    def __str__(self) -> str:
        return self.zone_code

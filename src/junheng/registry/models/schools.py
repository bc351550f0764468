"""What is true of a school, from one day until before another."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q, Value
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.kernel.levels import LAST, Level
from junheng.places.facade import Dated, DatedQuerySet
from junheng.registry.engine.cap import CLASS_CAP
from junheng.registry.models import guards

LEVELS = [
    (Level.PRIMARY.value, _("Primary level")),
    (Level.LOWER_SECONDARY.value, _("Lower secondary level")),
]
LAST_PRIMARY = Level.PRIMARY.grades[-1].number


class Setting(models.TextChoices):
    """Where a school stands, as the yearly returns tell town from country."""

    URBAN = "urban", _("Urban")
    TOWN = "town", _("Town")
    VILLAGE = "village", _("Village")


class Ownership(models.TextChoices):
    """Who runs a school; a private one recruits by choice and lottery, and has no zone."""

    PUBLIC = "public", _("Public")
    PRIVATE = "private", _("Private")


def one_key(number: F | Combinable) -> Func:
    """A whole number as a range of one, since plain numbers have no place in a GiST index."""
    return Func(number, number, Value("[]"), function="int8range")


def days(start: str = "valid_from", end: str = "valid_to") -> Func:
    """The days on which a dated row holds; an open end reaches for ever."""
    return Func(F(start), F(end), function="daterange")


class SchoolFactsQuerySet(DatedQuerySet):
    """Facts about schools."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the schools within the scope of their posts."""
        return self.filter(scope_q(user, "organisation__path"))

    def of_level(self, level: str) -> Self:
        """Only those that teach this level."""
        wanted = Q(lowest_grade__lte=LAST_PRIMARY)
        return self.filter(wanted if level == Level.PRIMARY else ~wanted)


@tracked
class School(Dated):
    """What an organisation offers as a school of one level; a nine-year school has two of these."""

    organisation = models.ForeignKey(
        "places.Organisation",
        models.PROTECT,
        related_name="school_facts",
        verbose_name=_("school"),
    )
    setting = models.CharField(_("setting"), max_length=8, choices=Setting)
    ownership = models.CharField(
        _("ownership"), max_length=8, choices=Ownership, default=Ownership.PUBLIC
    )
    lowest_grade = models.PositiveSmallIntegerField(_("lowest grade"))
    highest_grade = models.PositiveSmallIntegerField(_("highest grade"))
    entry_classes = models.PositiveSmallIntegerField(_("classes of the entry grade"))
    class_size = models.PositiveSmallIntegerField(_("planned pupils per class"))

    objects: ClassVar[Any] = SchoolFactsQuerySet.as_manager()

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")
        ordering = ["organisation__code", "lowest_grade"]
        constraints = [
            CheckConstraint(
                condition=Q(setting__in=Setting.values), name="registry_school_setting"
            ),
            CheckConstraint(
                condition=Q(ownership__in=Ownership.values), name="registry_school_ownership"
            ),
            CheckConstraint(
                condition=Q(lowest_grade__gte=1, highest_grade__lte=LAST)
                & Q(highest_grade__gte=F("lowest_grade")),
                name="registry_school_grades",
            ),
            CheckConstraint(
                condition=Q(highest_grade__lte=LAST_PRIMARY) | Q(lowest_grade__gt=LAST_PRIMARY),
                name="registry_school_one_level",
            ),
            CheckConstraint(condition=Q(class_size__lte=CLASS_CAP), name="registry_school_cap"),
            CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="registry_school_dates_in_order",
            ),
            ExclusionConstraint(
                name="registry_school_one_truth_a_day",
                expressions=[
                    (one_key(F("organisation_id")), RangeOperators.OVERLAPS),
                    (
                        Func(
                            F("lowest_grade"),
                            F("highest_grade"),
                            Value("[]"),
                            function="int4range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [guards.private_school_has_no_zone()]

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def level(self) -> Level:
        """Primary or lower secondary."""
        return Level.PRIMARY if self.highest_grade <= LAST_PRIMARY else Level.LOWER_SECONDARY

    @property
    def seats(self) -> int:
        """Seats of the entry grade as planned."""
        return self.entry_classes * self.class_size

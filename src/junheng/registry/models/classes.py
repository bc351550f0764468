"""Classes and how many pupils they have, and the one count that found the large ones."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.kernel.levels import LAST, Level
from junheng.kernel.school_year import SchoolYear
from junheng.registry.engine.cap import CLASS_CAP, LARGEST_KNOWN, Count, band_of
from junheng.registry.models import guards
from junheng.registry.models.schools import LAST_PRIMARY


class SchoolClassQuerySet(models.QuerySet["SchoolClass"]):
    """Classes."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the classes of the schools within the scope of their posts."""
        return self.filter(scope_q(user, "organisation__path"))

    def of_level(self, level: str) -> Self:
        """Only those of this level."""
        primary = Q(grade__lte=LAST_PRIMARY)
        return self.filter(primary if level == Level.PRIMARY else ~primary)

    def of_year(self, school_year: int | None) -> Self:
        """Only those of the school year that began in this calendar year; None has none."""
        return self.none() if school_year is None else self.filter(school_year=school_year)

    def large(self) -> Self:
        """Only those above the cap."""
        return self.filter(size__gt=CLASS_CAP)


@tracked
class SchoolClass(models.Model):
    """A class in one school year, with its pupils at the last count.

    A class is above the cap only if it was so before this system began (`inherited_on`,
    `inherited_size`): found at the opening count, or the same class a year later, no larger.
    """

    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="classes", verbose_name=_("school")
    )
    school_year = models.PositiveSmallIntegerField(_("school year"))
    grade = models.PositiveSmallIntegerField(_("grade"))
    number = models.PositiveSmallIntegerField(_("class number"))
    size = models.PositiveSmallIntegerField(_("pupils"))
    counted_on = models.DateField(_("counted on"))
    by_register = models.BooleanField(_("counted by the register"), default=False)
    inherited_on = models.DateField(_("large since before"), null=True, blank=True)
    inherited_size = models.PositiveSmallIntegerField(_("pupils then"), null=True, blank=True)

    exempt_size = models.PositiveSmallIntegerField(_("exempt up to"), null=True, blank=True)
    exempt_until = models.DateField(_("exempt until"), null=True, blank=True)

    objects = SchoolClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["organisation__code", "-school_year", "grade", "number"]
        indexes = [
            models.Index(fields=["school_year", "-size"], name="registry_class_size"),
            models.Index(fields=["size"], name="registry_class_by_size"),
        ]
        constraints = [
            UniqueConstraint(
                fields=["organisation", "school_year", "grade", "number"],
                name="registry_class_once",
            ),
            CheckConstraint(
                condition=Q(grade__gte=1, grade__lte=LAST), name="registry_class_grade"
            ),
            CheckConstraint(
                condition=Q(number__gte=1, size__lte=LARGEST_KNOWN), name="registry_class_figures"
            ),
            CheckConstraint(
                condition=Q(size__lte=CLASS_CAP)
                | Q(inherited_size__isnull=False, size__lte=F("inherited_size"))
                | Q(exempt_size__isnull=False, size__lte=F("exempt_size")),
                name="registry_class_cap",
            ),
            CheckConstraint(
                condition=Q(exempt_size=None, exempt_until=None)
                | Q(exempt_size__gt=CLASS_CAP, exempt_until__isnull=False),
                name="registry_class_exempt",
            ),
            CheckConstraint(
                condition=Q(inherited_on=None, inherited_size=None)
                | Q(inherited_on__isnull=False, inherited_size__gt=CLASS_CAP),
                name="registry_class_inherited",
            ),
        ]
        triggers = [guards.cap_is_kept()]

    def __str__(self) -> str:
        return _("Grade %(grade)s class %(number)s") % {"grade": self.grade, "number": self.number}

    @property
    def year_name(self) -> str:
        """The school year as people write it, 2025-2026."""
        return str(SchoolYear(self.school_year))

    @property
    def band(self) -> str:
        """`very_large` from 66, `large` from 56, `near` within five of the cap, else `fine`."""
        return band_of(self.size)

    @property
    def exempt_now(self) -> bool:
        """Whether two people's signatures hold for it today."""
        return self.exempt_until is not None and timezone.localdate() <= self.exempt_until

    @property
    def count(self) -> Count:
        """What is known of it, as the rule of the cap takes it."""
        return Count(self.size, self.counted_on, self.inherited_on, self.inherited_size)


class OpeningCountQuerySet(models.QuerySet["OpeningCount"]):
    """Opening counts."""

    def over(self, path: str) -> Self:
        """The count that a row with this path falls under, if there is one."""
        return self.alias(whole=Value(path)).filter(whole__startswith=F("place__path"))

    def open(self) -> Self:
        """Those that have not been closed."""
        return self.filter(closed_at=None)


class OpeningCount(models.Model):
    """The one count at the start of this system at which classes above the cap may be entered.

    While it is open, imports mark such classes as inherited; once closed, never again.
    """

    place = models.OneToOneField(
        "places.Place", models.PROTECT, related_name="opening_count", verbose_name=_("place")
    )
    held_on = models.DateField(_("held on"))
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("opened by"),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )

    objects = OpeningCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening count")
        verbose_name_plural = _("opening counts")
        triggers = [guards.count_stays_closed()]

    def __str__(self) -> str:
        return f"{self.place} {self.held_on}"

"""Titles and courses of people on the staff."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import User, scope_q
from junheng.commons.dated import DatedQuerySet
from junheng.commons.history import tracked
from junheng.registry.models.staff import StaffMember


class HonourKind(models.TextChoices):
    """What somebody was given."""

    BACKBONE = "backbone", _("Backbone teacher")
    RANK = "rank", _("Professional rank")
    AWARD = "award", _("Award")


class GivenBy(models.TextChoices):
    """Who gave a title or held a course; `county` and above count for the backbone indicator."""

    SCHOOL = "school", pgettext_lazy("given by", "School")
    COUNTY = "county", pgettext_lazy("given by", "County")
    CITY = "city", pgettext_lazy("given by", "City")
    PROVINCE = "province", pgettext_lazy("given by", "Province")
    NATIONAL = "national", pgettext_lazy("given by", "National")


COUNTY_AND_ABOVE = (GivenBy.COUNTY, GivenBy.CITY, GivenBy.PROVINCE, GivenBy.NATIONAL)


class OfAPersonQuerySet(DatedQuerySet):
    """Rows about people on the staff."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the rows of people within their scope."""
        return self.filter(scope_q(user, "person__organisation__path"))


@tracked
class Honour(models.Model):
    """A backbone title, a professional rank or an award, while it holds."""

    person = models.ForeignKey(
        StaffMember, models.CASCADE, related_name="honours", verbose_name=_("person on the staff")
    )
    kind = models.CharField(_("kind of title"), max_length=8, choices=HonourKind)
    given_by = models.CharField(_("given by"), max_length=8, choices=GivenBy)
    title = models.CharField(_("title"), max_length=60)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("ended on"), null=True, blank=True)

    objects: ClassVar[Any] = OfAPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("title of a person on the staff")
        verbose_name_plural = _("titles of people on the staff")
        ordering = ["-valid_from", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["person", "kind", "title", "valid_from"], name="registry_honour_once"
            ),
            CheckConstraint(
                condition=Q(kind__in=HonourKind.values) & Q(given_by__in=GivenBy.values),
                name="registry_honour_choices",
            ),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="registry_honour_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.title


@tracked
class Training(models.Model):
    """A course that somebody took, with its hours, in a calendar year."""

    person = models.ForeignKey(
        StaffMember, models.CASCADE, related_name="trainings", verbose_name=_("person on the staff")
    )
    level = models.CharField(_("held by"), max_length=8, choices=GivenBy)
    title = models.CharField(_("course"), max_length=80)
    year = models.PositiveSmallIntegerField(_("year"))
    hours = models.PositiveSmallIntegerField(_("hours"))

    objects: ClassVar[Any] = OfAPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("course of a person on the staff")
        verbose_name_plural = _("courses of people on the staff")
        ordering = ["-year", "pk"]
        constraints = [
            UniqueConstraint(fields=["person", "year", "title"], name="registry_training_once"),
            CheckConstraint(
                condition=Q(level__in=GivenBy.values)
                & Q(year__gte=1986, year__lte=2100, hours__gte=1, hours__lte=2000),
                name="registry_training_figures",
            ),
        ]

    def __str__(self) -> str:
        return self.title

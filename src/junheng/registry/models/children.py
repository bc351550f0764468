"""How many children of school age live in a place: what the net enrolment ratio is set against."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.registry.models.schools import LEVELS


class SchoolAgeChildrenQuerySet(models.QuerySet[Any]):
    """Children of school age by place and year."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the places within the scope of their posts."""
        return self.filter(scope_q(user, "place__path"))


@tracked
class SchoolAgeChildren(models.Model):
    """Children of the age of a level on 31 August before a school year, at school or not."""

    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("place")
    )
    level = models.CharField(_("level"), max_length=16, choices=LEVELS)
    year = models.PositiveSmallIntegerField(_("school year"))
    number = models.PositiveIntegerField(_("children"))
    source = models.CharField(_("source"), max_length=80)

    objects: ClassVar[Any] = SchoolAgeChildrenQuerySet.as_manager()

    class Meta:
        verbose_name = _("children of school age")
        verbose_name_plural = _("children of school age")
        ordering = ["-year", "place__code", "level"]
        constraints = [
            UniqueConstraint(fields=["place", "level", "year"], name="registry_of_age_once"),
            CheckConstraint(
                condition=Q(level__in=[level for level, _name in LEVELS])
                & Q(year__gte=1986, year__lte=2100),
                name="registry_of_age_choices",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.year}"

"""How many pupils entered a school in a year, also before this system knew its classes."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.kernel.levels import Level

ENTRY_GRADES = tuple(level.entry_grade.number for level in Level)


class EntrantsQuerySet(models.QuerySet[Any]):
    """Entrants by school and year."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the schools within the scope of their posts."""
        return self.filter(scope_q(user, "organisation__path"))


@tracked
class Entrants(models.Model):
    """Pupils of the entry grade of a school, counted at the start of a school year."""

    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="entrants", verbose_name=_("school")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    grade = models.PositiveSmallIntegerField(_("entry grade"))
    number = models.PositiveIntegerField(_("entrants"))

    objects: ClassVar[Any] = EntrantsQuerySet.as_manager()

    class Meta:
        verbose_name = _("entrants")
        verbose_name_plural = _("entrants")
        ordering = ["-year", "organisation__code", "grade"]
        indexes = [
            models.Index(fields=["-year", "organisation", "grade"], name="registry_entrants_newest")
        ]
        constraints = [
            UniqueConstraint(
                fields=["organisation", "year", "grade"], name="registry_entrants_once"
            ),
            CheckConstraint(
                condition=Q(grade__in=ENTRY_GRADES), name="registry_entrants_entry_grade"
            ),
            CheckConstraint(
                condition=Q(year__gte=1986, year__lte=2100), name="registry_entrants_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year}"

"""Pupils on the roll of a school: the least that follows from an admission."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.commons.sealing import SealedTextField
from junheng.kernel.levels import LAST
from junheng.registry.models import guards


class PupilQuerySet(models.QuerySet["Pupil"]):
    """Pupils."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the pupils of the schools within the scope of their posts."""
        return self.filter(scope_q(user, "organisation__path"))


@tracked
class Pupil(models.Model):
    """A child on the roll of a school since a day; names and numbers are sealed.

    `source` is what the record was made from, such as an application: once for each.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("pupil number"), max_length=20, unique=True)
    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="pupils", verbose_name=_("school")
    )
    school_year = models.PositiveSmallIntegerField(_("school year"))
    grade = models.PositiveSmallIntegerField(_("grade"))
    name = SealedTextField(_("name"), bound_to="id")
    resident_id = SealedTextField(_("resident ID number"), bound_to="id", null=True)
    born_on = models.DateField(_("born on"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=1, blank=True)
    entered_on = models.DateField(_("on the roll since"))
    left_on = models.DateField(_("on the roll until"), null=True, blank=True)
    source = models.UUIDField(_("source"), unique=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )

    objects: ClassVar[Any] = PupilQuerySet.as_manager()

    class Meta:
        verbose_name = _("pupil")
        verbose_name_plural = _("pupils")
        indexes = [
            models.Index(
                fields=["organisation", "school_year", "grade"], name="registry_pupil_year"
            )
        ]
        constraints = [
            CheckConstraint(
                condition=Q(grade__gte=1, grade__lte=LAST), name="registry_pupil_grade"
            ),
            CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("entered_on")),
                name="registry_pupil_dates",
            ),
        ]
        triggers = guards.of_a_pupil()

    def __str__(self) -> str:
        return self.number

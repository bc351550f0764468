"""A child who is to come into the register: what was told, until two people have agreed."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.sealing import SealedTextField
from junheng.kernel.levels import LAST
from junheng.registry.models.standings import Movement


class ArrivalQuerySet(models.QuerySet[Any]):
    """Children who are to come."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those to the schools within the scope of their posts."""
        return self.filter(scope_q(user, "organisation__path"))


class Arrival(models.Model):
    """Who is to come where, from which day, on which paper; gone when the record is made.

    It has no history on purpose: it is no fact of the register yet, and who the child is stands
    in one place only, so that it can be deleted. The record that is made of it has its `id` as
    source.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="+", verbose_name=_("school")
    )
    grade = models.PositiveSmallIntegerField(_("grade"))
    class_number = models.PositiveSmallIntegerField(_("class number"), null=True, blank=True)
    on = models.DateField(_("first day"))
    movement = models.CharField(_("movement"), max_length=16, choices=Movement)
    paper = models.CharField(_("paper"), max_length=200)
    told = SealedTextField(_("who it is"), bound_to="id")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)

    objects: ClassVar[Any] = ArrivalQuerySet.as_manager()

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")
        ordering = ["-asked_at"]
        constraints = [
            CheckConstraint(
                condition=Q(grade__gte=1, grade__lte=LAST), name="registry_arrival_grade"
            ),
            CheckConstraint(
                condition=Q(movement__in=[Movement.ENTERED, Movement.FROM_OUTSIDE]),
                name="registry_arrival_movement",
            ),
            CheckConstraint(condition=~Q(paper=""), name="registry_arrival_paper"),
        ]

    def __str__(self) -> str:
        return str(self.id)

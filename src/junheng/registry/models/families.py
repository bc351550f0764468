"""Who answers for a pupil, and what a pupil needs to be known for: both with dates."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.commons.sealing import BlindIndexField, SealedTextField


class OfAPupilQuerySet(models.QuerySet[Any]):
    """Rows about pupils, with dates."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: what is said of the pupils within the scope of their posts."""
        return self.filter(scope_q(user, "pupil__organisation__path"))

    def on(self, day: date) -> Self:
        """Those that held on a day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


@tracked(in_masses=True)
class Guardian(models.Model):
    """Somebody who answers for a pupil, from one day until another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pupil = models.ForeignKey(
        "registry.Pupil", models.PROTECT, related_name="guardians", verbose_name=_("pupil")
    )
    relation = models.CharField(_("relation"), max_length=2, blank=True, default="")
    name = SealedTextField(_("name"), bound_to="id", null=True)
    phone = SealedTextField(_("phone number"), bound_to="id", null=True)
    resident_id = SealedTextField(_("resident ID number"), bound_to="id", null=True)
    resident_id_key = BlindIndexField(max_length=32, blank=True, default="")
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    objects: ClassVar[Any] = OfAPupilQuerySet.as_manager()

    class Meta:
        verbose_name = _("guardian")
        verbose_name_plural = _("guardians")
        ordering = ["pupil", "valid_from", "id"]
        indexes = [
            models.Index(
                fields=["resident_id_key"],
                name="registry_guardian_resident_id",
                condition=~Q(resident_id_key=""),
            )
        ]
        constraints = [
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="registry_guardian_dates",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Tag(models.TextChoices):
    """What a pupil needs to be known for."""

    REGISTERED_POOR = "registered_poor", _("Registered poor household")
    LEFT_BEHIND = "left_behind", _("Left-behind child")
    MIGRANT = "migrant", _("Migrant worker's child")
    DISABLED = "disabled", _("Disabled")
    BOARDER = "boarder", _("Boarder")
    ORPHAN = "orphan", _("Orphan")


@tracked(in_masses=True)
class PupilTag(models.Model):
    """Something a pupil is known for, from one day until another, and who says so."""

    pupil = models.ForeignKey(
        "registry.Pupil", models.PROTECT, related_name="tags", verbose_name=_("pupil")
    )
    tag = models.CharField(_("tag"), max_length=16, choices=Tag)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True, default="")

    objects: ClassVar[Any] = OfAPupilQuerySet.as_manager()

    class Meta:
        verbose_name = _("pupil tag")
        verbose_name_plural = _("pupil tags")
        ordering = ["pupil", "tag", "valid_from"]
        indexes = [
            models.Index(
                fields=["tag", "pupil"], name="registry_tag_now", condition=Q(valid_to=None)
            )
        ]
        constraints = [
            UniqueConstraint(
                fields=["pupil", "tag"], name="registry_tag_once", condition=Q(valid_to=None)
            ),
            CheckConstraint(condition=Q(tag__in=Tag.values), name="registry_tag_known"),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="registry_tag_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil_id} {self.tag}"

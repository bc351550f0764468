"""Who was in class on a day: what a class delivers, by its exceptions.

A roll call that was delivered says that everybody of the class was there, but for its marks. So a
day of a class of 45 is one row and a few more, and not 45.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.sealing import BlindIndexField, SealedTextField


class Mark(models.TextChoices):
    """Why somebody was not simply there."""

    ABSENT = "absent", _("Absent, reason not known")
    ILL = "ill", _("Ill")
    LEAVE = "leave", _("On leave")
    NOT_LISTED = "not_listed", _("The class does not know this child")
    GUEST = "guest", _("In class, but not on its list")


class RollCallQuerySet(models.QuerySet["RollCall"]):
    """Roll calls."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those of the schools within the scope of their posts."""
        return self.filter(scope_q(user, "organisation__path"))


class RollCall(models.Model):
    """That a class said who was there on a day, and who wrote it down last."""

    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="+", verbose_name=_("school")
    )
    school_class = models.ForeignKey(
        "registry.SchoolClass", models.PROTECT, related_name="roll_calls", verbose_name=_("class")
    )
    day = models.DateField(_("day"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)

    objects: ClassVar[Any] = RollCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("roll call")
        verbose_name_plural = _("roll calls")
        ordering = ["-day", "school_class"]
        indexes = [models.Index(fields=["organisation", "-day"], name="registry_roll_call_day")]
        constraints = [
            UniqueConstraint(fields=["school_class", "day"], name="registry_roll_call_once")
        ]

    def __str__(self) -> str:
        return f"{self.school_class_id} {self.day}"


class AttendanceMark(models.Model):
    """One child of whom a roll call says something.

    A guest may have no record here; then its name and number stand here, sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(
        RollCall, models.CASCADE, related_name="marks", verbose_name=_("roll call")
    )
    mark = models.CharField(_("mark"), max_length=10, choices=Mark)
    pupil = models.ForeignKey(
        "registry.Pupil", models.PROTECT, null=True, related_name="+", verbose_name=_("pupil")
    )
    name = SealedTextField(_("name"), bound_to="id", null=True)
    resident_id = SealedTextField(_("resident ID number"), bound_to="id", null=True)
    resident_id_key = BlindIndexField(max_length=32, blank=True, default="")

    class Meta:
        verbose_name = _("attendance mark")
        verbose_name_plural = _("attendance marks")
        ordering = ["call", "id"]
        constraints = [
            UniqueConstraint(
                fields=["call", "pupil"], name="registry_mark_once", condition=~Q(pupil=None)
            ),
            CheckConstraint(condition=Q(mark__in=Mark.values), name="registry_mark_known"),
            CheckConstraint(
                condition=Q(pupil__isnull=False) | Q(mark="guest", name__isnull=False),
                name="registry_mark_of_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.mark}"

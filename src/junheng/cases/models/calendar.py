"""Days on which it is other than the week says: public holidays, and days worked in their stead."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from junheng.commons.history import tracked

EVERYWHERE = "/"
"""The path of days that hold in the whole country; a county may say otherwise for itself."""


@tracked
class WorkDay(models.Model):
    """A day that is off, or worked, whatever day of the week it is; the deepest path counts."""

    path = models.TextField(_("path"), default=EVERYWHERE)
    day = models.DateField(_("day"))
    works = models.BooleanField(_("is worked"))
    name = models.CharField(_("occasion"), max_length=60)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("set by"),
    )

    objects: ClassVar[models.Manager[WorkDay]] = models.Manager()

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["day", "path"]
        constraints = [
            UniqueConstraint(fields=["path", "day"], name="cases_workday_once"),
            CheckConstraint(
                condition=Q(path__startswith="/") & Q(path__endswith="/"), name="cases_workday_path"
            ),
            CheckConstraint(condition=~Q(name=""), name="cases_workday_name"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"

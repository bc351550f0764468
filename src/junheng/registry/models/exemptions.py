"""A class that may be above the cap until a day, because two people signed for it."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.registry.engine.cap import CLASS_CAP, LARGEST_KNOWN


class ClassExemptionQuerySet(models.QuerySet[Any]):
    """Exemptions from the cap."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those of the schools within the scope of their posts."""
        return self.filter(scope_q(user, "school_class__organisation__path"))


@tracked
class ClassExemption(models.Model):
    """Signed by two, with a reason and an end; it is never changed, another one follows."""

    school_class = models.ForeignKey(
        "registry.SchoolClass",
        models.PROTECT,
        related_name="exemptions",
        verbose_name=_("class"),
    )
    size = models.PositiveSmallIntegerField(_("exempt up to"))
    until = models.DateField(_("exempt until"))
    reason = models.CharField(_("reason"), max_length=500)
    paper = models.CharField(_("paper"), max_length=200)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved at"), default=timezone.now)

    objects: ClassVar[Any] = ClassExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("class exemption")
        verbose_name_plural = _("class exemptions")
        ordering = ["-approved_at"]
        constraints = [
            CheckConstraint(
                condition=Q(size__gt=CLASS_CAP, size__lte=LARGEST_KNOWN),
                name="registry_exemption_size",
            ),
            CheckConstraint(
                condition=~Q(asked_by=F("approved_by")), name="registry_exemption_two_people"
            ),
            CheckConstraint(
                condition=~Q(reason="") & ~Q(paper=""), name="registry_exemption_reasons"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="exemption_is_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.school_class_id} {self.until}"

"""The planned intake of a round: what every school offers, announced with the opening."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from junheng.admissions.models.opening_guards import plans_change_while_planned
from junheng.admissions.models.querysets import SchoolQuerySet
from junheng.admissions.models.rounds import CODE_LENGTH, Round
from junheng.commons.history import tracked
from junheng.commons.models.guards import never_changes

CAP = 55
"""No class above this, by whatever rule."""


@tracked
class PlannedIntake(models.Model):
    """What a school offers in a round."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="plan", verbose_name=_("round"))
    code = models.CharField(_("code"), max_length=CODE_LENGTH, db_collation="C")
    name = models.TextField(_("name"), blank=True)
    township = models.TextField(_("township"), blank=True)
    classes = models.PositiveIntegerField(_("classes"))
    class_size = models.PositiveIntegerField(
        _("pupils per class"), validators=[MinValueValidator(1)]
    )
    class_cap = models.PositiveIntegerField(_("class cap"), default=CAP)
    continuing = models.PositiveIntegerField(_("continuing pupils"), default=0)
    reserved = models.PositiveIntegerField(_("reserved seats"), default=0)
    seats = models.PositiveIntegerField(_("seats"))
    path = models.TextField(_("path"), db_collation="C")

    objects: ClassVar[Any] = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("planned intake")
        verbose_name_plural = _("planned intakes")
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="planned_intake_once"),
            models.CheckConstraint(condition=Q(class_cap__lte=CAP), name="planned_intake_cap"),
            models.CheckConstraint(
                condition=Q(
                    seats=F("classes") * Least("class_size", "class_cap")
                    - F("continuing")
                    - F("reserved")
                ),
                name="planned_intake_seats_within_cap",
            ),
        ]
        triggers = [plans_change_while_planned()]


class PlanBatch(models.Model):
    """What an imported table changed in a plan, figures before and after, to be taken back."""

    batch = models.OneToOneField(
        "commons.ImportBatch", models.PROTECT, related_name="+", verbose_name=_("import")
    )
    round = models.ForeignKey(Round, models.CASCADE, related_name="+", verbose_name=_("round"))
    done = models.JSONField(_("changes"), default=list)

    class Meta:
        verbose_name = _("plan batch")
        verbose_name_plural = _("plan batches")
        triggers = [never_changes("plan_batch")]

"""People outside grades 1 to 9 for whom there is aid: who it is, where they learn, since when."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import User, scope_q
from junheng.aid.engine.facts import MOST_FEN
from junheng.aid.models import beneficiary_guards
from junheng.aid.models.codes import days, one_key
from junheng.aid.models.people import person
from junheng.aid.models.posts import IN_CHARGE
from junheng.commons.history import tracked
from junheng.commons.sealing import BlindIndexField, SealedTextField

SEALED = ("name", "resident_id", "resident_id_key")


class BeneficiaryStage(models.TextChoices):
    """The stages of which this register is: all of the engine's but those of grades 1 to 9."""

    KINDERGARTEN = "kindergarten", pgettext_lazy("stage", "Kindergarten")
    UPPER_SECONDARY = "upper_secondary", pgettext_lazy("stage", "Upper secondary")
    VOCATIONAL = "vocational", pgettext_lazy("stage", "Vocational")
    HIGHER = "higher", pgettext_lazy("stage", "Higher education")


class Degree(models.TextChoices):
    """What somebody entered in higher education."""

    COLLEGE = "college", _("College course")
    SECOND = "bachelor_second", _("Bachelor, second batch")
    FIRST = "bachelor_first", _("Bachelor, first batch")
    KEY = "bachelor_key", _("Bachelor, key batch")


class BeneficiaryQuerySet(models.QuerySet["Beneficiary"]):
    """Beneficiaries."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those in charge, within their scope, and nobody else."""
        return self.filter(scope_q(user, "path", IN_CHARGE))


def _told(label: Any) -> models.BooleanField[Any, Any]:
    """Yes, no, or nobody told."""
    return models.BooleanField(label, null=True, blank=True)


@tracked(exclude=(*SEALED, "born_on"), in_masses=True)
class Beneficiary(models.Model):
    """Somebody in a kindergarten, upper secondary or vocational school, or entering a university.

    One row is one person at one stage, from one day until before another. The history keeps what
    was said of a person and leaves out who it is.

    Attributes:
        fee_fen: What the institution asks of this person for one term, before any aid.
        place: County, or township where it is known.
        path: Of the institution where it is one of the county's, else of the place.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = SealedTextField(pgettext_lazy("person", "name"), bound_to="id", null=True)
    resident_id = SealedTextField(_("resident ID number"), bound_to="id", null=True)
    resident_id_key = BlindIndexField(max_length=32, blank=True, default="")
    sex = models.CharField(_("sex"), max_length=1, blank=True, default="")
    born_on = models.DateField(_("born on"), null=True, blank=True)
    stage = models.CharField(_("stage"), max_length=16, choices=BeneficiaryStage)
    institution = models.CharField(_("institution"), max_length=100)
    organisation = models.ForeignKey(
        "places.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("school"),
    )
    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("county or township")
    )
    path = models.TextField(_("path"), db_collation="C")
    private = _told(_("private institution"))
    degree = models.CharField(
        _("degree course"), max_length=16, choices=Degree, blank=True, default=""
    )
    boarder = _told(_("boarder"))
    disabled = _told(_("disabled"))
    orphan = _told(_("orphan"))
    striving_class = _told(_("striving class"))
    skills_certificate = _told(_("skills certificate"))
    fee_fen = models.BigIntegerField(_("fee for a term, fen"), null=True, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until before"), null=True, blank=True)
    batch = models.UUIDField(_("batch"), null=True, blank=True)
    entered_by = person(_("entered by"))
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)

    objects: ClassVar[Any] = BeneficiaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("beneficiary")
        verbose_name_plural = _("beneficiaries")
        ordering = ["-valid_from", "id"]
        indexes = [
            models.Index(fields=["-valid_from", "id"], name="aid_beneficiary_newest"),
            models.Index(fields=["path"], name="aid_beneficiary_path"),
            models.Index(fields=["batch"], name="aid_beneficiary_batch"),
            models.Index(
                fields=["resident_id_key"],
                name="aid_beneficiary_resident_id",
                condition=~Q(resident_id_key=""),
            ),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(stage__in=BeneficiaryStage.values), name="aid_beneficiary_stage"
            ),
            CheckConstraint(
                condition=Q(degree="") | Q(stage="higher", degree__in=Degree.values),
                name="aid_beneficiary_degree",
            ),
            CheckConstraint(condition=Q(sex__in=["", "1", "2"]), name="aid_beneficiary_sex"),
            CheckConstraint(
                condition=Q(fee_fen=None) | Q(fee_fen__gte=0, fee_fen__lte=MOST_FEN),
                name="aid_beneficiary_fee",
            ),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="aid_beneficiary_dates",
            ),
            CheckConstraint(
                condition=Q(born_on=None) | Q(born_on__lt=F("valid_from")),
                name="aid_beneficiary_born",
            ),
            CheckConstraint(
                condition=Q(name__isnull=False) | Q(valid_to__isnull=False, resident_id_key=""),
                name="aid_beneficiary_emptied_when_over",
            ),
            ExclusionConstraint(
                name="aid_beneficiary_once_a_day",
                expressions=[
                    (
                        one_key(Func(F("resident_id_key"), Value(0), function="hashtextextended")),
                        RangeOperators.OVERLAPS,
                    ),
                    (days(), RangeOperators.OVERLAPS),
                ],
                condition=~Q(resident_id_key=""),
            ),
        ]
        triggers = beneficiary_guards.of_a_beneficiary()

    def __str__(self) -> str:
        return f"{self.stage} {self.id}"

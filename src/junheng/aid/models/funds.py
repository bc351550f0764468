"""Education funds: who gave what for whom, what was granted out of it, and student loans."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.aid.models import fund_guards
from junheng.aid.models.people import person
from junheng.commons.history import tracked
from junheng.commons.sealing import BlindIndexField, SealedTextField


class EducationFund(models.Model):
    """Money that was given for pupils, kept apart from the budget."""

    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("county")
    )
    path = models.TextField(_("path"), db_collation="C")
    name = models.CharField(_("name"), max_length=100)
    founded_on = models.DateField(_("founded on"))
    paper = models.CharField(_("document it rests on"), max_length=200)

    class Meta:
        verbose_name = _("education fund")
        verbose_name_plural = _("education funds")
        constraints = [models.UniqueConstraint(fields=["path", "name"], name="aid_fund_once")]
        triggers = fund_guards.of_a_fund()

    def __str__(self) -> str:
        return self.name


@tracked
class Donation(models.Model):
    """What somebody gave; a designated gift goes to its purpose and to nothing else."""

    fund = models.ForeignKey(
        EducationFund, models.PROTECT, related_name="donations", verbose_name=_("education fund")
    )
    donor = models.CharField(_("donor"), max_length=100)
    anonymous = models.BooleanField(_("not named in public"), default=False)
    fen = models.BigIntegerField(_("amount"))
    purpose = models.CharField(_("designated for"), max_length=100, blank=True, default="")
    on = models.DateField(_("given on"))
    paper = models.CharField(_("document it rests on"), max_length=200)
    thanked_on = models.DateField(_("thanked on"), null=True, blank=True)
    by = person(_("entered by"))
    at = models.DateTimeField(_("entered at"), default=timezone.now)

    class Meta:
        verbose_name = _("donation")
        verbose_name_plural = _("donations")
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="aid_donation_amount"),
            models.CheckConstraint(
                condition=Q(thanked_on=None) | Q(thanked_on__gte=F("on")),
                name="aid_donation_thanked",
            ),
            models.UniqueConstraint(fields=["fund", "paper"], name="aid_donation_once"),
        ]
        triggers = fund_guards.of_a_donation()

    def __str__(self) -> str:
        return self.donor


class Grant(models.Model):
    """What was given out of a fund: to how many, how much and what for; nobody is named."""

    fund = models.ForeignKey(
        EducationFund, models.PROTECT, related_name="grants", verbose_name=_("education fund")
    )
    donation = models.ForeignKey(
        Donation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="grants",
        verbose_name=_("designated donation"),
    )
    purpose = models.CharField(_("purpose"), max_length=100)
    heads = models.PositiveIntegerField(_("heads"))
    fen = models.BigIntegerField(_("amount"))
    on = models.DateField(_("granted on"))
    paper = models.CharField(_("document it rests on"), max_length=200)
    by = person(_("entered by"))
    at = models.DateTimeField(_("entered at"), default=timezone.now)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0, heads__gt=0), name="aid_grant_amount"),
            models.UniqueConstraint(fields=["fund", "paper"], name="aid_grant_once"),
        ]
        triggers = fund_guards.of_a_grant()

    def __str__(self) -> str:
        return self.purpose


class EducationLoan(models.Model):
    """A loan that a student of the county took for higher education; names are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("county")
    )
    path = models.TextField(_("path"), db_collation="C")
    year = models.PositiveSmallIntegerField(_("year"))
    name = SealedTextField(_("name"), bound_to="id", null=True)
    resident_id = SealedTextField(_("resident ID number"), bound_to="id", null=True)
    resident_id_key = BlindIndexField(max_length=32, blank=True, default="")
    fen = models.BigIntegerField(_("amount"))
    bank = models.CharField(_("bank"), max_length=100)
    on = models.DateField(_("granted on"))
    by = person(_("entered by"))
    at = models.DateTimeField(_("entered at"), default=timezone.now)

    class Meta:
        verbose_name = _("education loan")
        verbose_name_plural = _("education loans")
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="aid_loan_amount"),
            models.UniqueConstraint(
                fields=["path", "year", "resident_id_key"],
                condition=~Q(resident_id_key=""),
                name="aid_loan_once_a_year",
            ),
        ]
        indexes = [models.Index(fields=["-on", "-id"], name="aid_loan_newest")]
        triggers = fund_guards.of_a_loan()

    def __str__(self) -> str:
        return str(self.year)

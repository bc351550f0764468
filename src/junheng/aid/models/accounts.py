"""Accounts that money is paid into: cards of pupils and guardians, accounts of schools."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.aid.models import account_guards
from junheng.aid.models.people import person
from junheng.commons.sealing import BlindIndexField, SealedTextField


class AccountKind(models.TextChoices):
    """Whose account it is."""

    PUPIL_CARD = "pupil_card", _("the pupil's social-security card")
    GUARDIAN_CARD = "guardian_card", _("a guardian's social-security card")
    SCHOOL = "school", _("the school's account")


class PayAccount(models.Model):
    """Where somebody, or a school, is paid; a new one takes the place of the one before.

    Number, holder and the holder's identity number are sealed; pages show them masked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "places.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("school"),
    )
    subject = models.CharField(_("whom it is for"), max_length=36, blank=True, default="")
    kind = models.CharField(_("kind of account"), max_length=13, choices=AccountKind)
    holder = SealedTextField(_("holder of the account"), bound_to="id")
    number = SealedTextField(_("account number"), bound_to="id")
    number_key = BlindIndexField(max_length=32)
    holder_id = SealedTextField(_("holder's ID number"), bound_to="id", null=True)
    entered_by = person(_("entered by"))
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    class Meta:
        verbose_name = _("pay account")
        verbose_name_plural = _("pay accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(replaced_at=None) & ~Q(subject=""),
                name="aid_account_one_each",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(replaced_at=None, subject=""),
                name="aid_account_one_per_school",
            ),
            models.CheckConstraint(
                condition=Q(subject="", kind="school") | ~Q(subject="") & ~Q(kind="school"),
                name="aid_account_kind",
            ),
        ]
        triggers = account_guards.of_an_account()
        indexes = [models.Index(fields=["number_key"], name="aid_account_number")]

    def __str__(self) -> str:
        return str(self.get_kind_display())

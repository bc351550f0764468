"""Accounts that money is paid into: cards of pupils and guardians, accounts of schools.

What one person entered or imported counts from the day on which another one approved it.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.aid.models import account_guards
from junheng.aid.models.people import person
from junheng.aid.models.posts import IN_CHARGE, PAYERS
from junheng.commons.sealing import BlindIndexField, SealedTextField


class AccountKind(models.TextChoices):
    """Whose account it is."""

    PUPIL_CARD = "pupil_card", _("the pupil's social-security card")
    GUARDIAN_CARD = "guardian_card", _("a guardian's social-security card")
    SCHOOL = "school", _("the school's account")


STANDING, WAITING, REFUSED, PAST = "standing", "waiting", "refused", "past"
"""It counts; it waits for its second person; that one said no; another one took its place."""
APPROVED = Q(decided_at__isnull=False, replaced_at=None)
UNDECIDED = Q(decided_at=None, replaced_at=None)


class PayAccountQuerySet(models.QuerySet["PayAccount"]):
    """Accounts."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those in charge and whoever pays, within their scope."""
        return self.filter(scope_q(user, "path", IN_CHARGE | PAYERS))

    def standing(self) -> Self:
        """Those that are paid into: approved by a second person, and no other one since."""
        return self.filter(APPROVED)

    def waiting(self) -> Self:
        """Those that wait for their second person."""
        return self.filter(UNDECIDED)


class PayAccount(models.Model):
    """Where somebody, or a school, is paid; a new one takes the place of the one before.

    Number, holder and the holder's identity number are sealed; pages show them masked.

    Attributes:
        path: Of the school, or of the place of somebody without one.
        batch: The import that brought it; None if it was typed.
        decided_by, decided_at: The second person's yes or no.
        refused_because: Why it was a no; such an account is over at once.
        replaced_at: When another one took its place, or it was taken back.
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
    path = models.TextField(_("path"), db_collation="C")
    subject = models.CharField(_("whom it is for"), max_length=36, blank=True, default="")
    kind = models.CharField(_("kind of account"), max_length=13, choices=AccountKind)
    holder = SealedTextField(_("holder of the account"), bound_to="id")
    number = SealedTextField(_("account number"), bound_to="id")
    number_key = BlindIndexField(max_length=32)
    holder_id = SealedTextField(_("holder's ID number"), bound_to="id", null=True)
    entered_by = person(_("entered by"))
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)
    batch = models.UUIDField(_("batch"), null=True, blank=True)
    decided_by = person(_("approved or refused by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("approved or refused at"), null=True, blank=True)
    refused_because = models.CharField(_("why it was refused"), max_length=200, blank=True)
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    objects: ClassVar[Any] = PayAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("pay account")
        verbose_name_plural = _("pay accounts")
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=["subject"], condition=each & ~Q(subject=""), name=f"aid_account_{name}"
                )
                for name, each in (("one_each", APPROVED), ("waits_once", UNDECIDED))
            ),
            *(
                models.UniqueConstraint(
                    fields=["organisation"], condition=each & Q(subject=""), name=name
                )
                for name, each in (
                    ("aid_account_one_per_school", APPROVED),
                    ("aid_account_of_school_waits_once", UNDECIDED),
                )
            ),
            models.CheckConstraint(
                condition=Q(subject="", kind="school") | ~Q(subject="") & ~Q(kind="school"),
                name="aid_account_kind",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, refused_because="")
                | Q(decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(decided_by=F("entered_by"))
                & (Q(refused_because="") | Q(replaced_at__isnull=False)),
                name="aid_account_two_people",
            ),
        ]
        triggers = account_guards.of_an_account()
        indexes = [
            models.Index(fields=["number_key"], name="aid_account_number"),
            models.Index(fields=["-entered_at", "id"], name="aid_account_newest"),
            models.Index(fields=["batch"], name="aid_account_batch"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def state(self) -> str:
        """Whether it counts, waits, was refused or is past."""
        if self.refused_because:
            return REFUSED
        if self.replaced_at is not None:
            return PAST
        return WAITING if self.decided_at is None else STANDING

"""Payment batches: what goes to the bank, made, checked and sent by three people."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.aid.models import ledger_guards, payment_guards
from junheng.aid.models.accounts import AccountKind
from junheng.aid.models.budgets import BudgetLine, Source
from junheng.aid.models.people import person
from junheng.aid.sentences.terms import term_name
from junheng.commons.history import tracked
from junheng.commons.sealing import BlindIndexField, SealedTextField

SHA256 = 64


@tracked
class PaymentBatch(models.Model):
    """Lines that go to the bank in one file.

    Attributes:
        lines_count, total_fen: Written when it is checked, and of the lines that it then has.
    """

    class State(models.TextChoices):
        """How far it is."""

        DRAFT = "draft", pgettext_lazy("payment batch", "draft")
        CHECKED = "checked", pgettext_lazy("payment batch", "checked")
        PAID_OUT = "paid_out", pgettext_lazy("payment batch", "sent to the bank")
        RECONCILED = "reconciled", pgettext_lazy("payment batch", "reconciled")
        PARTLY_RETURNED = "partly_returned", pgettext_lazy("payment batch", "partly returned")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("batch number"), max_length=20, unique=True)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("county")
    )
    path = models.TextField(_("path"), db_collation="C")
    period = models.CharField(_("period"), max_length=11)
    source = models.CharField(_("source of funds"), max_length=10, choices=Source)
    state = models.CharField(_("state"), max_length=15, choices=State, default=State.DRAFT)
    lines_count = models.PositiveIntegerField(_("lines"), null=True, blank=True)
    total_fen = models.BigIntegerField(_("sum"), null=True, blank=True)
    made_by = person(_("drafted by"))
    made_at = models.DateTimeField(_("drafted at"), default=timezone.now)
    checked_by = person(_("checked by"), null=True, blank=True)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    paid_by = person(_("sent by"), null=True, blank=True)
    paid_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment batch")
        verbose_name_plural = _("payment batches")
        constraints = [
            models.CheckConstraint(
                condition=(Q(checked_by=None) | ~Q(checked_by=F("made_by")))
                & (Q(paid_by=None) | ~Q(paid_by=F("made_by")))
                & (Q(paid_by=None) | ~Q(paid_by=F("checked_by"))),
                name="aid_batch_three_people",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="draft", checked_by=None, total_fen=None, paid_by=None, closed_at=None
                )
                | Q(state="checked", checked_by__isnull=False, paid_by=None, closed_at=None)
                & Q(total_fen__isnull=False, lines_count__isnull=False)
                | Q(state="paid_out", paid_by__isnull=False, closed_at=None)
                & Q(total_fen__isnull=False, checked_by__isnull=False)
                | Q(state__in=["reconciled", "partly_returned"], closed_at__isnull=False)
                & Q(total_fen__isnull=False, checked_by__isnull=False, paid_by__isnull=False),
                name="aid_batch_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["-made_at", "-id"], name="aid_batch_newest")]
        triggers = payment_guards.of_a_batch()

    def __str__(self) -> str:
        return self.number

    @property
    def term(self) -> str:
        """The term that it pays for, in words."""
        return term_name(self.period)


class PaymentLine(models.Model):
    """One amount for one person, policy and counting day: on one line, ever.

    What came back is paid by a line that follows this one, at most once each. What is missing of
    what is due, since more became due or less was paid, is paid by a line that supplements.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(
        PaymentBatch, models.CASCADE, related_name="lines", verbose_name=_("payment batch")
    )
    number = models.PositiveIntegerField(_("line number"))
    subject = models.CharField(_("whom it is for"), max_length=36)
    policy = models.CharField(_("aid policy"), max_length=60)
    for_day = models.DateField(_("counting day"))
    fen = models.BigIntegerField(_("amount"))
    budget = models.ForeignKey(
        BudgetLine, models.PROTECT, related_name="lines", verbose_name=_("budget line")
    )
    organisation = models.ForeignKey(
        "places.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("school"),
    )
    path = models.TextField(_("path"), db_collation="C")
    follows = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name=_("follows the returned line"),
    )
    supplements = models.BooleanField(_("supplement"), default=False)
    name = SealedTextField(_("name"), bound_to="id", null=True)
    account_kind = models.CharField(_("kind of account"), max_length=13, choices=AccountKind)
    holder = SealedTextField(_("holder of the account"), bound_to="id", null=True)
    account = SealedTextField(_("account number"), bound_to="id", null=True)
    account_key = BlindIndexField(max_length=32)
    holder_id = SealedTextField(_("holder's ID number"), bound_to="id", null=True)

    class Meta:
        verbose_name = _("payment line")
        verbose_name_plural = _("payment lines")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "policy", "for_day"],
                condition=Q(follows=None, supplements=False),
                name="aid_line_paid_once",
            ),
            models.CheckConstraint(
                condition=Q(follows=None) | Q(supplements=False), name="aid_line_one_kind"
            ),
            models.UniqueConstraint(fields=["batch", "number"], name="aid_line_number"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="aid_line_amount"),
        ]
        indexes = [
            models.Index(fields=["budget"], name="aid_line_budget"),
            models.Index(fields=["subject", "policy", "for_day"], name="aid_line_key"),
            models.Index(fields=["path"], name="aid_line_path"),
            models.Index(fields=["account_key"], name="aid_line_account"),
        ]
        triggers = payment_guards.of_a_line()

    def __str__(self) -> str:
        return f"{self.batch.number}/{self.number}"


class BatchFile(models.Model):
    """The file that went to the bank: made once, and the same bytes whenever it is asked for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.OneToOneField(
        PaymentBatch, models.PROTECT, related_name="file", verbose_name=_("payment batch")
    )
    name = models.CharField(_("file name"), max_length=100)
    layout = models.CharField(_("layout of the file"), max_length=40)
    sha256 = models.CharField(_("fingerprint"), max_length=SHA256)
    content = SealedTextField(_("contents of the file"), bound_to="id", null=True)
    by = person(_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("batch file")
        verbose_name_plural = _("batch files")
        triggers = ledger_guards.of_a_file()

    def __str__(self) -> str:
        return self.name

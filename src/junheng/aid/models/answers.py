"""What the bank said of lines, the ledger, and payments of former systems."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.aid.models import ledger_guards
from junheng.aid.models.batches import SHA256, PaymentBatch, PaymentLine
from junheng.aid.models.budgets import Source
from junheng.aid.models.people import person
from junheng.commons.models.guards import never_changes


class BankAnswer(models.Model):
    """A result file of the bank that was taken in: once, by its fingerprint."""

    batch = models.ForeignKey(
        PaymentBatch, models.PROTECT, related_name="answers", verbose_name=_("payment batch")
    )
    sha256 = models.CharField(_("fingerprint"), max_length=SHA256)
    layout = models.CharField(_("layout of the file"), max_length=40)
    by = person(_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("bank answer")
        verbose_name_plural = _("bank answers")
        constraints = [models.UniqueConstraint(fields=["batch", "sha256"], name="aid_answer_once")]
        triggers = [never_changes("bank_answer")]

    def __str__(self) -> str:
        return self.sha256[:12]


class PaymentOutcome(models.Model):
    """What became of a line, as the bank says: once."""

    line = models.OneToOneField(
        PaymentLine,
        models.PROTECT,
        primary_key=True,
        related_name="outcome",
        verbose_name=_("payment line"),
    )
    answer = models.ForeignKey(
        BankAnswer, models.PROTECT, related_name="outcomes", verbose_name=_("bank answer")
    )
    code = models.CharField(_("code of the bank"), max_length=20)
    paid_fen = models.BigIntegerField(_("amount that arrived"))

    class Meta:
        verbose_name = _("payment outcome")
        verbose_name_plural = _("payment outcomes")
        triggers = ledger_guards.of_an_outcome()


class Posting(models.Model):
    """An entry of the ledger: money of one line goes out of one account and into another."""

    line = models.ForeignKey(
        PaymentLine, models.PROTECT, related_name="postings", verbose_name=_("payment line")
    )
    leaves = models.CharField(_("account that it leaves"), max_length=10)
    enters = models.CharField(_("account that it enters"), max_length=10)
    fen = models.BigIntegerField(_("amount"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.UniqueConstraint(fields=["line", "enters"], name="aid_posting_once"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="aid_posting_amount"),
            models.CheckConstraint(
                condition=Q(leaves__in=["allocated", "returned"], enters="in_transit")
                | Q(leaves="in_transit", enters__in=["paid", "returned"]),
                name="aid_posting_ways",
            ),
        ]
        triggers = ledger_guards.of_a_posting()


class FormerPayment(models.Model):
    """What a person was paid by a former system, row by row, as its paper or file says.

    Attributes:
        row: Where it stands in the paper or file.
        turn: Which of several rows that say the same, from 1: paid twice is two rows, and the same
            file loaded twice is one.
        batch: The import that brought it; only what an import brought goes with it.
    """

    path = models.TextField(_("path"), db_collation="C")
    subject = models.CharField(_("whom it is for"), max_length=36)
    policy = models.CharField(_("aid policy"), max_length=60)
    for_day = models.DateField(_("counting day"))
    fen = models.BigIntegerField(_("amount"))
    source = models.CharField(_("source of funds"), max_length=10, choices=Source, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    paper = models.CharField(_("document it rests on"), max_length=200)
    row = models.PositiveIntegerField(_("row"))
    turn = models.PositiveIntegerField(_("which of rows alike"), default=1)
    batch = models.UUIDField(_("batch"), null=True, blank=True)
    by = person(_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("former payment")
        verbose_name_plural = _("former payments")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("subject", "policy", "for_day", "fen"),
                    *("source", "paid_on", "paper", "turn"),
                ],
                nulls_distinct=False,
                name="aid_former_counted_once",
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="aid_former_amount"),
        ]
        indexes = [
            models.Index(fields=["subject", "policy", "for_day"], name="aid_former_key"),
            models.Index(fields=["batch"], name="aid_former_batch"),
        ]
        triggers = ledger_guards.of_a_former_payment()

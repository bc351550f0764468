"""What is written down: who signed in or tried to, and who was shown something masked."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.models.people import User
from junheng.commons.models.guards import never_changes


class ReadLog(models.Model):
    """Somebody was shown something that is masked for others; written before it is shown."""

    reader = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("reader"))
    reader_path = models.TextField(_("reader's organisation"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    kind = models.CharField(_("kind"), max_length=64)
    key = models.CharField(_("number"), max_length=64)
    fields = ArrayField(models.CharField(max_length=64), verbose_name=_("fields"))
    reason = models.CharField(_("reason"), max_length=200)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="accounts_readlog_at"),
            models.Index(fields=["kind", "key"], name="accounts_readlog_subject"),
            models.Index(fields=["reader", "-at"], name="accounts_readlog_reader"),
            models.Index(
                fields=["reader_path"], name="accounts_readlog_path", opclasses=["text_pattern_ops"]
            ),
        ]
        triggers = [never_changes("reading")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Outcome(models.TextChoices):
    """What became of a try to sign in."""

    SIGNED_IN = "signed_in", _("signed in")
    WRONG = "wrong", _("wrong name or password")
    WRONG_CODE = "wrong_code", _("wrong code")
    LOCKED = "locked", _("locked for a while")
    SLOWED = "slowed", _("asked to wait")
    SIGNED_OUT = "signed_out", _("signed out")
    IDLE = "idle", _("signed out after a while without use")


class SignIn(models.Model):
    """A try to sign in and what became of it, or a leaving; kept as it happened.

    A name that belongs to no account is kept as a mark only: people type passwords there.
    """

    at = models.DateTimeField(_("at"), default=timezone.now)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("account")
    )
    username = models.CharField(_("username"), max_length=64)
    home_path = models.TextField(_("organisation"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    address = models.GenericIPAddressField(_("address"), null=True)
    agent = models.CharField(_("program"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-at", "-id"]
        constraints = [
            CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="accounts_signin_outcome"
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="accounts_signin_at"),
            models.Index(fields=["username", "-at"], name="accounts_signin_username"),
            models.Index(fields=["address", "-at"], name="accounts_signin_address"),
            models.Index(
                fields=["home_path"], name="accounts_signin_path", opclasses=["text_pattern_ops"]
            ),
        ]
        triggers = [never_changes("sign_in")]

    def __str__(self) -> str:
        return f"{self.username} {self.outcome}"

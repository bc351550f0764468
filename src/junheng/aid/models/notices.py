"""Public notices of what was paid, masked, for the set days; and what people object to them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.aid.models import notice_guards
from junheng.aid.models.batches import SHA256, PaymentBatch
from junheng.aid.models.people import person
from junheng.commons.sealing import SealedTextField


class PublicNotice(models.Model):
    """What a batch paid at one school, exactly as it was posted.

    The page is kept as it was shown, in both languages, with its fingerprint; it is public from its
    first day to its last, and after that proof for those in charge.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(
        PaymentBatch, models.PROTECT, related_name="notices", verbose_name=_("payment batch")
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
    heads = models.PositiveIntegerField(_("heads"))
    fen = models.BigIntegerField(_("sum"))
    page_zh = models.TextField(_("page in Chinese"))
    page_en = models.TextField(_("page in English"))
    sha256 = models.CharField(_("fingerprint"), max_length=SHA256)
    from_on = models.DateField(_("posted from"))
    until_on = models.DateField(_("posted until"))
    posted_by = person(_("posted by"))
    posted_at = models.DateTimeField(_("posted at"), default=timezone.now)
    taken_down_at = models.DateTimeField(_("taken down at"), null=True, blank=True)
    taken_down_by = person(_("taken down by"), null=True, blank=True)
    why = models.CharField(_("why it was taken down"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("public notice")
        verbose_name_plural = _("public notices")
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "path"],
                condition=Q(taken_down_at=None),
                name="aid_notice_one_posted",
            ),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="aid_notice_days"),
            models.CheckConstraint(
                condition=Q(taken_down_at=None, taken_down_by=None, why="")
                | Q(taken_down_at__isnull=False, taken_down_by__isnull=False) & ~Q(why=""),
                name="aid_notice_taken_down",
            ),
        ]
        indexes = [
            models.Index(fields=["-posted_at", "-id"], name="aid_notice_newest"),
            models.Index(fields=["until_on"], name="aid_notice_until"),
        ]
        triggers = notice_guards.of_a_notice()

    def __str__(self) -> str:
        return self.batch.number


class NoticeObjection(models.Model):
    """What somebody says against a public notice, and what the bureau answered: sealed."""

    class State(models.TextChoices):
        """Whether it is answered, and how."""

        OPEN = "open", pgettext_lazy("objection", "being looked into")
        UPHELD = "upheld", pgettext_lazy("objection", "upheld")
        REJECTED = "rejected", pgettext_lazy("objection", "not upheld")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("objection number"), max_length=20, unique=True)
    notice = models.ForeignKey(
        PublicNotice, models.PROTECT, related_name="objections", verbose_name=_("public notice")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    words = SealedTextField(_("what is said"), bound_to="id", null=True)
    contact = SealedTextField(_("how to reach whoever objects"), bound_to="id", null=True)
    raised_by = person(_("raised by"))
    at_counter = models.BooleanField(_("at the counter"), default=False)
    raised_at = models.DateTimeField(_("raised at"), default=timezone.now)
    answer = SealedTextField(_("answer"), bound_to="id", null=True)
    answered_by = person(_("answered by"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice objection")
        verbose_name_plural = _("notice objections")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None, answered_by=None)
                | ~Q(state="open") & Q(answered_at__isnull=False, answered_by__isnull=False),
                name="aid_objection_answered",
            ),
        ]
        indexes = [models.Index(fields=["raised_by"], name="aid_objection_by")]
        triggers = notice_guards.of_an_objection()

    def __str__(self) -> str:
        return self.number

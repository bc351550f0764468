"""Files that families send in: how far each has come, and whose it is."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.commons.models import guards
from junheng.commons.sealing import SealedTextField

MOST_BYTES = 10_000_000
"""A photo as a telephone takes it; made small in the browser it is a thirtieth of that."""


class Upload(models.Model):
    """A file on its way from somebody's telephone to whoever has to look at it."""

    class State(models.TextChoices):
        """How far a file has come, in words that parents know."""

        WAITING = "waiting", pgettext_lazy("upload", "not yet sent in full")
        CHECKING = "checking", pgettext_lazy("upload", "being checked")
        READY = "ready", pgettext_lazy("upload", "received")
        REFUSED = "refused", pgettext_lazy("upload", "not accepted")
        REMOVED = "removed", pgettext_lazy("upload", "removed")

    class Reason(models.TextChoices):
        """Why a file was not accepted; `uploads.words` says what to do."""

        NOT_A_PICTURE = "not_a_picture", _("not a photo")
        PDF = "pdf", _("a PDF file")
        DAMAGED = "damaged", _("damaged")
        TOO_MANY_PIXELS = "too_many_pixels", _("too many pixels")
        TOO_SMALL = "too_small", _("too small to be read")
        HARMFUL = "harmful", _("harmful software in it")
        SAME = "same", _("sent before")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.CharField(_("belongs to"), max_length=120, db_collation="C")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent by")
    )
    key = models.CharField(_("mark of the sender"), max_length=64, db_collation="C")
    name = SealedTextField(_("file name"), bound_to="id")
    length = models.PositiveBigIntegerField(_("size in bytes"))
    received = models.PositiveBigIntegerField(_("bytes received"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True)
    sha256 = models.CharField(_("fingerprint"), max_length=64, blank=True)
    begun_at = models.DateTimeField(_("begun at"))
    expires_at = models.DateTimeField(_("kept unfinished until"))
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)
    removed_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("removed by"),
    )

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            models.UniqueConstraint(fields=["owner", "subject", "key"], name="upload_begun_once"),
            models.UniqueConstraint(
                fields=["subject", "sha256"], condition=Q(state="ready"), name="upload_same_once"
            ),
            models.CheckConstraint(
                condition=Q(length__gte=1, length__lte=MOST_BYTES, received__lte=F("length")),
                name="upload_within_its_length",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["checking", "ready", "refused"]) | Q(received=F("length")),
                name="upload_checked_when_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | ~Q(sha256="") & Q(reason=""),
                name="upload_ready_is_stored",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="upload_refused_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state="removed", removed_at__isnull=False)
                | Q(removed_at__isnull=True) & ~Q(state="removed"),
                name="upload_removed_when",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "begun_at"], name="upload_subject"),
            models.Index(fields=["owner", "begun_at"], name="upload_owner"),
            models.Index(
                fields=["expires_at"], condition=Q(state="waiting"), name="upload_unfinished"
            ),
            models.Index(
                fields=["begun_at"], condition=Q(state="checking"), name="upload_being_checked"
            ),
            models.Index(fields=["sha256"], condition=~Q(sha256=""), name="upload_stored"),
        ]
        triggers = guards.of_an_upload()

    def __str__(self) -> str:
        return str(self.id)

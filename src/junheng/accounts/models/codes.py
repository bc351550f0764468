"""Codes that families get by message: no code and no telephone stands in the table."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PhoneCode(models.Model):
    """The code that was sent to a telephone last: one row each, so at most one is good.

    The telephone is a mark, and the code is not kept at all: it is made again from the ticket
    with a key of the server.
    """

    phone_mark = models.CharField(_("telephone's mark"), max_length=32, primary_key=True)
    ticket = models.CharField(_("ticket"), max_length=32)
    address = models.GenericIPAddressField(_("address"), null=True)
    sent_at = models.DateTimeField(_("sent at"))
    day = models.DateField(_("day"))
    sent_that_day = models.PositiveSmallIntegerField(_("sent on that day"), default=1)
    tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        verbose_name = _("phone code")
        verbose_name_plural = _("phone codes")
        indexes = [
            models.Index(
                fields=["address", "sent_at"],
                condition=Q(used_at=None),
                name="accounts_code_unused",
            ),
            models.Index(fields=["address", "used_at"], name="accounts_code_used"),
        ]

    def __str__(self) -> str:
        return f"{self.phone_mark[:8]} {self.sent_at:%Y-%m-%d %H:%M}"

"""The waiting room: when the next one may come in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class WaitingRoom(models.Model):
    """One row per door; who comes takes the next free moment, whichever process they meet."""

    door = models.CharField(_("door"), max_length=64, primary_key=True)
    next_free_at = models.DateTimeField(_("next free at"))

    class Meta:
        verbose_name = _("waiting room")
        verbose_name_plural = _("waiting rooms")

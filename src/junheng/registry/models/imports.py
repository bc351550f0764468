"""What an import changed, so that it can be taken back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportOutcome(models.Model):
    """One batch: how many rows were new, differed or said what was known, and what each changed."""

    batch = models.OneToOneField(
        "commons.ImportBatch", models.PROTECT, related_name="+", verbose_name=_("import")
    )
    added = models.PositiveIntegerField(_("added"))
    changed = models.PositiveIntegerField(_("changed"))
    same = models.PositiveIntegerField(_("unchanged"))
    done = models.JSONField(_("changes"), default=list)

    class Meta:
        verbose_name = _("outcome of an import")
        verbose_name_plural = _("outcomes of imports")

    def __str__(self) -> str:
        return str(self.batch)

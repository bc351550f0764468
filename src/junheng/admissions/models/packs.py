"""The pack of a published result: the files by which anybody repeats it."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from junheng.admissions.models.acts import SHA256_LENGTH
from junheng.admissions.models.results import RoundRun
from junheng.commons.models.guards import never_changes


class PublicPack(models.Model):
    """One archive per published run; homes in it are displaced by chance, so it is made once."""

    run = models.OneToOneField(
        RoundRun, models.PROTECT, primary_key=True, related_name="pack", verbose_name=_("run")
    )
    sha256 = models.CharField(_("fingerprint"), max_length=SHA256_LENGTH)
    bytes = models.BigIntegerField(_("size in bytes"))
    children = models.PositiveIntegerField(_("children"))
    rare = models.PositiveIntegerField(_("children with a rare combination"))
    unique = models.PositiveIntegerField(_("children with a combination of their own"))
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unique__lte=models.F("rare"), rare__lte=models.F("children")),
                name="pack_counts_in_order",
            )
        ]
        triggers = [
            never_changes("pack"),
            pgtrigger.Trigger(
                name="pack_of_a_published_run",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                IF NOT EXISTS (
                    SELECT FROM commons_run WHERE id = NEW.run_id AND published_at IS NOT NULL
                ) THEN
                    RAISE EXCEPTION 'a pack is made of a published run';
                END IF;
                RETURN NEW;
                """,
            ),
        ]
